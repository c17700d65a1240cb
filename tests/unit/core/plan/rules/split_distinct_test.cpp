#include "tests/unit/core/plan/plan_fixture.hpp"

namespace millrace::plan::testing {
namespace {

class split_distinct_rule : public plan_test {
 protected:
  void enable() {
    run("SET 'table.optimizer.distinct-agg.split.enabled' = 'true';"
        "SET 'table.optimizer.distinct-agg.split.bucket-num' = '16'");
  }
};

TEST_F(split_distinct_rule, aggregates_by_parts_and_adds_these_up) {
  const auto* sql =
      "SELECT k, COUNT(DISTINCT id) AS ids, SUM(n) AS s, MAX(d) AS m FROM t GROUP BY k";
  EXPECT_EQ(before(sql), R"(
Project(k, $a0 AS ids, $a1 AS s, $a2 AS m)
  Aggregate(groups=[k], calls=[COUNT(DISTINCT id), SUM(n), MAX(d)])
    Project(k, id, n, d)
      Scan(t)
)");
  EXPECT_EQ(after(split_distinct, sql), before(sql));
  enable();
  EXPECT_EQ(after(split_distinct, sql), R"(
Project(k, $a0 AS ids, $a1 AS s, $a2 AS m)
  Aggregate(groups=[k], calls=[$SUM0($a0), SUM($a1), MAX($a2)])
    Aggregate(groups=[k, $bucket], calls=[COUNT(DISTINCT id), SUM(n), MAX(d)])
      Project(k, id, n, d, $HASH_BUCKET(id, 16) AS $bucket)
        Project(k, id, n, d)
          Scan(t)
)");
}

TEST_F(split_distinct_rule, splits_a_global_aggregation_with_filters) {
  enable();
  EXPECT_EQ(after(split_distinct,
                  "SELECT COUNT(DISTINCT k) FILTER (WHERE n > 1) AS a, "
                  "COUNT(DISTINCT k) AS b FROM t"),
            R"(
Project($a0 AS a, $a1 AS b)
  Aggregate(groups=[], calls=[$SUM0($a0), $SUM0($a1)])
    Aggregate(groups=[$bucket], calls=[COUNT(DISTINCT k) FILTER $f1, COUNT(DISTINCT k)])
      Project(k, $f1, $HASH_BUCKET(k, 16) AS $bucket)
        Project(k, (n > CAST(1 AS BIGINT)) AS $f1)
          Scan(t)
)");
}

TEST_F(split_distinct_rule, leaves_what_does_not_add_up) {
  enable();
  for (const auto* sql :
       {"SELECT k, COUNT(*) FROM t GROUP BY k",
        "SELECT k, COUNT(DISTINCT id), AVG(n) FROM t GROUP BY k",
        "SELECT k, COUNT(DISTINCT id), COUNT(DISTINCT n) FROM t GROUP BY k",
        "SELECT COUNT(DISTINCT id) FROM t GROUP BY ROLLUP (k)",
        "SELECT COUNT(DISTINCT auction) FROM TABLE(TUMBLE(TABLE bids, DESCRIPTOR(ts), "
        "INTERVAL '1' MINUTE)) GROUP BY window_start, window_end"})
    EXPECT_EQ(after(split_distinct, sql), before(sql));
}

TEST_F(split_distinct_rule, refuses_no_parts) {
  run("SET 'table.optimizer.distinct-agg.split.enabled' = 'true';"
      "SET 'table.optimizer.distinct-agg.split.bucket-num' = '0'");
  EXPECT_EQ(
      physical("SELECT COUNT(DISTINCT id) FROM t"),
      R"(error 1002: table.optimizer.distinct-agg.split.bucket-num is 0, it must be above 0)");
}

}  // namespace
}  // namespace millrace::plan::testing
