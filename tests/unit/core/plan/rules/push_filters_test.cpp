#include "tests/unit/core/plan/plan_fixture.hpp"

namespace millrace::plan::testing {
namespace {

class push_filters_rule : public plan_test {};

TEST_F(push_filters_rule, goes_through_projections) {
  const auto* sql = "SELECT a FROM (SELECT id + 1 AS a, k FROM t) WHERE k = 'x' AND a > 2";
  EXPECT_EQ(before(sql), R"(
Project(a)
  Filter((a > 2))
    Filter((k = 'x'))
      Project((id + 1) AS a, k)
        Scan(t)
)");
  EXPECT_EQ(after(push_filters, sql), R"(
Project(a)
  Project((id + 1) AS a, k)
    Filter(((k = 'x') AND ((id + 1) > 2)))
      Scan(t)
)");
}

TEST_F(push_filters_rule, splits_over_the_inputs_of_an_inner_join) {
  EXPECT_EQ(after(push_filters,
                  "SELECT t.id FROM t JOIN u ON t.id = u.id "
                  "WHERE t.n > 1 AND u.n > 2 AND t.k <> u.k"),
            R"(
Project(id)
  Join(inner, ((id = id) AND (k <> k)))
    Filter((n > CAST(1 AS BIGINT)))
      Scan(t)
    Filter((n > CAST(2 AS BIGINT)))
      Scan(u)
)");
}

TEST_F(push_filters_rule, keeps_conditions_on_the_padded_side_of_an_outer_join) {
  const auto* sql =
      "SELECT t.id FROM t LEFT JOIN u ON t.id = u.id AND u.n > 7 WHERE t.n > 1 AND u.n > 2";
  EXPECT_EQ(before(sql), R"(
Project(id)
  Filter((n > CAST(2 AS BIGINT)))
    Filter((n > CAST(1 AS BIGINT)))
      Join(left, ((id = id) AND (n > CAST(7 AS BIGINT))))
        Scan(t)
        Scan(u)
)");
  EXPECT_EQ(after(push_filters, sql), R"(
Project(id)
  Filter((n > CAST(2 AS BIGINT)))
    Join(left, (id = id))
      Filter((n > CAST(1 AS BIGINT)))
        Scan(t)
      Filter((n > CAST(7 AS BIGINT)))
        Scan(u)
)");
}

TEST_F(push_filters_rule, goes_into_every_input_of_a_union) {
  EXPECT_EQ(after(push_filters,
                  "SELECT id FROM (SELECT id FROM t UNION ALL SELECT id FROM u) WHERE id > 3"),
            R"(
Project(id)
  Union(all)
    Project(id)
      Filter((id > 3))
        Scan(t)
    Project(id)
      Filter((id > 3))
        Scan(u)
)");
}

TEST_F(push_filters_rule, passes_an_aggregation_by_its_keys_only) {
  EXPECT_EQ(after(push_filters,
                  "SELECT k, c FROM (SELECT k, COUNT(*) AS c FROM t GROUP BY k) "
                  "WHERE k = 'x' AND c > 1"),
            R"(
Project(k, c)
  Project(k, $a0 AS c)
    Filter(($a0 > CAST(1 AS BIGINT)))
      Aggregate(groups=[k], calls=[COUNT(*)])
        Project(k)
          Filter((k = 'x'))
            Scan(t)
)");
}

TEST_F(push_filters_rule, spares_a_temporal_join_rows_of_its_left_side) {
  EXPECT_EQ(after(push_filters,
                  "CREATE TABLE rates (id BIGINT, rate INT, ts TIMESTAMP(3), "
                  "WATERMARK FOR ts AS ts, PRIMARY KEY (id) NOT ENFORCED) WITH ('connector' = 'x');"
                  "SELECT price FROM bids LEFT JOIN rates FOR SYSTEM_TIME AS OF bids.ts "
                  "ON auction = id WHERE price > 3 AND rate > 4"),
            R"(
Project(price)
  Filter((rate > 4))
    TemporalJoin(left, versioned, as of ts, (auction = id))
      Filter((price > CAST(3 AS BIGINT)))
        Scan(bids)
      Scan(rates)
)");
}

TEST_F(push_filters_rule, stops_above_a_plan_that_others_read) {
  const auto* sql =
      "CREATE TEMPORARY VIEW v AS SELECT k, COUNT(*) AS c FROM t GROUP BY k;"
      "EXECUTE STATEMENT SET BEGIN "
      "INSERT INTO changes SELECT 1, k, c FROM v WHERE k = 'x';"
      "INSERT INTO changes SELECT 2, k, c FROM v; END";
  EXPECT_EQ(after(push_filters, sql), R"(
Sink(changes, [EXPR$0, k, c])
  Project(1 AS EXPR$0, k, c)
    Filter((k = 'x'))
      #1 Project(k, $a0 AS c)
        Aggregate(groups=[k], calls=[COUNT(*)])
          Project(k)
            Scan(t)
Sink(changes, [EXPR$0, k, c])
  Project(2 AS EXPR$0, k, c)
    #1
)");
}

}  // namespace
}  // namespace millrace::plan::testing
