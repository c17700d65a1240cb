#include "tests/unit/core/operators/operator_harness.hpp"

#include <gtest/gtest.h>

namespace millrace::operators {
namespace {

const columns input = {{"sink_key", bigint()}, {"id", bigint()}, {"v", string()}};

class upsert_materialize_test : public ::testing::TestWithParam<drive> {
 protected:
  [[nodiscard]] static operator_harness of(std::vector<std::uint32_t> upsert_key) {
    plan::upsert_materialize_spec spec;
    spec.keys = {0};
    spec.input_upsert_key = std::move(upsert_key);
    return operator_harness(spec, {input}, input, GetParam());
  }
};

TEST_P(upsert_materialize_test, the_row_before_returns_when_the_last_goes) {
  auto op = of({1});
  op.rows("1 | 7 | a\n").rows("1 | 8 | b\n").rows("-D | 1 | 8 | b\n");
  EXPECT_EQ(op.take(), "+I | 1 | 7 | a\n+U | 1 | 8 | b\n+U | 1 | 7 | a\n");
  op.rows("-D | 1 | 7 | a\n");
  EXPECT_EQ(op.take(), "-D | 1 | 7 | a\n");
  EXPECT_EQ(op.state_rows(), 0U);
}

TEST_P(upsert_materialize_test, a_row_that_was_overtaken_goes_unseen) {
  auto op = of({});
  op.rows("1 | 7 | a\n").rows("1 | 8 | b\n").rows("-D | 1 | 7 | a\n").rows("-D | 1 | 9 | x\n");
  EXPECT_EQ(op.take(), "+I | 1 | 7 | a\n+U | 1 | 8 | b\n");
}

INSTANTIATE_TEST_SUITE_P(drives, upsert_materialize_test, ::testing::ValuesIn(all_drives));

}  // namespace
}  // namespace millrace::operators
