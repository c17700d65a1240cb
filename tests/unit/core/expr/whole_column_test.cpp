// What is computed for whole columns instead of the rows that need it: branches of CASE, conjuncts,
// division by a constant. Each is compared with a plain computation over more than a word of rows.

#include "core/data/column_builder.hpp"
#include "core/expr/arithmetic/constant_divisor.hpp"
#include "core/expr/arithmetic/near_remainder.hpp"
#include "core/expr/branch_blend.hpp"
#include "core/expr/evaluator.hpp"
#include "tests/unit/core/expr/expressions.hpp"

#include <gtest/gtest.h>

#include <climits>
#include <cstdint>
#include <cstring>
#include <vector>

namespace millrace::expr {
namespace {

using namespace data;

constexpr std::uint32_t rows = 200;

// row * 7 % 10, NULL in every 13th row.
column_ptr digits() {
  column_builder b(data_type(type_id::bigint));
  for (std::uint32_t row = 0; row < rows; ++row)
    row % 13 == 0 ? b.append_null() : b.append(std::int64_t{row * 7 % 10});
  return b.finish();
}

std::vector<data_type> digit_type() { return {data_type(type_id::bigint)}; }

TEST(whole_column, case_takes_the_first_true_branch) {
  eval_context context;
  auto run = evaluator::make(
      {test::parse("(CASE (< $0 3) $0 (< $0 6) (+ $0 100) -1)", digit_type())}, context);
  ASSERT_TRUE(run.ok());
  const auto in = digits();
  const auto out = run->evaluate({{in}}, row_set::all(rows));
  ASSERT_TRUE(out.ok());
  for (std::uint32_t row = 0; row < rows; ++row) {
    const std::int64_t digit = row * 7 % 10;
    const std::int64_t expected = row % 13 == 0 || digit >= 6 ? -1
                                  : digit < 3                 ? digit
                                                              : digit + 100;
    ASSERT_FALSE((*out)[0]->is_null(row)) << row;
    EXPECT_EQ((*out)[0]->value<std::int64_t>(row), expected) << row;
  }
}

TEST(whole_column, rows_of_no_branch_and_null_values_are_null) {
  eval_context context;
  auto run =
      evaluator::make({test::parse("(CASE (< $0 3) NULL (< $0 6) $0)", digit_type())}, context);
  ASSERT_TRUE(run.ok());
  const auto in = digits();
  const auto out = run->evaluate({{in}}, row_set::all(rows));
  ASSERT_TRUE(out.ok());
  for (std::uint32_t row = 0; row < rows; ++row) {
    const std::int64_t digit = row * 7 % 10;
    const bool taken = row % 13 != 0 && digit >= 3 && digit < 6;
    EXPECT_EQ((*out)[0]->is_null(row), !taken) << row;
    if (taken) {
      EXPECT_EQ((*out)[0]->value<std::int64_t>(row), digit);
    }
  }
}

TEST(whole_column, a_branch_of_all_rows_is_not_copied) {
  const auto value = flattened(constant_of(*digits(), 1, rows));
  const whole_branch only{value, std::vector<std::uint64_t>(bitmap_words(rows), ~0ULL)};
  EXPECT_EQ(blend_branches(value->type, rows, {{only}}), value);
}

TEST(whole_column, conjuncts_join_simple_and_failing_conditions) {
  eval_context context;
  auto run = evaluator::make(
      {test::parse("(AND (> $0 0) (< $0 8) (= (MOD 12 $0) 0))", digit_type())}, context);
  ASSERT_TRUE(run.ok());
  const record_batch batch({digits()}, rows);
  std::uint32_t count = 0;
  const auto selection = run->filter(batch, count);
  ASSERT_TRUE(selection.ok());
  std::vector<std::uint32_t> expected;
  for (std::uint32_t row = 0; row < rows; ++row) {
    const std::uint32_t digit = row * 7 % 10;
    if (row % 13 != 0 && digit > 0 && digit < 8 && 12 % digit == 0) expected.push_back(row);
  }
  const auto* at = (*selection)->as<std::uint32_t>();
  EXPECT_EQ(std::vector<std::uint32_t>(at, at + count), expected);
}

// Rows that a selection leaves out travel with their batch, and the wire refuses other bytes.
TEST(whole_column, truth_values_that_nobody_asked_for_are_defined) {
  eval_context context;
  auto run = evaluator::make({test::parse("(<= $0 'zz')", {data_type(type_id::varchar)}),
                              test::parse("(> (CHAR_LENGTH $0) 1)", {data_type(type_id::varchar)})},
                             context);
  ASSERT_TRUE(run.ok());
  column_builder texts(data_type(type_id::varchar));
  for (std::uint32_t row = 0; row < rows; ++row) texts.append_text("ab");
  const column_ptr in = texts.finish();
  const std::uint32_t some[] = {3, 5};
  for (int i = 0; i < 8; ++i) std::memset(buffer::allocate(rows)->mutable_data(), 0xFF, rows);
  const auto out = run->evaluate({{in}}, {rows, some, 2});
  ASSERT_TRUE(out.ok());
  for (const auto& column : *out)
    for (std::uint32_t row = 0; row < rows; ++row)
      EXPECT_LE(column->data<std::uint8_t>()[row], 1) << row;
}

TEST(whole_column, nulls_that_a_filter_drops_are_gone) {
  eval_context context;
  for (const bool all_dropped : {true, false}) {
    auto run = evaluator::make(
        {test::parse(all_dropped ? "(> $0 2)" : "(> $1 2)", {digit_type()[0], digit_type()[0]}),
         test::parse("$0", digit_type())},
        context);
    ASSERT_TRUE(run.ok());
    column_builder plain(data_type(type_id::bigint));
    for (std::uint32_t row = 0; row < rows; ++row) plain.append(std::int64_t{row});
    const record_batch batch({digits(), plain.finish()}, rows);
    const auto made = run->calc(batch);
    ASSERT_TRUE(made.ok());
    EXPECT_EQ(made->columns[0]->may_have_nulls(), !all_dropped);
    for (std::uint32_t i = 0; i < made->count; ++i) {
      const auto row = made->selection->as<std::uint32_t>()[i];
      EXPECT_EQ(made->columns[0]->is_null(row), batch.column_at(0)->is_null(row));
    }
  }
}

TEST(whole_column, constant_divisor_divides_as_java_does) {
  const std::int64_t numbers[] = {0,       1,       -1,        2,         -2,        3,
                                  -3,      7,       10,        123,       -123,      1000003,
                                  INT_MAX, INT_MIN, 1LL << 62, LLONG_MAX, LLONG_MIN, LLONG_MIN + 1};
  for (const auto by : numbers) {
    if (by == 0) continue;
    const constant_divisor divisor(by);
    for (const auto n : numbers) {
      const bool wraps = by == -1;
      const auto negated = static_cast<std::int64_t>(0 - static_cast<std::uint64_t>(n));
      EXPECT_EQ(divisor.quotient(n), wraps ? negated : n / by) << n << " / " << by;
      EXPECT_EQ(divisor.remainder(n), wraps ? 0 : n % by) << n << " % " << by;
    }
  }
}

TEST(whole_column, near_remainder_equals_that_of_integers) {
  constexpr std::int64_t edge = 1LL << 48;
  std::vector<std::int64_t> numbers = {0, 1, -1, 122, 123, -123, 1000003, edge - 1, -edge};
  const std::int32_t divisors[] = {1, -1, 2, 3, -7, 123, 1000003, INT_MAX, INT_MIN, INT_MIN + 1};
  for (const std::int64_t by : divisors)
    for (const std::int64_t beside : {-1, 0, 1}) numbers.push_back(edge / 2 / by * by + beside);
  ASSERT_TRUE(near_remainder::holds_for(numbers.data(), 9));
  for (const auto by : divisors) {
    const near_remainder remainder(by);
    for (const auto n : numbers) EXPECT_EQ(remainder(n), n % by) << n << " % " << by;
  }
  EXPECT_FALSE(near_remainder::holds_for(&edge, 1));
  const std::int64_t below = -edge - 1;
  EXPECT_FALSE(near_remainder::holds_for(&below, 1));
}

}  // namespace
}  // namespace millrace::expr
