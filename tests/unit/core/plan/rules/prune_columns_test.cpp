#include "tests/unit/core/plan/plan_fixture.hpp"

namespace millrace::plan::testing {
namespace {

class prune_columns_rule : public plan_test {};

TEST_F(prune_columns_rule, drops_columns_that_nothing_reads) {
  const auto* sql = "SELECT k FROM t WHERE n > 1";
  EXPECT_EQ(before(sql), R"(
Project(k)
  Filter((n > CAST(1 AS BIGINT)))
    Scan(t)
)");
  EXPECT_EQ(after(prune_columns, sql), R"(
Project(k)
  Filter((n > CAST(1 AS BIGINT)))
    Scan(t, [k, n])
)");
}

TEST_F(prune_columns_rule, drops_fields_of_rows) {
  const auto* sql = "SELECT r.y FROM t";
  EXPECT_EQ(after(prune_columns, sql), R"(
Project(r.y AS y)
  Scan(t, [r ROW<`y` ROW<`z` STRING, `w` INT>>])
)");
}

TEST_F(prune_columns_rule, drops_fields_of_rows_in_rows) {
  const auto* sql = "SELECT r.y.w FROM t";
  EXPECT_EQ(before(sql), R"(
Project(r.y.w AS w)
  Scan(t)
)");
  EXPECT_EQ(after(prune_columns, sql), R"(
Project(r.y.w AS w)
  Scan(t, [r ROW<`y` ROW<`w` INT>>])
)");
}

TEST_F(prune_columns_rule, keeps_a_row_that_someone_reads_whole) {
  EXPECT_EQ(after(prune_columns, "SELECT r.y.w, r.y FROM t"), R"(
Project(r.y.w AS w, r.y AS y)
  Scan(t, [r ROW<`y` ROW<`z` STRING, `w` INT>>])
)");
}

TEST_F(prune_columns_rule, drops_fields_of_a_row_taken_out_of_a_row) {
  EXPECT_EQ(after(prune_columns, "SELECT q.y.w FROM (SELECT r AS q, k FROM t) WHERE q.x > 1"), R"(
Project(q.y.w AS w)
  Filter((q.x > 1))
    Project(r AS q)
      Scan(t, [r ROW<`x` INT, `y` ROW<`w` INT>>])
)");
  EXPECT_EQ(after(prune_columns, "SELECT y.w FROM (SELECT r.y AS y, k FROM t)"), R"(
Project(y.w AS w)
  Project(r.y AS y)
    Scan(t, [r ROW<`y` ROW<`w` INT>>])
)");
}

TEST_F(prune_columns_rule, drops_fields_below_a_join) {
  EXPECT_EQ(after(prune_columns, "SELECT u.k, t.r.y.w FROM u LEFT JOIN t ON u.id = t.r.x"), R"(
Project(k, r.y.w AS w)
  Join(left, (id = r.x))
    Scan(u, [id, k])
    Scan(t, [r ROW<`x` INT, `y` ROW<`w` INT>>])
)");
}

TEST_F(prune_columns_rule, drops_what_a_join_does_not_hand_on) {
  EXPECT_EQ(after(prune_columns, "SELECT t.k FROM t JOIN u ON t.id = u.id"), R"(
Project(k)
  Join(inner, (id = id))
    Scan(t, [id, k])
    Scan(u, [id])
)");
}

TEST_F(prune_columns_rule, reads_no_column_where_rows_are_only_counted) {
  EXPECT_EQ(after(prune_columns, "SELECT COUNT(*) AS c FROM t"), R"(
Project($a0 AS c)
  Aggregate(groups=[], calls=[COUNT(*)])
    Project(NULL AS id, NULL AS k, NULL AS n, NULL AS d, NULL AS r)
      Scan(t, [])
)");
}

// The watermark is part of the scan, so the source reads its column without being asked.
TEST_F(prune_columns_rule, leaves_the_watermark_to_the_scan) {
  EXPECT_EQ(after(prune_columns, "SELECT COUNT(price) AS c FROM bids"), R"(
Project($a0 AS c)
  Aggregate(groups=[], calls=[COUNT(price)])
    Project(price)
      Scan(bids, [price])
)");
  EXPECT_NE(physical("SELECT COUNT(price) AS c FROM bids").find("fields=[price, ts])"),
            std::string::npos);
}

TEST_F(prune_columns_rule, keeps_one_scan_for_all_readers) {
  const auto* sql =
      "EXECUTE STATEMENT SET BEGIN "
      "INSERT INTO changes SELECT id, k, 1 FROM t WHERE n > 1;"
      "INSERT INTO changes SELECT id, k, n FROM t WHERE n > 1; END";
  EXPECT_EQ(after(prune_columns, sql), R"(
Sink(changes, [id, k, n])
  Project(id, k, CAST(EXPR$2 AS BIGINT) AS n)
    Project(id, k, 1 AS EXPR$2)
      Filter((n > CAST(1 AS BIGINT)))
        #1 Scan(t, [id, k, n])
Sink(changes, [id, k, n])
  Project(id, k, n)
    Filter((n > CAST(1 AS BIGINT)))
      #1
)");
}

}  // namespace
}  // namespace millrace::plan::testing
