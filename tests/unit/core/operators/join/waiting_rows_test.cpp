#include "core/operators/join/waiting_rows.hpp"

#include "core/data/column_builder.hpp"
#include "tests/unit/core/operators/operator_harness.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <string>

namespace millrace::operators {
namespace {

// A batch of one column.
data::batch_ptr rows_of(std::initializer_list<std::int64_t> values) {
  data::column_builder column(bigint());
  for (const auto v : values) column.append(v);
  return std::make_shared<const data::record_batch>(std::vector{column.finish()},
                                                    static_cast<std::uint32_t>(values.size()));
}

// By value, or with the values as their own hashes.
class waiting_rows_test : public ::testing::TestWithParam<bool> {
 protected:
  static std::optional<std::uint32_t> key() {
    return GetParam() ? std::optional<std::uint32_t>(0) : std::nullopt;
  }
  static bool add(waiting_rows& waiting, std::initializer_list<std::int64_t> values) {
    const auto batch = rows_of(values);
    EXPECT_EQ(waiting.compares_values(*batch), GetParam());
    const auto bytes = std::as_bytes(std::span(values.begin(), values.size()));
    return waiting.add(*batch, GetParam() ? nullptr : data::buffer::copy_of(bytes));
  }
};

std::string text_of(const std::vector<data::batch_ptr>& batches) {
  std::string out;
  for (const auto& batch : batches) {
    for (std::uint32_t i = 0; i < batch->row_count(); ++i)
      out += std::to_string(batch->column_at(0)->value<std::int64_t>(batch->row_at(i))) + " ";
    out += "; ";
  }
  return out;
}

TEST_P(waiting_rows_test, gives_the_rows_of_the_keys_asked_for_once) {
  memory_budget budget(1 << 20);
  waiting_rows waiting;
  waiting.open(budget, 1 << 20, key());
  ASSERT_TRUE(add(waiting, {1, 2, 3, 2}));
  ASSERT_TRUE(add(waiting, {4, 5}));
  ASSERT_TRUE(add(waiting, {2}));
  const waiting_rows::question two{{2, 9}, {2, 9}};
  EXPECT_EQ(text_of(waiting.take(two)), "2 2 ; 2 ; ");
  EXPECT_EQ(text_of(waiting.take(two)), "");
  EXPECT_EQ(text_of(waiting.take_all()), "1 3 ; 4 5 ; ");
  EXPECT_TRUE(waiting.empty());
  EXPECT_EQ(budget.used(), 0);
}

TEST_P(waiting_rows_test, holds_no_more_than_it_may) {
  memory_budget budget(1 << 20);
  waiting_rows waiting;
  waiting.open(budget, 1, key());
  EXPECT_FALSE(add(waiting, {1}));
  memory_budget none(0);
  waiting_rows unlucky;
  unlucky.open(none, 1 << 20, key());
  EXPECT_FALSE(add(unlucky, {1}));
  EXPECT_EQ(none.used(), 0);
}

INSTANTIATE_TEST_SUITE_P(by_value_or_hash, waiting_rows_test, ::testing::Bool());

TEST(waiting_rows, are_not_worth_many_questions) {
  const waiting_rows waiting;
  EXPECT_TRUE(waiting.worth_asking(waiting_rows::most_keys));
  EXPECT_FALSE(waiting.worth_asking(waiting_rows::most_keys + 1));
}

class waiting_join_test : public ::testing::TestWithParam<drive> {
 protected:
  static plan::join_spec spec() {
    plan::join_spec spec;
    spec.kind = plan::join_kind::inner;
    spec.left_keys = spec.right_keys = {0};
    spec.null_matches = {false};
    return spec;
  }
  operator_harness join_{spec(),
                         {{{"k", bigint()}, {"a", bigint()}}, {{"k", bigint()}, {"b", bigint()}}},
                         {{"k", bigint()}, {"a", bigint()}, {"k2", bigint()}, {"b", bigint()}},
                         GetParam()};
  static std::string rows(int first, int last, int value) {
    std::string out;
    for (int k = first; k < last; ++k)
      out += std::to_string(k) + " | " + std::to_string(value) + "\n";
    return out;
  }
};

TEST_P(waiting_join_test, only_rows_that_were_asked_for_are_in_tables) {
  join_.rows(rows(0, 100, 1)).rows("7 | 2\nNULL | 2\n", 1);
  EXPECT_EQ(join_.take(), "+I | 7 | 1 | 7 | 2\n");
  EXPECT_LT(join_.state_rows(), 4U);
  join_.rows(rows(7, 8, 3));
  EXPECT_EQ(join_.take(), "+I | 7 | 3 | 7 | 2\n");
}

TEST_P(waiting_join_test, a_barrier_stores_all) {
  join_.rows(rows(0, 100, 1)).rows("7 | 2\n", 1).barrier();
  EXPECT_EQ(join_.take(), "+I | 7 | 1 | 7 | 2\n");
  EXPECT_GE(join_.state_rows(), 101U);
  join_.rows("8 | 2\n", 1);
  EXPECT_EQ(join_.take(), "+I | 8 | 1 | 8 | 2\n");
}

TEST_P(waiting_join_test, rows_without_a_key_are_counted_and_never_met) {
  join_.rows("NULL | 1\n0 | 1\n").rows("0 | 2\n", 1).rows("NULL | 3\n", 1);
  EXPECT_EQ(join_.take(), "+I | 0 | 1 | 0 | 2\n");
}

TEST_P(waiting_join_test, many_questions_are_answered_from_the_table) {
  join_.rows(rows(0, 100, 1)).rows(rows(50, 150, 2), 1).rows(rows(140, 141, 3));
  std::string expected;
  for (int k = 50; k < 100; ++k)
    expected += "+I | " + std::to_string(k) + " | 1 | " + std::to_string(k) + " | 2\n";
  EXPECT_EQ(join_.take(), expected + "+I | 140 | 3 | 140 | 2\n");
}

INSTANTIATE_TEST_SUITE_P(drives, waiting_join_test, ::testing::ValuesIn(all_drives));

}  // namespace
}  // namespace millrace::operators
