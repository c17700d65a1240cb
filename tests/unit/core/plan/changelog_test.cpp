#include "tests/unit/core/plan/plan_fixture.hpp"

namespace millrace::plan::testing {
namespace {

/// Which changes travel on which edge.
class changelog_modes : public plan_test {};

TEST_F(changelog_modes, drop_old_rows_where_the_sink_knows_the_key) {
  EXPECT_EQ(physical("INSERT INTO upserts SELECT id, MAX(k), COUNT(*) FROM t GROUP BY id"), R"(
Sink(table=[upserts]) changelog=[I,UA,D] parallelism=1 chain=0
  +- GroupAggregate(groupBy=[id], select=[MAX(k) AS $a0, COUNT(*) AS $a1]) changelog=[I,UA,D] parallelism=1 chain=0
     state: accumulators: [id] -> 2 aggregates
    +- TableSourceScan(table=[t], fields=[id, k]) changelog=[I] parallelism=1 chain=0 exchange=hash[id]
)");
}

TEST_F(changelog_modes, keep_old_rows_for_an_aggregation_above) {
  EXPECT_EQ(physical("SELECT c, COUNT(*) AS n FROM "
                     "(SELECT k, COUNT(*) AS c FROM t GROUP BY k) GROUP BY c"),
            R"(
Sink(collect) changelog=[I,UB,UA,D] parallelism=1 chain=0
  +- GroupAggregate(groupBy=[c], select=[COUNT(*) AS $a0]) changelog=[I,UB,UA,D] parallelism=1 chain=0 exchange=single
     state: accumulators: [c] -> 1 aggregates
    +- Calc(select=[$a0 AS c]) changelog=[I,UB,UA,D] parallelism=1 chain=0 exchange=hash[c]
      +- GroupAggregate(groupBy=[k], select=[COUNT(*) AS $a0]) changelog=[I,UB,UA,D] parallelism=1 chain=0
         state: accumulators: [k] -> 1 aggregates
        +- TableSourceScan(table=[t], fields=[k]) changelog=[I] parallelism=1 chain=0 exchange=hash[k]
)");
}

TEST_F(changelog_modes, complete_a_source_that_gives_only_new_rows) {
  EXPECT_EQ(physical("SELECT k, SUM(n) AS s FROM upserts GROUP BY k"), R"(
Sink(collect) changelog=[I,UB,UA,D] parallelism=1 chain=0
  +- GroupAggregate(groupBy=[k], select=[SUM(n) AS $a0]) changelog=[I,UB,UA,D] parallelism=1 chain=0 exchange=single
     state: accumulators: [k] -> 1 aggregates
    +- Calc(select=[k, n]) changelog=[I,UB,UA,D] parallelism=1 chain=0 exchange=hash[k]
      +- ChangelogNormalize(key=[id]) changelog=[I,UB,UA,D] parallelism=1 chain=0
         state: rows: [id] -> row
        +- Calc(select=[k, n, id]) changelog=[I,UA,D] parallelism=1 chain=0 exchange=hash[id]
          +- TableSourceScan(table=[upserts], fields=[id, k, n]) changelog=[I,UA,D] parallelism=1 chain=0
)");
}

TEST_F(changelog_modes, need_no_old_rows_from_key_to_key) {
  EXPECT_EQ(physical("INSERT INTO upserts SELECT id, k, n + 1 FROM upserts"), R"(
Sink(table=[upserts]) changelog=[I,UA,D] parallelism=1 chain=0
  +- Calc(select=[id, k, (n + 1) AS EXPR$2]) changelog=[I,UA,D] parallelism=1 chain=0
    +- ChangelogNormalize(key=[id]) changelog=[I,UA,D] parallelism=1 chain=0
       state: rows: [id] -> row
      +- TableSourceScan(table=[upserts], fields=[id, k, n]) changelog=[I,UA,D] parallelism=1 chain=0 exchange=hash[id]
)");
}

// Changes by key are the versions themselves.
TEST_F(changelog_modes, give_a_temporal_join_upserts_as_they_come) {
  EXPECT_EQ(physical("CREATE TABLE rates (id BIGINT, rate INT, ts TIMESTAMP(3), "
                     "WATERMARK FOR ts AS ts, PRIMARY KEY (id) NOT ENFORCED) "
                     "WITH ('connector' = 'x', 'gives' = 'UA,D');"
                     "SELECT price, rate FROM bids JOIN rates FOR SYSTEM_TIME AS OF bids.ts "
                     "ON auction = id"),
            R"(
Sink(collect) changelog=[I] parallelism=1 chain=2
  +- Calc(select=[price, rate]) changelog=[I] parallelism=1 chain=2 exchange=single
    +- TemporalJoin(joinType=[InnerJoin], time=[ts], version=[ts]) changelog=[I] parallelism=1 chain=2
       state: waiting: [auction], time -> rows
       state: versions: [id], time -> rows
      +- WatermarkAssigner(rowtime=[ts], watermark=[(ts - INTERVAL '+0 00:00:04.000' DAY TO SECOND)]) changelog=[I] parallelism=1 chain=0 exchange=hash[auction]
        +- TableSourceScan(table=[bids], fields=[auction, price, ts]) changelog=[I] parallelism=1 chain=0
      +- WatermarkAssigner(rowtime=[ts], watermark=[ts]) changelog=[I,UA,D] parallelism=1 chain=1 exchange=hash[id]
        +- TableSourceScan(table=[rates], fields=[id, rate, ts]) changelog=[I,UA,D] parallelism=1 chain=1
)");
}

TEST_F(changelog_modes, refuse_upserts_without_a_key) {
  EXPECT_EQ(
      physical("CREATE TABLE keyless (id INT) WITH ('connector' = 'x', 'gives' = 'UA,D');"
               "SELECT id FROM keyless"),
      R"(error 2025: table 'default_catalog.default_database.keyless' gives updates without their old rows, but has no key
  hint: declare its PRIMARY KEY (...) NOT ENFORCED)");
}

TEST_F(changelog_modes, refuse_at_the_place_of_the_statement) {
  const auto sinks =
      run("CREATE TABLE keyless (id INT) WITH ('connector' = 'x', 'gives' = 'UA,D');"
          "SELECT id FROM keyless");
  const text_position at{7, 3, 6};
  const auto plan = plan_job({sinks, session_.options(), traits_of, at});
  ASSERT_FALSE(plan.ok());
  EXPECT_EQ(plan.error().at, at);
}

TEST_F(changelog_modes, complete_changes_that_may_come_twice) {
  EXPECT_EQ(physical("CREATE TABLE cdc (id INT, PRIMARY KEY (id) NOT ENFORCED) "
                     "WITH ('connector' = 'x', 'gives' = 'UB,UA,D');"
                     "SET 'table.exec.source.cdc-events-duplicate' = 'true';"
                     "SELECT id FROM cdc"),
            R"(
Sink(collect) changelog=[I,UB,UA,D] parallelism=1 chain=0
  +- ChangelogNormalize(key=[id]) changelog=[I,UB,UA,D] parallelism=1 chain=0 exchange=single
     state: rows: [id] -> row
    +- TableSourceScan(table=[cdc], fields=[id]) changelog=[I,UB,UA,D] parallelism=1 chain=0 exchange=hash[id]
)");
}

}  // namespace
}  // namespace millrace::plan::testing
