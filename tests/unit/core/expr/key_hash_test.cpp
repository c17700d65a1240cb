#include "core/expr/key_hash.hpp"

#include "core/data/column_builder.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <set>

namespace millrace::expr {
namespace {

using namespace data;

std::vector<std::uint64_t> hashes(std::vector<column_ptr> columns) {
  std::vector<std::uint32_t> keys;
  for (std::uint32_t i = 0; i < columns.size(); ++i) keys.push_back(i);
  const auto rows = columns[0]->length;
  const record_batch batch(std::move(columns), rows);
  const auto b = hash_keys(batch, keys);
  return {b->as<std::uint64_t>(), b->as<std::uint64_t>() + rows};
}

template <class T>
column_ptr column_of(data_type type, std::initializer_list<T> values) {
  column_builder b(std::move(type));
  for (const T v : values) b.append(v);
  return b.finish();
}

TEST(key_hash, values_are_fixed_for_ever) {
  const auto ints = hashes({column_of<std::int64_t>(data_type(type_id::bigint), {0, 1, -1})});
  EXPECT_EQ(ints[0], 0xb8cb396de59eab6aULL);
  column_builder text(data_type::string());
  text.append_text("abc");
  EXPECT_EQ(hashes({text.finish()})[0], 0x78af5f94892f3950ULL);
}

TEST(key_hash, does_not_depend_on_encoding_or_width) {
  const auto wide = column_of<std::int64_t>(data_type(type_id::bigint), {5, -7});
  const auto narrow = column_of<std::int32_t>(data_type(type_id::integer), {5, -7});
  EXPECT_EQ(hashes({wide}), hashes({narrow}));
  EXPECT_EQ(hashes({constant_of(*wide, 1, 3)})[2], hashes({wide})[1]);
  EXPECT_EQ(hashes({constant_of(*wide, 1, 2), wide})[0],
            hashes({flattened(constant_of(*wide, 1, 2)), wide})[0]);
}

TEST(key_hash, null_is_equal_to_null_only) {
  column_builder b(data_type(type_id::integer));
  b.append_null();
  b.append(std::int32_t{0});
  b.append_null();
  const auto h = hashes({b.finish()});
  EXPECT_EQ(h[0], h[2]);
  EXPECT_NE(h[0], h[1]);
}

TEST(key_hash, equal_floats_hash_equal) {
  const auto h = hashes({column_of<double>(data_type(type_id::float64), {0.0, -0.0, NAN, -NAN})});
  EXPECT_EQ(h[0], h[1]);
  EXPECT_EQ(h[2], h[3]);
}

TEST(key_hash, order_of_columns_matters_and_low_bits_spread) {
  const auto a = column_of<std::int64_t>(data_type(type_id::bigint), {1, 2});
  const auto b = column_of<std::int64_t>(data_type(type_id::bigint), {2, 1});
  EXPECT_NE(hashes({a, b})[0], hashes({a, b})[1]);
  column_builder many(data_type(type_id::bigint));
  for (std::int64_t i = 0; i < 4096; ++i) many.append(i * 1000);
  const auto column = many.finish();
  for (const auto& all : {hashes({column}), hashes({column, column})}) {
    std::vector<int> groups(128);
    for (const auto h : all) ++groups[key_group_of(h, 128)];
    for (const int n : groups) EXPECT_TRUE(n > 8 && n < 64) << n;
  }
}

TEST(key_hash, maps_ignore_the_order_of_entries) {
  column_builder b(data_type::map(data_type(type_id::integer), data_type(type_id::integer)));
  const auto add = [&](std::initializer_list<std::pair<std::int32_t, std::int32_t>> entries) {
    for (const auto& [k, v] : entries) {
      b.child(0).append(k);
      b.child(1).append(v);
    }
    b.append_nested();
  };
  add({{1, 2}, {3, 4}});
  add({{3, 4}, {1, 2}});
  add({{1, 4}, {3, 2}});
  add({});
  const auto h = hashes({b.finish()});
  EXPECT_EQ(h[0], h[1]);
  EXPECT_EQ(std::set<std::uint64_t>(h.begin(), h.end()).size(), 3u);
}

TEST(key_hash, selected_rows_and_the_empty_key) {
  const auto column = column_of<std::int64_t>(data_type(type_id::bigint), {1, 2, 3});
  const batch_ptr all = std::make_shared<record_batch>(std::vector{column}, 3);
  const std::vector<std::uint32_t> key = {0};
  const auto some = hash_keys(*live_slice(all, 1, 2), key);
  EXPECT_EQ(some->as<std::uint64_t>()[2], hash_keys(*all, key)->as<std::uint64_t>()[2]);
  EXPECT_EQ(hash_keys(*all, {})->as<std::uint64_t>()[1], empty_key_hash);
}

}  // namespace
}  // namespace millrace::expr
