#include "core/tables/row_codec.hpp"

#include "core/data/text_table.hpp"
#include "core/tables/key_codec.hpp"
#include "core/tables/order_encoder.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

namespace millrace::tables {
namespace {

using data::batch_ptr;
using data::data_type;
using data::type_id;

data::schema every_type() {
  const data_type nested = data_type::row(
      {{"x", data_type(type_id::integer)}, {"y", data_type::array(data_type::string())}});
  return {{{"a", data_type(type_id::boolean)},
           {"b", data_type(type_id::tinyint)},
           {"c", data_type(type_id::smallint)},
           {"d", data_type(type_id::integer)},
           {"e", data_type(type_id::bigint)},
           {"f", data_type(type_id::float64)},
           {"g", data_type::decimal(20, 2)},
           {"h", data_type::string()},
           {"i", data_type::timestamp(3)},
           {"j", data_type::bytes()},
           {"k", data_type::array(data_type(type_id::bigint))},
           {"l", data_type::map(data_type::string(), data_type(type_id::integer))},
           {"m", nested}}};
}

batch_ptr sample() {
  auto batch = data::parse_table(every_type(), R"(
true | 1 | 2 | 3 | 4 | 1.5 | 12.34 | abc | 2024-01-15 10:00:00.123 | x0aff | [1, NULL, 3] | {k=1, l=2} | (7, [p, NULL, q])
false | -1 | -2 | -3 | -4 | -0.5 | -12.34 | '' | 1969-12-31 23:59:59.999 | x | [] | {} | (NULL, NULL)
NULL | NULL | NULL | NULL | NULL | NULL | NULL | NULL | NULL | NULL | NULL | NULL | NULL
true | 127 | 32767 | 2147483647 | 9223372036854775807 | 1e300 | 999999999999999999.99 | 'a longer text' | 2024-01-15 10:00:00 | x00 | [9] | {z=NULL} | (1, [])
)");
  EXPECT_TRUE(batch.ok()) << (batch.ok() ? "" : batch.error().message);
  return *batch;
}

std::vector<data_type> types_of(const data::schema& s) {
  std::vector<data_type> types;
  for (const auto& f : s.fields) types.push_back(f.type);
  return types;
}

std::vector<std::uint32_t> all_rows(const data::record_batch& batch) {
  std::vector<std::uint32_t> rows(batch.stored_rows());
  std::iota(rows.begin(), rows.end(), 0U);
  return rows;
}

std::vector<std::string_view> views(const encoded_rows& rows) {
  std::vector<std::string_view> all;
  for (std::uint32_t i = 0; i < rows.count(); ++i) all.push_back(rows[i]);
  return all;
}

TEST(row_codec, gives_back_rows_of_every_type) {
  const batch_ptr batch = sample();
  const row_codec codec(types_of(every_type()));
  encoded_rows rows;
  codec.encode(*batch, all_rows(*batch), rows);
  data::batch_builder out(every_type());
  codec.decode(views(rows), out);
  out.end_rows(rows.count());
  EXPECT_EQ(data::print_table(*out.finish()), data::print_table(*batch));
  for (std::uint32_t i = 0; i < rows.count(); ++i) EXPECT_TRUE(codec.valid(rows[i]));
}

// They are found under UndefinedBehaviorSanitizer only: there is no memory behind them.
TEST(row_codec, rows_of_no_columns_have_no_bytes) {
  const row_codec codec({});
  encoded_rows rows;
  const std::uint32_t some[] = {0, 1};
  codec.encode_columns({}, some, rows);
  ASSERT_EQ(rows.count(), 2u);
  EXPECT_EQ(rows[0], "");
  EXPECT_TRUE(codec.valid(rows[1]));
}

TEST(row_codec, equal_rows_have_equal_bytes_whatever_the_encoding_of_columns) {
  const batch_ptr batch = sample();
  const row_codec codec(types_of(every_type()));
  encoded_rows flat;
  codec.encode(*batch, all_rows(*batch), flat);
  for (std::uint32_t row = 0; row < batch->stored_rows(); ++row) {
    std::vector<data::column_ptr> constants;
    for (const auto& c : batch->columns()) constants.push_back(data::constant_of(*c, row, 9));
    encoded_rows constant;
    const std::uint32_t some[] = {3, 8};
    codec.encode_columns(constants, some, constant);
    EXPECT_EQ(constant[0], flat[row]);
    EXPECT_EQ(constant[1], flat[row]);
  }
}

TEST(row_codec, equal_rows_have_equal_bytes_beside_constant_strings) {
  const data::schema columns = {{{"n", data_type(type_id::bigint)},
                                 {"day", data_type::string()},
                                 {"b", data_type(type_id::boolean)},
                                 {"none", data_type::string()}}};
  const auto batch = *data::parse_table(
      columns,
      "1 | 2024-01-15 | true | ''\nNULL | 2024-01-15 | NULL | ''\n7 | 2024-01-15 | false | ''");
  const row_codec codec(types_of(columns));
  encoded_rows flat, constant;
  codec.encode(*batch, all_rows(*batch), flat);
  auto alike = batch->columns();
  for (const std::size_t c : {1, 3}) alike[c] = data::constant_of(*alike[c], 0, 3);
  const std::uint32_t first[] = {2};
  codec.encode_columns(alike, first, constant);
  codec.encode_columns(alike, all_rows(*batch), constant);
  EXPECT_EQ(constant[0], flat[2]);
  for (std::uint32_t row = 0; row < 3; ++row) EXPECT_EQ(constant[row + 1], flat[row]);
}

TEST(row_codec, reads_single_cells_and_pads_missing_rows) {
  const batch_ptr batch = sample();
  const row_codec codec(types_of(every_type()));
  encoded_rows rows;
  codec.encode(*batch, all_rows(*batch), rows);
  EXPECT_EQ(codec.value<std::int64_t>(rows[1], 4), -4);
  EXPECT_EQ(codec.text(rows[0], 7), "abc");
  EXPECT_EQ(codec.text(rows[3], 9), std::string_view("\0", 1));
  EXPECT_TRUE(codec.is_null(rows[2], 12));
  const std::string_view padded[] = {rows[0], {}};
  data::batch_builder out(every_type());
  codec.decode(padded, out);
  out.end_rows(2);
  const std::uint32_t expected[] = {0, 2};
  EXPECT_EQ(data::print_table(*out.finish()), data::print_table(*data::take(*batch, expected)));
}

TEST(row_codec, no_cut_or_grown_row_is_valid) {
  const batch_ptr batch = sample();
  const row_codec codec(types_of(every_type()));
  encoded_rows rows;
  codec.encode(*batch, all_rows(*batch), rows);
  for (std::uint32_t i = 0; i < rows.count(); ++i) {
    for (std::size_t cut = 0; cut < rows[i].size(); ++cut)
      EXPECT_FALSE(codec.valid(rows[i].substr(0, cut)));
    EXPECT_FALSE(codec.valid(std::string(rows[i]) + "x"));
  }
}

TEST(key_codec, gives_back_keys_of_every_shape) {
  const std::vector<std::vector<std::uint32_t>> shapes = {
      {4}, {3}, {7}, {4, 8}, {0, 1, 2, 3, 4}, {6, 6}, {7, 4}, {12}, {}, {6, 6, 4}};
  const batch_ptr batch = sample();
  const std::vector<std::uint64_t> hashes(batch->stored_rows(), 7);
  for (const auto& columns : shapes) {
    std::vector<data_type> types;
    std::vector<data::column_ptr> chosen;
    for (const auto c : columns) {
      types.push_back(every_type().fields[c].type);
      chosen.push_back(batch->column_at(c));
    }
    key_encoder encoder(types);
    key_batch keys;
    encoder.encode(*batch, columns, hashes.data(), keys);
    std::vector<key_view> key_views;
    for (std::uint32_t i = 0; i < keys.count(); ++i) key_views.push_back(keys.view(i));
    data::batch_builder out(types);
    key_decoder(types).decode(key_views, out);
    out.end_rows(keys.count());
    const data::record_batch expected(chosen, batch->stored_rows());
    EXPECT_EQ(data::print_table(*out.finish()), data::print_table(expected));
  }
}

struct order_case {
  const char* rows;  // in the order expected
  data_type type;
  bool ascending = true;
  bool nulls_first = true;
};

TEST(order_encoder, bytes_sort_as_values_do) {
  const order_case cases[] = {
      {"NULL\n-9223372036854775808\n-1\n0\n1\n256\n", data_type(type_id::bigint)},
      {"256\n1\n0\n-1\n-256\nNULL\n", data_type(type_id::bigint), false, false},
      {"NULL\n3\n-3\n", data_type(type_id::integer), false, true},
      {"-1e300\n-0.5\n0\n1e-300\n2\nInfinity\nNaN\nNULL\n", data_type(type_id::float64), true,
       false},
      {"''\na\naa\nab\nb\n", data_type::string()},
      {"b\nab\naa\na\n''\nNULL\n", data_type::string(), false, false},
      {"-100.00\n-0.01\n0.00\n0.01\n99999999999999.99\n", data_type::decimal(20, 2)},
      {"false\ntrue\n", data_type(type_id::boolean)},
      {"1969-12-31 23:59:59.999\n1970-01-01 00:00:00\n", data_type::timestamp(3)},
      {"[]\n[1]\n[1, 2]\n[2]\n", data_type::array(data_type(type_id::integer))},
  };
  for (const order_case& at : cases) {
    const data::schema s{{{"v", at.type}}};
    const auto batch = data::parse_table(s, at.rows);
    ASSERT_TRUE(batch.ok()) << batch.error().message;
    const order_encoder encoder({{0, at.ascending, at.nulls_first}}, {at.type});
    encoded_rows orders;
    encoder.encode(**batch, all_rows(**batch), orders);
    const auto all = views(orders);
    for (std::size_t i = 1; i < all.size(); ++i) EXPECT_LT(all[i - 1], all[i]) << at.rows;
  }
}

TEST(order_encoder, text_with_zero_bytes_sorts_and_does_not_run_into_the_next_column) {
  data::batch_builder b(std::vector<data_type>{data_type::bytes(), data_type(type_id::bigint)});
  const std::string_view texts[] = {{"", 0}, {"\0", 1}, {"\0\0", 2}, {"\0\1", 2}, {"\1", 1}};
  for (const auto text : texts) {
    b.column_at(0).append_text(text);
    b.column_at(1).append(std::int64_t{-1});
    b.end_row();
  }
  const batch_ptr batch = b.finish();
  const order_encoder encoder({{0}, {1}}, {data_type::bytes(), data_type(type_id::bigint)});
  encoded_rows orders;
  encoder.encode(*batch, all_rows(*batch), orders);
  for (std::uint32_t i = 1; i < orders.count(); ++i) EXPECT_LT(orders[i - 1], orders[i]);
}

TEST(order_encoder, the_single_bigint_path_gives_the_same_bytes) {
  data::batch_builder b(std::vector<data_type>{data_type(type_id::bigint)});
  for (const std::int64_t v : {std::int64_t{-5}, std::int64_t{0}, INT64_MAX}) {
    b.column_at(0).append(v);
    b.end_row();
  }
  const batch_ptr batch = b.finish();
  for (const bool ascending : {true, false}) {
    const order_encoder one({{0, ascending}}, {data_type(type_id::bigint)});
    const order_encoder two({{0, ascending}, {0, ascending}},
                            {data_type(type_id::bigint), data_type(type_id::bigint)});
    encoded_rows single;
    encoded_rows twice;
    one.encode(*batch, all_rows(*batch), single);
    two.encode(*batch, all_rows(*batch), twice);
    for (std::uint32_t i = 0; i < single.count(); ++i)
      EXPECT_EQ(std::string(single[i]) + std::string(single[i]), twice[i]);
  }
  EXPECT_EQ(order_key_of(-5), [&] {
    encoded_rows single;
    order_encoder({{0}}, {data_type(type_id::bigint)}).encode(*batch, all_rows(*batch), single);
    return std::string(single[0]);
  }());
}

}  // namespace
}  // namespace millrace::tables
