#include "tests/unit/core/sql/bind_fixture.hpp"

namespace millrace::sql::testing {
namespace {

class bind_subquery : public bind_test {};

TEST_F(bind_subquery, conjuncts_become_semi_and_anti_joins) {
  EXPECT_EQ(plan("SELECT id FROM t WHERE id IN (SELECT i FROM t) AND "
                 "NOT EXISTS (SELECT 1 FROM bids WHERE bids.auction = t.l) AND "
                 "i NOT IN (SELECT id FROM t)"),
            R"(
Project(id)
  Join(anti, (i = id) IS NOT FALSE)
    Join(anti, ($h2 = l))
      Join(semi, (id = i))
        #1 Scan(default_catalog.default_database.t)
        Project(i)
          #1
      Project(1 AS EXPR$0, auction AS $h2)
        Scan(default_catalog.default_database.bids)
    Project(id)
      #1
)");
}

TEST_F(bind_subquery, uncorrelated_scalar_is_one_row) {
  EXPECT_EQ(plan("SELECT id FROM t WHERE l > (SELECT MAX(price) FROM bids)"), R"(
Project(id)
  Filter((l > EXPR$0))
    Join(left, TRUE)
      Scan(default_catalog.default_database.t)
      SingleRow()
        Project($a0 AS EXPR$0)
          Aggregate(groups=[], calls=[MAX(price)])
            Project(price)
              Scan(default_catalog.default_database.bids)
)");
}

TEST_F(bind_subquery, correlated_count_of_nothing_is_zero) {
  EXPECT_EQ(plan("SELECT (SELECT COUNT(*) FROM bids WHERE bids.channel = t.s) AS n FROM t"), R"(
Project(CASE($f2 IS NOT NULL, EXPR$0, 0) AS n)
  Join(left, ($h2 = s))
    Scan(default_catalog.default_database.t)
    Project(EXPR$0, $h2, TRUE AS $f2)
      Project($a0 AS EXPR$0, channel AS $h2)
        Aggregate(groups=[channel], calls=[COUNT(*)])
          Project(channel)
            Scan(default_catalog.default_database.bids)
)");
}

TEST_F(bind_subquery, having_compares_groups_with_a_scalar) {
  EXPECT_EQ(plan("SELECT channel FROM bids GROUP BY channel "
                 "HAVING COUNT(*) > (SELECT COUNT(*) FROM t)"),
            R"(
Project(channel)
  Filter(($a0 > EXPR$0))
    Join(left, TRUE)
      Aggregate(groups=[channel], calls=[COUNT(*)])
        Project(channel)
          Scan(default_catalog.default_database.bids)
      SingleRow()
        Project($a0 AS EXPR$0)
          Aggregate(groups=[], calls=[COUNT(*)])
            Scan(default_catalog.default_database.t)
)");
}

TEST_F(bind_subquery, exists_below_or_is_a_mark) {
  EXPECT_EQ(plan("SELECT id FROM t WHERE b OR EXISTS (SELECT 1 FROM bids WHERE auction = t.l)"), R"(
Project(id)
  Filter((b OR $f1 IS NOT NULL))
    Join(left, ($h2 = l))
      Scan(default_catalog.default_database.t)
      Aggregate(groups=[$h2, $f1], calls=[])
        Project($h2, TRUE AS $f1)
          Project(1 AS EXPR$0, auction AS $h2)
            Scan(default_catalog.default_database.bids)
)");
}

TEST_F(bind_subquery, in_below_or_knows_unknown) {
  const auto text = plan("SELECT id FROM t WHERE b OR id NOT IN (SELECT i FROM t)");
  EXPECT_NE(text.find("calls=[COUNT(*), COUNT(i)]"), std::string::npos) << text;
  EXPECT_NE(text.find("(id IS NULL OR ($rows > $values)), NULL"), std::string::npos) << text;
}

TEST_F(bind_subquery, all_drops_rows_that_any_row_contradicts) {
  EXPECT_EQ(plan("SELECT id FROM t WHERE l > ALL (SELECT price FROM bids)"), R"(
Project(id)
  Join(anti, (l > price) IS NOT TRUE)
    Scan(default_catalog.default_database.t)
    Project(price)
      Scan(default_catalog.default_database.bids)
)");
}

TEST_F(bind_subquery, lateral_query_joins_on_its_correlation) {
  EXPECT_EQ(plan("SELECT s, n FROM t, LATERAL (SELECT COUNT(*) AS n FROM bids "
                 "WHERE channel = t.s) AS x WHERE n > 1"),
            R"(
Project(s, n)
  Filter((n > CAST(1 AS BIGINT)))
    Project(id, b, i, l, d, s, dec, r, arr, CASE($f2 IS NOT NULL, n, 0) AS n)
      Join(left, ($h2 = s))
        Scan(default_catalog.default_database.t)
        Project(n, $h2, TRUE AS $f2)
          Project($a0 AS n, channel AS $h2)
            Aggregate(groups=[channel], calls=[COUNT(*)])
              Project(channel)
                Scan(default_catalog.default_database.bids)
)");
}

TEST_F(bind_subquery, outer_columns_behind_where_come_from_a_join_with_their_values) {
  EXPECT_EQ(plan("SELECT (SELECT SUM(price * t.i) FROM bids WHERE channel = t.s) FROM t"), R"(
Project(EXPR$0)
  Join(left, (($h2 = s) AND ($h3 IS NOT DISTINCT FROM i)))
    #1 Scan(default_catalog.default_database.t)
    Project($a0 AS EXPR$0, channel AS $h2, $o1 AS $h3)
      Aggregate(groups=[channel, $o1], calls=[SUM($f2)])
        Project(channel, $o1, (price * CAST($o1 AS BIGINT)) AS $f2)
          Join(inner, (channel = $o0))
            Scan(default_catalog.default_database.bids)
            Aggregate(groups=[$o0, $o1], calls=[])
              Project(s AS $o0, i AS $o1)
                #1
)");
}

TEST_F(bind_subquery, an_outer_column_that_equals_an_own_one_needs_no_join) {
  EXPECT_EQ(plan("SELECT id FROM t WHERE EXISTS (SELECT t.l + 1 FROM bids WHERE price = t.l)"), R"(
Project(id)
  Join(semi, ($h2 = l))
    Scan(default_catalog.default_database.t)
    Project((price + CAST(1 AS BIGINT)) AS EXPR$0, price AS $h2)
      Scan(default_catalog.default_database.bids)
)");
}

TEST_F(bind_subquery, outer_columns_may_stand_in_any_clause) {
  for (const std::string_view text :
       {"SELECT (SELECT MAX(price) + t.i FROM bids WHERE channel = t.s) FROM t",
        "SELECT (SELECT MAX(price) FROM bids WHERE channel = t.s HAVING MAX(price) > t.i) FROM t",
        "SELECT id FROM t WHERE EXISTS (SELECT SUM(price) OVER (ORDER BY ts, t.i) FROM bids)",
        "SELECT id FROM t WHERE EXISTS (SELECT 1 FROM bids JOIN rates ON t.s = currency)",
        "SELECT id FROM t WHERE EXISTS (SELECT 1 FROM bids GROUP BY channel, t.i)",
        "SELECT id FROM t WHERE b OR id IN (SELECT i FROM t AS u WHERE u.l > t.l)",
        "SELECT id FROM t WHERE EXISTS (SELECT 1 FROM bids WHERE price > t.i LIMIT 1)"})
    EXPECT_EQ(failure(text), "ok") << text;
}

TEST_F(bind_subquery, outer_columns_are_refused_where_no_join_can_take_them) {
  for (const std::string_view text :
       {"SELECT id FROM t WHERE EXISTS (SELECT 1 FROM bids LEFT JOIN rates ON t.s = currency)",
        "SELECT id FROM t WHERE EXISTS (SELECT 1 FROM UNNEST(t.arr) AS u(v) WHERE v = 1)"})
    EXPECT_EQ(failure(text).substr(0, 4), "2004") << text;
}

}  // namespace
}  // namespace millrace::sql::testing
