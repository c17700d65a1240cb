#include "core/data/column_builder.hpp"

#include <gtest/gtest.h>

#include <numeric>
#include <optional>
#include <string>

namespace millrace::data {
namespace {

using texts = std::vector<std::optional<std::string>>;

column_ptr strings(const texts& rows) {
  column_builder b(data_type::string(), 1);
  for (const auto& r : rows) r ? b.append_text(*r) : b.append_null();
  return b.finish();
}

texts texts_of(const column& c) {
  texts out;
  for (std::uint32_t i = 0; i < c.length; ++i)
    out.push_back(c.is_null(i) ? std::nullopt : std::optional(std::string(c.text(i))));
  return out;
}

// Every third row NULL, else ten times the row.
column_ptr numbers(std::uint32_t count) {
  column_builder b(data_type(type_id::bigint), 1);
  for (std::uint32_t i = 0; i < count; ++i)
    i % 3 == 2 ? b.append_null() : b.append(std::int64_t{i} * 10);
  return b.finish();
}

column_ptr dictionary_of(const column_ptr& entries, std::vector<std::uint32_t> codes,
                         std::vector<std::uint32_t> nulls) {
  column c;
  c.type = entries->type;
  c.layout = encoding::dictionary;
  c.length = static_cast<std::uint32_t>(codes.size());
  c.values = buffer::copy_of(std::as_bytes(std::span(codes)));
  auto valid = buffer::allocate(bitmap_bytes(codes.size()));
  for (std::uint32_t i = 0; i < codes.size(); ++i) set_bit(valid->mutable_as<std::uint64_t>(), i);
  for (const auto n : nulls) clear_bit(valid->mutable_as<std::uint64_t>(), n);
  c.validity = valid;
  c.children = {entries};
  return std::make_shared<const column>(c);
}

TEST(column_builder, nulls_appear_only_when_one_is_appended) {
  column_builder b(data_type(type_id::integer), 2);
  b.append(std::int32_t{1});
  EXPECT_EQ(b.finish()->validity, nullptr);
  for (std::int32_t i = 0; i < 200; ++i) i == 130 ? b.append_null() : b.append(i);
  const auto c = b.finish();
  EXPECT_EQ(count_bits(c->validity_words(), c->length), 199u);
  EXPECT_TRUE(c->is_null(130));
  EXPECT_EQ(c->value<std::int32_t>(199), 199);
}

TEST(column_builder, range_copies_equal_row_copies_at_any_bit_offset) {
  const auto source = numbers(300);
  for (const std::uint32_t before : {0u, 1u, 63u, 64u, 70u})
    for (const std::uint32_t begin : {0u, 1u, 62u, 65u}) {
      column_builder by_range(source->type), by_rows(source->type), by_row(source->type);
      std::vector<std::uint32_t> rows(200);
      std::iota(rows.begin(), rows.end(), begin);
      for (auto* b : {&by_range, &by_rows, &by_row}) b->append_range(*source, 0, before);
      by_range.append_range(*source, begin, 200);
      by_rows.append_rows(*source, rows);
      for (const auto r : rows) by_row.append_from(*source, r);
      const auto a = by_range.finish(), b = by_rows.finish(), c = by_row.finish();
      for (std::uint32_t i = 0; i < before + 200; ++i) {
        const std::uint32_t from = i < before ? i : begin + i - before;
        for (const auto& out : {a, b, c}) {
          ASSERT_EQ(out->is_null(i), from % 3 == 2) << before << " " << begin << " " << i;
          if (from % 3 != 2) {
            ASSERT_EQ(out->value<std::int64_t>(i), from * 10);
          }
        }
      }
    }
}

TEST(column_builder, strings_short_long_empty_and_null) {
  const texts rows = {"a", "", std::nullopt, std::string(40, 'x'), "sixteen bytes ok", "end"};
  const auto source = strings(rows);
  EXPECT_EQ(texts_of(*source), rows);
  const std::vector<std::uint32_t> picked = {5, 3, 2, 1, 0, 4, 5};
  EXPECT_EQ(texts_of(*take(*source, picked)),
            (texts{"end", rows[3], std::nullopt, "", "a", rows[4], "end"}));
  EXPECT_EQ(texts_of(*slice(*source, 2, 3)), (texts{std::nullopt, rows[3], rows[4]}));
  EXPECT_EQ(texts_of(*slice(*source, 1, 0)), texts{});
}

TEST(column_builder, dictionary_and_constant_sources_come_out_flat) {
  const auto entries = strings({"red", "green"});
  const auto coded = dictionary_of(entries, {1, 0, 0, 1}, {2});
  const texts expected = {"green", "red", std::nullopt, "green"};
  EXPECT_EQ(texts_of(*coded), expected);
  EXPECT_EQ(texts_of(*decoded(coded)), expected);
  const std::vector<std::uint32_t> rows = {3, 2};
  EXPECT_EQ(texts_of(*take(*coded, rows)), (texts{"green", std::nullopt}));
  const auto fixed = constant_of(*coded, 1, 3);
  EXPECT_TRUE(fixed->is_constant());
  EXPECT_EQ(texts_of(*flattened(fixed)), (texts{"red", "red", "red"}));
  EXPECT_EQ(flattened(constant_of(*numbers(3), 1, 5))->value<std::int64_t>(4), 10);
  EXPECT_TRUE(flattened(null_column(data_type(type_id::bigint), 5))->is_null(4));
}

TEST(column_builder, nested_rows_are_copied_with_their_parts) {
  const auto type = data_type::array(data_type::row({{"s", data_type::string()}}));
  column_builder b(type, 1);
  const auto add = [&](const texts& elements) {
    for (const auto& e : elements) {
      auto& text = b.child(0).child(0);
      e ? text.append_text(*e) : text.append_null();
      b.child(0).append_nested();
    }
    b.append_nested();
  };
  add({"a", "b"});
  b.append_null();
  add({});
  add({std::nullopt, "c"});
  const auto source = b.finish();
  const std::vector<std::uint32_t> rows = {3, 1, 0};
  for (const auto& c : {take(*source, rows), take(*decoded(source), rows)}) {
    EXPECT_EQ(c->offset_data()[1], 2u);
    EXPECT_TRUE(c->is_null(1));
    EXPECT_EQ(c->offset_data()[3], 4u);
    EXPECT_EQ(texts_of(*c->children[0]->children[0]), (texts{std::nullopt, "c", "a", "b"}));
  }
  const auto repeated = flattened(constant_of(*source, 0, 2));
  EXPECT_EQ(texts_of(*repeated->children[0]->children[0]), (texts{"a", "b", "a", "b"}));
  EXPECT_TRUE(flattened(null_column(type, 3))->is_null(2));
}

TEST(column, field_of_a_null_row_is_null) {
  column_builder b(data_type::row({{"n", data_type(type_id::bigint, false)}}));
  b.child(0).append(std::int64_t{7});
  b.append_nested();
  b.append_null();
  const auto rows = b.finish();
  const auto n = field_of(rows, 0);
  EXPECT_EQ(n->value<std::int64_t>(0), 7);
  EXPECT_TRUE(n->is_null(1));
  EXPECT_TRUE(n->type.nullable());
  const auto first = field_of(constant_of(*rows, 0, 4), 0);
  EXPECT_TRUE(first->is_constant());
  EXPECT_EQ(first->value<std::int64_t>(3), 7);
  EXPECT_TRUE(field_of(constant_of(*rows, 1, 4), 0)->is_null(3));
}

TEST(column_builder, small_columns_do_not_hold_large_buffers) {
  column_builder b(data_type(type_id::bigint));
  b.append(std::int64_t{1});
  const auto before = read_copy_counters();
  const auto c = b.finish();
  EXPECT_EQ(read_copy_counters().allocated_bytes - before.allocated_bytes, 64u);
  EXPECT_EQ(byte_size(*c), 8u);
}

TEST(column_builder, nothing_can_be_appended_to_an_empty_builder) {
  for (const auto& type :
       {data_type(type_id::bigint), data_type::string(), data_type::array(data_type::string())}) {
    column_builder b(type);
    b.append_nulls(0);
    b.append_rows(*null_column(type, 3), {});
    b.append_range(*null_column(type, 3), 1, 0);
    EXPECT_EQ(b.finish()->length, 0u);
  }
  column_builder numbers_only(data_type(type_id::bigint));
  EXPECT_NE(numbers_only.extend<std::int64_t>(0), nullptr);
}

TEST(column_builder, an_empty_column_has_its_buffers) {
  EXPECT_EQ(column_builder(data_type::string()).finish()->offset_data()[0], 0u);
  EXPECT_NE(column_builder(data_type(type_id::bigint)).finish()->data<std::int64_t>(), nullptr);
}

}  // namespace
}  // namespace millrace::data
