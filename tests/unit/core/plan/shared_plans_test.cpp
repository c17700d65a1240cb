#include "tests/unit/core/plan/plan_fixture.hpp"

namespace millrace::plan::testing {
namespace {

/// Equal sub-plans of a statement set run once.
class shared_plans : public plan_test {};

TEST_F(shared_plans, one_scan_for_all_statements) {
  EXPECT_EQ(physical("EXECUTE STATEMENT SET BEGIN "
                     "INSERT INTO changes SELECT id, k, n FROM t WHERE n > 1;"
                     "INSERT INTO changes SELECT id, k, n FROM t WHERE n > 2; END"),
            R"(
Sink(table=[changes]) changelog=[I] parallelism=1 chain=0
  +- Calc(select=[id, k, n], where=[(n > 1)]) changelog=[I] parallelism=1 chain=0
    +- TableSourceScan(table=[t], fields=[id, k, n]) changelog=[I] parallelism=1 chain=0
Sink(table=[changes]) changelog=[I] parallelism=1 chain=0
  +- Calc(select=[id, k, n], where=[(n > 2)]) changelog=[I] parallelism=1 chain=0
    +- TableSourceScan(table=[t], fields=[id, k, n]) (shared, see chain 0)
)");
}

TEST_F(shared_plans, one_aggregation_for_a_view_and_its_text) {
  EXPECT_EQ(physical("CREATE TEMPORARY VIEW v AS SELECT k, COUNT(*) AS c FROM t GROUP BY k;"
                     "EXECUTE STATEMENT SET BEGIN "
                     "INSERT INTO changes SELECT 1, k, c FROM v;"
                     "INSERT INTO changes SELECT 2, k, COUNT(*) FROM t GROUP BY k; END"),
            R"(
Sink(table=[changes]) changelog=[I,UB,UA,D] parallelism=1 chain=0
  +- Calc(select=[1 AS EXPR$0, k, $a0 AS c]) changelog=[I,UB,UA,D] parallelism=1 chain=0
    +- GroupAggregate(groupBy=[k], select=[COUNT(*) AS $a0]) changelog=[I,UB,UA,D] parallelism=1 chain=0
       state: accumulators: [k] -> 1 aggregates
      +- TableSourceScan(table=[t], fields=[k]) changelog=[I] parallelism=1 chain=0 exchange=hash[k]
Sink(table=[changes]) changelog=[I,UB,UA,D] parallelism=1 chain=0
  +- Calc(select=[2 AS EXPR$0, k, $a0 AS EXPR$2]) changelog=[I,UB,UA,D] parallelism=1 chain=0
    +- GroupAggregate(groupBy=[k], select=[COUNT(*) AS $a0]) (shared, see chain 0)
)");
}

TEST_F(shared_plans, not_where_a_call_gives_another_value_each_time) {
  EXPECT_EQ(physical("EXECUTE STATEMENT SET BEGIN "
                     "INSERT INTO changes SELECT id, UUID(), n FROM t;"
                     "INSERT INTO changes SELECT id, UUID(), n FROM t; END"),
            R"(
Sink(table=[changes]) changelog=[I] parallelism=1 chain=0
  +- Calc(select=[id, CAST(EXPR$1 AS STRING) AS k, n]) changelog=[I] parallelism=1 chain=0
    +- Calc(select=[id, UUID() AS EXPR$1, n]) changelog=[I] parallelism=1 chain=0
      +- TableSourceScan(table=[t], fields=[id, n]) changelog=[I] parallelism=1 chain=0
Sink(table=[changes]) changelog=[I] parallelism=1 chain=0
  +- Calc(select=[id, CAST(EXPR$1 AS STRING) AS k, n]) changelog=[I] parallelism=1 chain=0
    +- Calc(select=[id, UUID() AS EXPR$1, n]) changelog=[I] parallelism=1 chain=0
      +- TableSourceScan(table=[t], fields=[id, n]) (shared, see chain 0)
)");
}

}  // namespace
}  // namespace millrace::plan::testing
