#include "core/expr/literals.hpp"
#include "core/expr/registry.hpp"
#include "tests/unit/core/operators/operator_harness.hpp"

#include <gtest/gtest.h>

namespace millrace::operators {
namespace {

using reference_kind = plan::match_reference::kind;

const columns input = {{"k", bigint()}, {"t", timestamp()}, {"v", bigint()}};
const columns output = {{"k", bigint()}, {"first", bigint()}, {"last", bigint()}, {"n", bigint()}};

std::string row(int key, int second, int value) {
  return std::to_string(key) + " | 1970-01-01 00:00:" + (second < 10 ? "0" : "") +
         std::to_string(second) + ".000 | " + std::to_string(value) + "\n";
}

// Pattern variables with quantifiers, each a condition `v > low and v < high`.
struct variable {
  std::int32_t at_least = 1;
  std::int32_t at_most = 1;
  std::int64_t above = -1000;
  std::int64_t below = 1000;
  bool reluctant = false;
};

expr::expr_ptr number(std::int64_t v) { return expr::make_literal(expr::bigint_literal(v)); }

std::shared_ptr<plan::match_spec> pattern(const std::vector<variable>& variables) {
  auto spec = std::make_shared<plan::match_spec>();
  spec->partition = {0};
  spec->order_column = 1;
  const auto value = expr::make_column(2, bigint());
  const auto add = [&](reference_kind kind) {
    plan::match_reference r;
    r.what = kind;
    r.value = value;
    r.type = bigint();
    spec->references.push_back(std::move(r));
  };
  add(reference_kind::current_row);
  add(reference_kind::first);
  add(reference_kind::last);
  add(reference_kind::aggregate);
  const std::vector<data::data_type> types = {bigint()};
  const std::vector<data::column_ptr> literals(1);
  auto& count = spec->references.back();
  count.overload =
      expr::find_aggregate("COUNT")->resolve({"COUNT", types, literals}, false).value();
  count.type = count.overload.result_type;
  spec->pattern.what = plan::pattern_term::kind::concatenation;
  for (std::uint32_t i = 0; i < variables.size(); ++i) {
    const auto& v = variables[i];
    spec->variables.push_back("V" + std::to_string(i));
    plan::pattern_term term;
    term.variable = i;
    term.at_least = v.at_least;
    term.at_most = v.at_most;
    term.reluctant = v.reluctant;
    spec->pattern.parts.push_back(term);
    const auto current = expr::make_column(0, bigint());
    auto low = expr::make_call(">", {current, number(v.above)}).value();
    auto high = expr::make_call("<", {current, number(v.below)}).value();
    spec->defines.push_back(expr::make_call("AND", {low, high}).value());
  }
  for (std::uint32_t r = 1; r < 4; ++r)
    spec->measures.push_back(expr::make_column(r, spec->references[r].type));
  return spec;
}

class match_test : public ::testing::TestWithParam<drive> {
 protected:
  [[nodiscard]] static operator_harness of(std::shared_ptr<plan::match_spec> spec) {
    return operator_harness(plan::match_operator_spec{std::move(spec)}, {input}, output,
                            GetParam());
  }
};

TEST_P(match_test, rows_are_matched_in_time_order_once_the_watermark_passes) {
  auto match = of(pattern({{1, 1, 0, 2}, {1, -1, 4}, {1, 1, 0, 2}}));
  match.rows(row(1, 3, 6) + row(1, 1, 1) + row(1, 2, 5)).watermark(3000);
  EXPECT_EQ(match.take(), "");
  match.rows(row(1, 4, 1) + row(2, 4, 1) + row(1, 2, 9)).watermark(max_watermark);
  EXPECT_EQ(match.take(), "+I | 1 | 1 | 1 | 4\n");
  EXPECT_EQ(match.metrics().late_rows, 1U);
}

TEST_P(match_test, a_greedy_variable_takes_what_it_can) {
  auto match = of(pattern({{1, 1, 0, 2}, {0, -1, 0, 9}, {1, 1, 4, 20}}));
  match.rows(row(1, 1, 1) + row(1, 2, 5) + row(1, 3, 6) + row(1, 4, 12)).watermark(max_watermark);
  EXPECT_EQ(match.take(), "+I | 1 | 1 | 12 | 4\n");
}

TEST_P(match_test, a_reluctant_variable_takes_as_little_as_it_can) {
  auto match = of(pattern({{1, 1, 0, 2}, {0, -1, 0, 9, true}, {1, 1, 4, 20}}));
  match.rows(row(1, 1, 1) + row(1, 2, 3) + row(1, 3, 6) + row(1, 4, 12)).watermark(max_watermark);
  EXPECT_EQ(match.take(), "+I | 1 | 1 | 6 | 3\n");
}

TEST_P(match_test, skipping_decides_where_the_next_match_may_begin) {
  const std::string rows = row(1, 1, 1) + row(1, 2, 2) + row(1, 3, 3) + row(1, 4, 4);
  for (const auto& [skip, told] :
       {std::pair{plan::skip_kind::past_last_row, "+I | 1 | 1 | 2 | 2\n+I | 1 | 3 | 4 | 2\n"},
        std::pair{plan::skip_kind::to_next_row,
                  "+I | 1 | 1 | 2 | 2\n+I | 1 | 2 | 3 | 2\n+I | 1 | 3 | 4 | 2\n"},
        std::pair{plan::skip_kind::to_last,
                  "+I | 1 | 1 | 2 | 2\n+I | 1 | 2 | 3 | 2\n+I | 1 | 3 | 4 | 2\n"}}) {
    auto spec = pattern({{}, {}});
    spec->skip = skip;
    spec->skip_variable = 1;
    auto match = of(spec);
    match.rows(rows).watermark(2500).watermark(max_watermark);
    EXPECT_EQ(match.take(), told);
  }
}

TEST_P(match_test, rows_follow_each_other_without_a_gap) {
  auto match = of(pattern({{1, 1, 0, 2}, {1, 1, 4}}));
  match.rows(row(1, 1, 1) + row(1, 2, 3) + row(1, 3, 5)).watermark(max_watermark);
  EXPECT_EQ(match.take(), "");
  EXPECT_EQ(match.state_rows(), 0U);
}

TEST_P(match_test, bounds_count_rows) {
  auto match = of(pattern({{2, 3, 0, 10}, {1, 1, 0, 20}}));
  match.rows(row(1, 1, 1) + row(1, 2, 2) + row(1, 3, 3) + row(1, 4, 4)).watermark(max_watermark);
  EXPECT_EQ(match.take(), "+I | 1 | 1 | 4 | 4\n");
}

TEST_P(match_test, an_attempt_ends_with_its_time) {
  auto spec = pattern({{1, 1, 0, 2}, {0, -1, 2, 9}, {1, 1, 9}});
  spec->within_ms = 5000;
  auto match = of(spec);
  match.rows(row(1, 1, 1) + row(1, 2, 5) + row(1, 6, 10)).watermark(20000);
  EXPECT_EQ(match.take(), "");
  match.rows(row(1, 21, 1) + row(1, 25, 10)).rows(row(2, 21, 1)).watermark(26000);
  EXPECT_EQ(match.take(), "+I | 1 | 1 | 10 | 2\n");
  EXPECT_EQ(match.state_rows(), 0U);
}

INSTANTIATE_TEST_SUITE_P(drives, match_test, ::testing::ValuesIn(all_drives));

}  // namespace
}  // namespace millrace::operators
