#include "tests/unit/core/sql/bind_fixture.hpp"

namespace millrace::sql::testing {
namespace {

class bind_query : public bind_test {};

TEST_F(bind_query, select_resolves_names_fields_and_aliases) {
  EXPECT_EQ(plan("SELECT id, r.y.z, t.r.x AS q, 1 FROM t WHERE i > 0 AND b"), R"(
Project(id, r.y.z AS z, r.x AS q, 1 AS EXPR$3)
  Filter(b)
    Filter((i > 0))
      Scan(default_catalog.default_database.t)
)");
}

TEST_F(bind_query, columns_have_types_and_time_attributes) {
  EXPECT_EQ(columns("SELECT ts, ts AS again, p, CAST(ts AS TIMESTAMP(6)) AS plain FROM bids"),
            "ts TIMESTAMP(3) *ROWTIME*, again TIMESTAMP(3) *ROWTIME*, "
            "p TIMESTAMP_LTZ(3) NOT NULL *PROCTIME*, plain TIMESTAMP(6)");
  EXPECT_EQ(columns("SELECT ts, COUNT(*) AS n FROM bids GROUP BY ts"),
            "ts TIMESTAMP(3), n BIGINT NOT NULL");
}

TEST_F(bind_query, window_time_stays_an_attribute_of_a_windowed_aggregation) {
  EXPECT_EQ(columns("SELECT window_start, window_time FROM TABLE(TUMBLE(TABLE bids, "
                    "DESCRIPTOR(ts), INTERVAL '10' SECOND)) "
                    "GROUP BY window_start, window_end, window_time"),
            "window_start TIMESTAMP(3) NOT NULL, window_time TIMESTAMP(3) NOT NULL *ROWTIME*");
}

TEST_F(bind_query, aggregates_with_filter_having_order_and_limit) {
  EXPECT_EQ(
      plan("SELECT channel, COUNT(*) AS n, MAX(price) FILTER (WHERE price > 1) AS m FROM bids "
           "GROUP BY channel HAVING COUNT(*) > 3 ORDER BY n DESC LIMIT 3"),
      R"(
Sort(keys=[n DESC], limit=3)
  Project(channel, $a0 AS n, $a1 AS m)
    Filter(($a0 > CAST(3 AS BIGINT)))
      Aggregate(groups=[channel], calls=[COUNT(*), MAX(price) FILTER $f2])
        Project(channel, price, (price > CAST(1 AS BIGINT)) AS $f2)
          Scan(default_catalog.default_database.bids)
)");
}

TEST_F(bind_query, grouped_expressions_are_found_again) {
  EXPECT_EQ(plan("SELECT i + 1, (i + 1) * 2 FROM t GROUP BY i + 1"), R"(
Project($f0 AS EXPR$0, ($f0 * 2) AS EXPR$1)
  Aggregate(groups=[$f0], calls=[])
    Project((i + 1) AS $f0)
      Scan(default_catalog.default_database.t)
)");
}

TEST_F(bind_query, grouping_sets_carry_their_id) {
  EXPECT_EQ(plan("SELECT b, s, GROUPING_ID(b, s) AS g FROM t GROUP BY ROLLUP (b, s)"), R"(
Project(b, s, CASE(($grouping_id = 0), 0, ($grouping_id = 1), 1, ($grouping_id = 3), 3, 0) AS g)
  Aggregate(groups=[b, s], sets=[{0,1}, {0}, {}], calls=[])
    Project(b, s)
      Scan(default_catalog.default_database.t)
)");
}

TEST_F(bind_query, legacy_group_windows_know_their_bounds) {
  EXPECT_EQ(plan("SELECT TUMBLE_START(ts, INTERVAL '1' MINUTE) AS a, "
                 "TUMBLE_ROWTIME(ts, INTERVAL '1' MINUTE) AS r, COUNT(*) AS n "
                 "FROM bids GROUP BY TUMBLE(ts, INTERVAL '1' MINUTE)"),
            R"(
Project(window_start AS a, window_rowtime AS r, $a0 AS n)
  GroupWindow(TUMBLE(ts, 60000 ms), groups=[], calls=[COUNT(*)])
    Project(ts)
      Scan(default_catalog.default_database.bids)
)");
}

TEST_F(bind_query, session_windows_are_partitioned) {
  EXPECT_EQ(plan("SELECT channel FROM TABLE(SESSION(TABLE bids PARTITION BY channel, "
                 "DESCRIPTOR(ts), INTERVAL '5' SECOND))"),
            R"(
Project(channel)
  WindowFunction(SESSION(ts, 5000 ms), partition=[channel])
    Scan(default_catalog.default_database.bids)
)");
}

TEST_F(bind_query, over_with_a_named_window_and_qualify) {
  EXPECT_EQ(plan("SELECT SUM(price) OVER w AS s FROM bids "
                 "WINDOW w AS (PARTITION BY channel ORDER BY ts ROWS BETWEEN 2 PRECEDING AND "
                 "CURRENT ROW)"),
            R"(
Project($w0 AS s)
  Over(partition=[channel], order=[ts ASC], rows 2, calls=[SUM(price)])
    Scan(default_catalog.default_database.bids)
)");
  EXPECT_EQ(plan("SELECT auction FROM bids QUALIFY "
                 "ROW_NUMBER() OVER (PARTITION BY auction ORDER BY price DESC) <= 2"),
            R"(
Project(auction)
  Filter(($w0 <= CAST(2 AS BIGINT)))
    Over(partition=[auction], order=[price DESC], range unbounded, calls=[ROW_NUMBER()])
      Scan(default_catalog.default_database.bids)
)");
}

TEST_F(bind_query, alias_of_a_window_function_in_where_counts_as_qualify) {
  EXPECT_EQ(plan("SELECT auction, ROW_NUMBER() OVER (PARTITION BY A.auction ORDER BY A.ts) AS n "
                 "FROM (SELECT A.auction, A.ts FROM bids AS A) WHERE n <= 1"),
            R"(
Project(auction, $w0 AS n)
  Filter(($w0 <= CAST(1 AS BIGINT)))
    Over(partition=[auction], order=[ts ASC], range unbounded, calls=[ROW_NUMBER()])
      Project(auction, ts)
        Scan(default_catalog.default_database.bids)
)");
}

TEST_F(bind_query, views_and_with_queries_are_shared) {
  ok("CREATE VIEW v AS SELECT id AS k FROM t");
  EXPECT_EQ(plan("SELECT a.k FROM v AS a JOIN v AS b ON a.k = b.k"), R"(
Project(k)
  Join(inner, (k = k))
    #1 Project(id AS k)
      Scan(default_catalog.default_database.t)
    #1
)");
}

TEST_F(bind_query, option_hints_break_sharing) {
  EXPECT_EQ(plan("SELECT a.id FROM t AS a, t /*+ OPTIONS('k'='v') */ AS b"), R"(
Project(id)
  Join(inner, TRUE)
    Scan(default_catalog.default_database.t)
    Scan(default_catalog.default_database.t)
)");
}

TEST_F(bind_query, join_using_shows_the_common_column_once) {
  EXPECT_EQ(columns("SELECT * FROM (SELECT id, i FROM t) JOIN (SELECT id, s FROM t) USING (id)"),
            "id INT, i INT, s STRING");
  EXPECT_EQ(columns("SELECT * FROM (SELECT id FROM t) AS a LEFT JOIN (SELECT id FROM t) AS b "
                    "ON a.id = b.id"),
            "id INT, id0 INT");
}

TEST_F(bind_query, temporal_joins_follow_the_kind_of_time) {
  EXPECT_EQ(plan("SELECT r.rate FROM bids AS b JOIN rates FOR SYSTEM_TIME AS OF b.ts AS r "
                 "ON b.channel = r.currency"),
            R"(
Project(rate)
  TemporalJoin(inner, versioned, as of ts, (channel = currency))
    Scan(default_catalog.default_database.bids)
    Scan(default_catalog.default_database.rates)
)");
  EXPECT_NE(plan("SELECT r.rate FROM bids AS b LEFT JOIN rates FOR SYSTEM_TIME AS OF b.p AS r "
                 "ON b.channel = r.currency")
                .find("TemporalJoin(left, lookup, as of p"),
            std::string::npos);
}

TEST_F(bind_query, unnest_is_a_correlate) {
  EXPECT_EQ(plan("SELECT id, e FROM t CROSS JOIN UNNEST(arr) AS u(e)"), R"(
Project(id, EXPR$0 AS e)
  Correlate(inner, UNNEST(arr))
    Scan(default_catalog.default_database.t)
)");
}

TEST_F(bind_query, union_casts_to_the_common_type) {
  EXPECT_EQ(plan("SELECT i FROM t UNION SELECT l FROM t"), R"(
Aggregate(groups=[i], calls=[])
  Union(all)
    Project(CAST(i AS BIGINT) AS i)
      Project(i)
        #1 Scan(default_catalog.default_database.t)
    Project(l)
      #1
)");
}

TEST_F(bind_query, sort_keys_outside_of_select_are_hidden) {
  EXPECT_EQ(plan("SELECT id FROM t ORDER BY i + 1, 1 DESC"), R"(
Project(id)
  Sort(keys=[$h2 ASC, id DESC])
    Project(id, (i + 1) AS $h2)
      Scan(default_catalog.default_database.t)
)");
}

}  // namespace
}  // namespace millrace::sql::testing
