#include "tests/sim/jobs.hpp"

#include "tests/sim/references.hpp"

namespace millrace::sim {

namespace {

constexpr input_shape one_table{};
constexpr input_shape two_tables{.tables = 2};
constexpr input_shape with_late_rows{.delay_ms = 4 * allowed_delay_ms};
constexpr input_shape with_a_pause{.tables = 2, .pauses = true};

constexpr sim_job jobs[] = {
    {"totals", "SELECT k, COUNT(*), SUM(v), COUNT(DISTINCT v), MIN(v), MAX(v) FROM bids GROUP BY k",
     one_table, reference_totals},
    {"tumble",
     "SELECT window_start, k, COUNT(*), SUM(v), COUNT(DISTINCT v) "
     "FROM TABLE(TUMBLE(TABLE bids, DESCRIPTOR(ts), INTERVAL '10' SECOND)) "
     "GROUP BY window_start, window_end, k",
     one_table, reference_tumble},
    {"tumble-late",
     "SELECT window_start, k, COUNT(*), SUM(v), COUNT(DISTINCT v) "
     "FROM TABLE(TUMBLE(TABLE bids, DESCRIPTOR(ts), INTERVAL '10' SECOND)) "
     "GROUP BY window_start, window_end, k",
     with_late_rows},
    {"hop-of-tumble",
     "SELECT window_start, window_end, MAX(s), COUNT(*) FROM TABLE(HOP(TABLE w, DESCRIPTOR(t), "
     "INTERVAL '10' SECOND, INTERVAL '30' SECOND)) GROUP BY window_start, window_end",
     one_table},
    {"session",
     "SELECT window_start, window_end, k, COUNT(*), SUM(v) "
     "FROM TABLE(SESSION(TABLE bids PARTITION BY k, DESCRIPTOR(ts), INTERVAL '4' SECOND)) "
     "GROUP BY window_start, window_end, k",
     one_table, reference_session},
    {"join", "SELECT b.id, a.id FROM bids b FULL JOIN asks a ON b.k = a.k AND b.v = a.v",
     two_tables, reference_join},
    {"join-of-totals",
     "SELECT b.k, b.s, a.c FROM (SELECT k, SUM(v) AS s FROM bids GROUP BY k) b "
     "LEFT JOIN (SELECT k, COUNT(DISTINCT v) AS c FROM asks GROUP BY k) a ON b.k = a.k",
     two_tables},
    {"interval-join",
     "SELECT b.id, a.id FROM bids b LEFT JOIN asks a ON b.k = a.k "
     "AND a.ts BETWEEN b.ts - INTERVAL '3' SECOND AND b.ts + INTERVAL '4' SECOND",
     two_tables, reference_interval_join},
    {"temporal-join",
     "SELECT b.id, a.id FROM bids b LEFT JOIN versions FOR SYSTEM_TIME AS OF b.ts AS a "
     "ON b.k = a.k",
     two_tables},
    {"window-join",
     "SELECT l.window_start, l.k, l.id, r.id FROM "
     "(SELECT * FROM TABLE(TUMBLE(TABLE bids, DESCRIPTOR(ts), INTERVAL '10' SECOND))) l JOIN "
     "(SELECT * FROM TABLE(TUMBLE(TABLE asks, DESCRIPTOR(ts), INTERVAL '10' SECOND))) r "
     "ON l.k = r.k AND l.window_start = r.window_start AND l.window_end = r.window_end",
     two_tables},
    {"semi-join", "SELECT id, v FROM bids WHERE v IN (SELECT v FROM asks WHERE k = 'a')",
     two_tables},
    {"top-n",
     "SELECT k, v, id, rn FROM (SELECT k, v, id, ROW_NUMBER() OVER (PARTITION BY k "
     "ORDER BY v DESC, id) AS rn FROM bids) WHERE rn <= 3",
     one_table, reference_top_n},
    {"top-n-of-totals",
     "SELECT k, s FROM (SELECT k, s, ROW_NUMBER() OVER (ORDER BY s DESC, k) AS rn "
     "FROM (SELECT k, SUM(v) AS s FROM bids GROUP BY k)) WHERE rn <= 3",
     one_table},
    {"window-top-n",
     "SELECT window_start, k, v, id FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY window_start, "
     "window_end, k ORDER BY v DESC, id) AS rn FROM TABLE(TUMBLE(TABLE bids, DESCRIPTOR(ts), "
     "INTERVAL '10' SECOND))) WHERE rn <= 2",
     one_table},
    {"first-rows",
     "SELECT k, v, id FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY k, v ORDER BY ts) AS rn "
     "FROM bids) WHERE rn = 1",
     one_table},
    {"last-rows",
     "SELECT k, v, id FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY k, v ORDER BY ts DESC) AS rn "
     "FROM bids) WHERE rn = 1",
     one_table},
    {"over",
     "SELECT id, k, SUM(v) OVER (PARTITION BY k ORDER BY ts RANGE BETWEEN INTERVAL '10' SECOND "
     "PRECEDING AND CURRENT ROW), COUNT(*) OVER (PARTITION BY k ORDER BY ts RANGE BETWEEN "
     "INTERVAL '10' SECOND PRECEDING AND CURRENT ROW) FROM bids",
     one_table},
    {"over-late",
     "SELECT id, k, SUM(v) OVER (PARTITION BY k ORDER BY ts RANGE UNBOUNDED PRECEDING) FROM bids",
     with_late_rows},
    {"match",
     "SELECT * FROM bids MATCH_RECOGNIZE (PARTITION BY k ORDER BY ts MEASURES A.id AS first_id, "
     "LAST(B.id) AS last_id ONE ROW PER MATCH AFTER MATCH SKIP PAST LAST ROW PATTERN (A B+ C) "
     "DEFINE B AS B.v > A.v, C AS C.v < A.v)",
     one_table},
    {"distinct-union", "SELECT k, v FROM bids UNION SELECT k, v FROM asks", two_tables},
    {"except", "SELECT k, v FROM bids EXCEPT SELECT k, v FROM asks", two_tables},
    {"union-idle",
     "SELECT window_start, k, COUNT(*), SUM(v), COUNT(DISTINCT v) FROM TABLE(TUMBLE(TABLE "
     "all_rows, "
     "DESCRIPTOR(ts), INTERVAL '10' SECOND)) GROUP BY window_start, window_end, k",
     with_a_pause, reference_union, 1000},
    {"statement-set",
     "CREATE TABLE totals (k STRING, c BIGINT, s BIGINT) WITH ('connector' = 'filesystem', "
     "'path' = '{out}/totals', 'format' = 'debezium-json');"
     "CREATE TABLE windows (t TIMESTAMP(3), k STRING, s BIGINT) WITH ('connector' = 'filesystem', "
     "'path' = '{out}/windows', 'format' = 'debezium-json');"
     "CREATE TABLE pairs (b BIGINT, a BIGINT) WITH ('connector' = 'filesystem', "
     "'path' = '{out}/pairs', 'format' = 'debezium-json');"
     "EXECUTE STATEMENT SET BEGIN "
     "INSERT INTO totals SELECT k, COUNT(*), SUM(v) FROM bids GROUP BY k;"
     "INSERT INTO windows SELECT t, k, s FROM w;"
     "INSERT INTO pairs SELECT b.id, a.id FROM bids b JOIN asks a ON b.k = a.k AND b.v = a.v;"
     "END",
     two_tables},
};

}  // namespace

std::span<const sim_job> all_jobs() { return jobs; }

std::string_view tables_sql() {
  return "CREATE TABLE bids (k STRING, v INT, id BIGINT, ts TIMESTAMP(3), "
         "WATERMARK FOR ts AS ts - INTERVAL '5' SECOND) "
         "WITH ('connector' = 'feed', 'feed.name' = 'sim_bids');"
         "CREATE TABLE asks (k STRING, v INT, id BIGINT, ts TIMESTAMP(3), "
         "WATERMARK FOR ts AS ts - INTERVAL '5' SECOND) "
         "WITH ('connector' = 'feed', 'feed.name' = 'sim_asks');"
         "CREATE VIEW all_rows AS SELECT * FROM bids UNION ALL SELECT * FROM asks;"
         "CREATE VIEW w AS SELECT window_time AS t, k, SUM(v) AS s FROM TABLE(TUMBLE(TABLE bids, "
         "DESCRIPTOR(ts), INTERVAL '5' SECOND)) GROUP BY window_start, window_end, window_time, k;"
         "CREATE VIEW versions AS SELECT k, v, id, ts FROM (SELECT *, ROW_NUMBER() OVER "
         "(PARTITION BY k ORDER BY ts DESC) AS rn FROM asks) WHERE rn = 1;";
}

}  // namespace millrace::sim
