#include "core/expr/registry.hpp"
#include "tests/unit/core/operators/operator_harness.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace millrace::operators {
namespace {

using plan::join_kind;

const columns left_columns = {{"k", bigint()}, {"a", string()}};
const columns right_columns = {{"k", bigint()}, {"b", integer()}};

plan::join_spec spec_of(join_kind kind, bool retracts = false) {
  plan::join_spec spec;
  spec.kind = kind;
  spec.left_keys = {0};
  spec.right_keys = {0};
  spec.null_matches = {false};
  spec.left_retracts = spec.right_retracts = retracts;
  return spec;
}

columns output_of(join_kind kind) {
  columns out = left_columns;
  if (kind != join_kind::semi && kind != join_kind::anti)
    out.insert(out.end(), right_columns.begin(), right_columns.end());
  return out;
}

class join_test : public ::testing::TestWithParam<drive> {
 protected:
  [[nodiscard]] static operator_harness joined(const plan::join_spec& spec) {
    return operator_harness(spec, {left_columns, right_columns}, output_of(spec.kind), GetParam());
  }
};

TEST_P(join_test, inner_pairs_all_rows_of_a_key) {
  auto join = joined(spec_of(join_kind::inner));
  join.rows("1 | x\n1 | y\n2 | z\nNULL | n\n").rows("1 | 10\n3 | 30\nNULL | 0\n", 1);
  EXPECT_EQ(join.take(), "+I | 1 | x | 1 | 10\n+I | 1 | y | 1 | 10\n");
  join.rows("1 | w\n3 | v\n").rows("2 | 20\n", 1);
  EXPECT_EQ(join.take(), "+I | 1 | w | 1 | 10\n+I | 3 | v | 3 | 30\n+I | 2 | z | 2 | 20\n");
  EXPECT_EQ(join.metrics().null_key_rows, 2U);
}

TEST_P(join_test, inner_takes_pairs_back) {
  auto join = joined(spec_of(join_kind::inner, true));
  join.rows("1 | x\n1 | x\n").rows("1 | 10\n", 1);
  EXPECT_EQ(join.take(), "+I | 1 | x | 1 | 10\n+I | 1 | x | 1 | 10\n");
  join.rows("-U | 1 | 10\n+U | 1 | 11\n", 1);
  EXPECT_EQ(join.take(),
            "-U | 1 | x | 1 | 10\n-U | 1 | x | 1 | 10\n+U | 1 | x | 1 | 11\n+U | 1 | x | 1 | 11\n");
  join.rows("-D | 1 | x\n");
  EXPECT_EQ(join.take(), "-D | 1 | x | 1 | 11\n");
}

TEST_P(join_test, a_further_condition_decides_over_pairs) {
  auto spec = spec_of(join_kind::inner);
  const auto b = expr::make_column(3, integer());
  spec.condition = expr::make_call(">", {b, expr::make_column(0, bigint())}).value();
  auto join = joined(spec);
  join.rows("1 | x\n2 | y\n").rows("1 | 1\n1 | 2\n2 | 1\n2 | 5\n", 1);
  EXPECT_EQ(join.take(), "+I | 1 | x | 1 | 2\n+I | 2 | y | 2 | 5\n");
}

TEST_P(join_test, nulls_meet_where_the_key_is_not_distinct) {
  auto spec = spec_of(join_kind::inner);
  spec.null_matches = {true};
  auto join = joined(spec);
  join.rows("NULL | x\n").rows("NULL | 1\n", 1);
  EXPECT_EQ(join.take(), "+I | NULL | x | NULL | 1\n");
}

TEST_P(join_test, left_pads_until_a_partner_comes) {
  auto join = joined(spec_of(join_kind::left, true));
  join.rows("1 | x\nNULL | n\n");
  EXPECT_EQ(join.take(), "+I | 1 | x | NULL | NULL\n+I | NULL | n | NULL | NULL\n");
  join.rows("1 | 10\n1 | 11\n", 1);
  EXPECT_EQ(join.take(), "-D | 1 | x | NULL | NULL\n+I | 1 | x | 1 | 10\n+I | 1 | x | 1 | 11\n");
  join.rows("-D | 1 | 10\n-D | 1 | 11\n", 1);
  EXPECT_EQ(join.take(), "-D | 1 | x | 1 | 10\n-D | 1 | x | 1 | 11\n+I | 1 | x | NULL | NULL\n");
  join.rows("-D | 1 | x\n-D | NULL | n\n");
  EXPECT_EQ(join.take(), "-D | 1 | x | NULL | NULL\n-D | NULL | n | NULL | NULL\n");
}

TEST_P(join_test, full_pads_both_sides) {
  auto join = joined(spec_of(join_kind::full, true));
  join.rows("1 | x\n1 | x\n").rows("1 | 10\n2 | 20\n", 1).rows("2 | y\n").rows("-D | 1 | 10\n", 1);
  EXPECT_EQ(join.folded(), "1 | x | NULL | NULL\n1 | x | NULL | NULL\n2 | y | 2 | 20\n");
}

TEST_P(join_test, right_keeps_the_order_of_columns) {
  auto join = joined(spec_of(join_kind::right));
  join.rows("1 | 10\n2 | 20\n", 1).rows("1 | x\n");
  EXPECT_EQ(join.folded(), "1 | x | 1 | 10\nNULL | NULL | 2 | 20\n");
}

TEST_P(join_test, semi_gives_a_row_once) {
  auto join = joined(spec_of(join_kind::semi, true));
  join.rows("1 | x\n2 | y\n").rows("1 | 10\n1 | 11\n", 1).rows("1 | z\n");
  EXPECT_EQ(join.take(), "+I | 1 | x\n+I | 1 | z\n");
  join.rows("-D | 1 | 10\n", 1);
  EXPECT_EQ(join.take(), "");
  join.rows("-D | 1 | 11\n", 1);
  EXPECT_EQ(join.take(), "-D | 1 | x\n-D | 1 | z\n");
}

TEST_P(join_test, anti_takes_a_row_back_when_it_meets_one) {
  auto join = joined(spec_of(join_kind::anti, true));
  join.rows("1 | x\nNULL | n\n").rows("1 | 10\n", 1);
  EXPECT_EQ(join.take(), "+I | 1 | x\n+I | NULL | n\n-D | 1 | x\n");
  join.rows("-D | 1 | 10\n", 1);
  EXPECT_EQ(join.take(), "+I | 1 | x\n");
}

TEST_P(join_test, not_in_is_unknown_with_nulls) {
  auto spec = spec_of(join_kind::anti, true);
  spec.left_keys = spec.right_keys = {};
  spec.null_matches = {};
  const auto equal =
      expr::make_call("=", {expr::make_column(0, bigint()), expr::make_column(2, bigint())});
  spec.condition = *expr::make_call("IS NOT FALSE", {*equal});
  auto join = joined(spec);
  join.rows("1 | x\n2 | y\nNULL | n\n").rows("1 | 10\n", 1);
  EXPECT_EQ(join.folded(), "2 | y\n");
  join.rows("NULL | 0\n", 1);
  EXPECT_EQ(join.folded(), "");
  join.rows("-D | NULL | 0\n-D | 1 | 10\n", 1);
  EXPECT_EQ(join.folded(), "1 | x\n2 | y\nNULL | n\n");
}

TEST_P(join_test, without_keys_all_rows_meet) {
  auto spec = spec_of(join_kind::inner);
  spec.left_keys = spec.right_keys = {};
  spec.null_matches = {};
  auto join = joined(spec);
  join.rows("1 | x\n2 | y\n").rows("7 | 70\n8 | 80\n", 1);
  EXPECT_EQ(join.folded(), "1 | x | 7 | 70\n1 | x | 8 | 80\n2 | y | 7 | 70\n2 | y | 8 | 80\n");
}

TEST_P(join_test, layouts_with_unique_keys_give_the_same) {
  for (const auto layout :
       {plan::join_side_layout::join_key_is_unique, plan::join_side_layout::has_unique_key,
        plan::join_side_layout::no_unique_key}) {
    auto spec = spec_of(join_kind::left, true);
    spec.left_layout = spec.right_layout = layout;
    spec.left_unique_key = spec.right_unique_key = {0};
    auto join = joined(spec);
    join.rows("1 | x\n2 | y\n").rows("1 | 10\n", 1).rows("-U | 1 | x\n+U | 1 | z\n");
    join.rows("-U | 1 | 10\n+U | 1 | 12\n", 1).rows("-D | 2 | y\n");
    EXPECT_EQ(join.folded(), "1 | z | 1 | 12\n");
  }
}

TEST_P(join_test, an_update_without_its_old_row_is_two_steps) {
  auto spec = spec_of(join_kind::inner, true);
  spec.emit_update_before = false;
  auto join = joined(spec);
  join.rows("1 | x\n").rows("1 | 10\n", 1).rows("-U | 1 | 10\n+U | 1 | 11\n", 1);
  EXPECT_EQ(join.take(), "+I | 1 | x | 1 | 10\n-D | 1 | x | 1 | 10\n+I | 1 | x | 1 | 11\n");
}

INSTANTIATE_TEST_SUITE_P(drives, join_test, ::testing::ValuesIn(all_drives));

}  // namespace
}  // namespace millrace::operators
