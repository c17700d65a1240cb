#include "tests/unit/core/plan/plan_fixture.hpp"

namespace millrace::plan::testing {
namespace {

class fold_constants_rule : public plan_test {};

TEST_F(fold_constants_rule, computes_calls_of_literals_and_drops_true_filters) {
  const auto* sql = "SELECT n + (1 + 2) * 3 AS m FROM t WHERE 1 = 1";
  EXPECT_EQ(before(sql), R"(
Project((n + CAST(((1 + 2) * 3) AS BIGINT)) AS m)
  Filter((1 = 1))
    Scan(t)
)");
  EXPECT_EQ(after(fold_constants, sql), R"(
Project((n + 9) AS m)
  Scan(t)
)");
}

TEST_F(fold_constants_rule, leaves_what_fails_and_what_differs_per_row) {
  const auto* failing = "SELECT id FROM t WHERE 1 / 0 = 1";
  EXPECT_EQ(after(fold_constants, failing), before(failing));
  EXPECT_EQ(after(fold_constants, "SELECT id FROM t WHERE RAND() > 0.5"), R"(
Project(id)
  Filter((RAND() > 0.5))
    Scan(t)
)");
}

TEST_F(fold_constants_rule, gives_the_aggregates_of_no_rows) {
  const auto* sql = "SELECT COUNT(*) AS c, MAX(n) AS m FROM t WHERE FALSE";
  EXPECT_EQ(before(sql), R"(
Project($a0 AS c, $a1 AS m)
  Aggregate(groups=[], calls=[COUNT(*), MAX(n)])
    Project(n)
      Filter(FALSE)
        Scan(t)
)");
  EXPECT_EQ(after(fold_constants, sql), R"(
Project($a0 AS c, $a1 AS m)
  Values((0, NULL))
)");
}

}  // namespace
}  // namespace millrace::plan::testing
