#include "tests/unit/core/plan/plan_fixture.hpp"

namespace millrace::plan::testing {
namespace {

/// Aggregation in front of the exchange and behind it.
class two_phases : public plan_test {
 protected:
  void mini_batch() {
    run("SET 'table.exec.mini-batch.enabled' = 'true';"
        "SET 'table.exec.mini-batch.allow-latency' = '1 s';"
        "SET 'table.exec.mini-batch.size' = '1000'");
  }
  static bool has_local(const std::string& plan) {
    return plan.find("+- Local") != std::string::npos;
  }
  // The ids of the operators by their names, such as `GroupAggregate`.
  std::string id_of(std::string_view name, std::string_view text) {
    const auto plan = plan_job({run(text), session_.options(), traits_of});
    for (const auto& node : plan->nodes)
      if (node.name.ends_with(name) && !node.name.starts_with("Local")) return node.id;
    return "none";
  }
};

TEST_F(two_phases, need_a_mini_batch) {
  const auto* sql = "SELECT k, COUNT(*) AS c, SUM(n) AS s FROM t GROUP BY k";
  EXPECT_EQ(physical(sql), R"(
Sink(collect) changelog=[I,UB,UA,D] parallelism=1 chain=0
  +- GroupAggregate(groupBy=[k], select=[COUNT(*) AS $a0, SUM(n) AS $a1]) changelog=[I,UB,UA,D] parallelism=1 chain=0 exchange=single
     state: accumulators: [k] -> 2 aggregates
    +- TableSourceScan(table=[t], fields=[k, n]) changelog=[I] parallelism=1 chain=0 exchange=hash[k]
)");
  mini_batch();
  EXPECT_EQ(physical(sql), R"(
Sink(collect) changelog=[I,UB,UA,D] parallelism=1 chain=0
  +- GlobalGroupAggregate(groupBy=[k], select=[COUNT(*) AS $a0, SUM(n) AS $a1]) changelog=[I,UB,UA,D] parallelism=1 chain=0 exchange=single
     state: accumulators: [k] -> 2 aggregates
    +- LocalGroupAggregate(groupBy=[k], select=[COUNT(*) AS $a0, SUM(n) AS $a1]) changelog=[I] parallelism=1 chain=0 exchange=hash[k]
      +- TableSourceScan(table=[t], fields=[k, n]) changelog=[I] parallelism=1 chain=0
)");
  run("SET 'table.optimizer.agg-phase-strategy' = 'ONE_PHASE'");
  EXPECT_FALSE(has_local(physical(sql)));
}

TEST_F(two_phases, count_the_rows_that_are_taken_back) {
  mini_batch();
  EXPECT_EQ(physical("SELECT k, SUM(n) AS s FROM changes GROUP BY k"), R"(
Sink(collect) changelog=[I,UB,UA,D] parallelism=1 chain=0
  +- GlobalGroupAggregate(groupBy=[k], select=[SUM(n) AS $a0]) changelog=[I,UB,UA,D] parallelism=1 chain=0 exchange=single
     state: accumulators: [k] -> 1 aggregates
    +- LocalGroupAggregate(groupBy=[k], select=[SUM(n) AS $a0]) changelog=[I] parallelism=1 chain=0 exchange=hash[k]
      +- TableSourceScan(table=[changes], fields=[k, n]) changelog=[I,UB,UA,D] parallelism=1 chain=0
)");
}

TEST_F(two_phases, are_not_for_calls_that_do_not_add_up) {
  mini_batch();
  EXPECT_FALSE(has_local(physical("SELECT k, COUNT(DISTINCT n) FROM t GROUP BY k")));
  EXPECT_FALSE(has_local(physical("SELECT k, FIRST_VALUE(n) FROM t GROUP BY k")));
  EXPECT_TRUE(has_local(physical("SELECT k, MAX(n), STDDEV_POP(d) FROM t GROUP BY k")));
  EXPECT_FALSE(has_local(physical("SELECT k, MAX(n) FROM changes GROUP BY k")));
}

TEST_F(two_phases, leave_the_state_its_name) {
  const auto* sql = "SELECT k, COUNT(*) AS c FROM t WHERE n > 1 GROUP BY k";
  const auto whole = id_of("GroupAggregate", sql);
  mini_batch();
  EXPECT_EQ(id_of("GroupAggregate", sql), whole);
}

TEST_F(two_phases, refuse_a_mini_batch_without_bounds) {
  run("SET 'table.exec.mini-batch.enabled' = 'true'");
  EXPECT_EQ(physical("SELECT k, COUNT(*) FROM t GROUP BY k"),
            R"(error 1002: table.exec.mini-batch.enabled needs table.exec.mini-batch.size above 0
  hint: SET 'table.exec.mini-batch.size' = '5000')");
}

}  // namespace
}  // namespace millrace::plan::testing
