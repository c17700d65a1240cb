#include "core/operators/aggregate/batch_groups.hpp"

#include "core/data/column_builder.hpp"
#include "tests/unit/core/operators/operator_harness.hpp"

#include <gtest/gtest.h>

#include <map>
#include <utility>

namespace millrace::operators {
namespace {

constexpr std::uint32_t rows = 4000;

template <class ValueOf>
data::column_ptr longs(ValueOf value_of, std::uint32_t count = rows) {
  data::column_builder column(bigint());
  for (std::uint32_t row = 0; row < count; ++row)
    column.append(static_cast<std::int64_t>(value_of(row)));
  return column.finish();
}

data::column_ptr day(std::uint32_t count = rows) {
  data::column_builder one(string());
  one.append_text("2024-01-15");
  return data::constant_of(*one.finish(), 0, count);
}

data::batch_ptr batch_of(std::vector<data::column_ptr> columns) {
  return std::make_shared<const data::record_batch>(std::move(columns), rows);
}

std::int64_t value(const data::record_batch& batch, std::size_t column, std::uint32_t row) {
  return batch.column_at(column)->value<std::int64_t>(row);
}

// Every row's group began with a row of the same key, and `rows` has each group's in order.
void expect_groups(batch_groups& groups, const data::record_batch& batch,
                   const std::vector<std::size_t>& columns) {
  std::map<std::vector<std::int64_t>, std::uint32_t> known;
  std::vector<std::vector<std::uint32_t>> members;
  for (std::uint32_t i = 0; i < batch.row_count(); ++i) {
    std::vector<std::int64_t> key;
    for (const auto c : columns) key.push_back(value(batch, c, batch.row_at(i)));
    const auto next = static_cast<std::uint32_t>(known.size());
    const auto [at, fresh] = known.emplace(key, next);
    if (fresh) members.emplace_back();
    ASSERT_EQ(groups.group_of_rows()[i], at->second) << i;
    members[at->second].push_back(batch.row_at(i));
  }
  ASSERT_EQ(groups.count(), members.size());
  std::uint32_t begin = 0;
  for (std::uint32_t g = 0; g < members.size(); ++g) {
    EXPECT_EQ(groups.first_rows()[g], members[g][0]);
    const std::vector<std::uint32_t> got(groups.rows() + begin, groups.rows() + groups.ends()[g]);
    EXPECT_EQ(got, members[g]) << g;
    begin = groups.ends()[g];
  }
}

TEST(batch_groups, numbers_keys_by_their_first_rows) {
  batch_groups groups;
  for (const int keys : {2, 300, 1900, 7}) {
    const auto batch = batch_of({longs([&](auto row) { return row * 37 % keys - 1; }), day()});
    const std::uint32_t columns[] = {0, 1};
    ASSERT_TRUE(groups.find(*batch, columns)) << keys;
    expect_groups(groups, *batch, {0});
  }
}

TEST(batch_groups, tells_pairs_apart) {
  const auto batch = batch_of({longs([](auto row) { return row % 5; }),
                               longs([](auto row) { return row / 7 % 3; }),
                               longs([](auto row) { return row % 2; })});
  batch_groups groups;
  const std::uint32_t columns[] = {0, 1, 2};
  ASSERT_TRUE(groups.find(*batch, columns));
  expect_groups(groups, *batch, {0, 1, 2});
}

TEST(batch_groups, sees_live_rows_only) {
  const auto all = batch_of({longs([](auto row) { return row % 11; }), day()});
  const auto batch = data::live_slice(all, 100, 900);
  batch_groups groups;
  const std::uint32_t number[] = {0};
  ASSERT_TRUE(groups.find(*batch, number));
  expect_groups(groups, *batch, {0});
  EXPECT_EQ(groups.first_of_each(*batch)->row_count(), 11U);
  const std::uint32_t constant[] = {1};
  ASSERT_TRUE(groups.find(*batch, constant));
  expect_groups(groups, *batch, {});
}

TEST(batch_groups, takes_the_codes_of_a_dictionary) {
  auto coded = std::make_shared<data::column>();
  coded->type = bigint();
  coded->layout = data::encoding::dictionary;
  coded->length = rows;
  auto codes = data::buffer::allocate(rows * sizeof(std::uint32_t));
  for (std::uint32_t row = 0; row < rows; ++row) codes->mutable_as<std::uint32_t>()[row] = row % 3;
  coded->values = codes;
  coded->children = {longs([](auto row) { return 50 - row; }, 3)};
  batch_groups groups;
  const std::uint32_t columns[] = {0};
  const auto batch = batch_of({coded});
  ASSERT_TRUE(groups.find(*batch, columns));
  expect_groups(groups, *batch, {0});
}

TEST(batch_groups, leaves_what_would_not_pay) {
  batch_groups groups;
  const std::uint32_t columns[] = {0};
  const auto few = data::live_slice(batch_of({longs([](auto) { return 1; })}), 0, 8);
  EXPECT_FALSE(groups.find(*few, columns));
  data::column_builder nulls(bigint());
  nulls.append_nulls(rows);
  EXPECT_FALSE(groups.find(*batch_of({nulls.finish()}), columns));
  const auto same = batch_of({longs([](auto) { return 1; })});
  EXPECT_FALSE(groups.find(*batch_of({longs([](auto row) { return row; })}), columns));
  EXPECT_FALSE(groups.find(*same, columns));
  int tries = 1;
  while (!groups.find(*same, columns)) ++tries;
  EXPECT_LT(tries, 32);
}

}  // namespace
}  // namespace millrace::operators
