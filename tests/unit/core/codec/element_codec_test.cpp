#include "core/codec/element_codec.hpp"

#include "core/data/column_builder.hpp"
#include "core/data/text_table.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <random>

namespace millrace::codec {
namespace {

using namespace data;
using frame = std::vector<std::span<const std::byte>>;

const schema everything{
    {{"flag", data_type(type_id::boolean)},
     {"tiny", data_type(type_id::tinyint)},
     {"small", data_type(type_id::smallint)},
     {"n", data_type(type_id::integer)},
     {"l", data_type(type_id::bigint)},
     {"f", data_type(type_id::float32)},
     {"d", data_type(type_id::float64)},
     {"amount", data_type::decimal(38, 10)},
     {"c", data_type(type_id::character).with_precision(4)},
     {"s", data_type::string()},
     {"raw", data_type::bytes()},
     {"day", data_type(type_id::date)},
     {"clock", data_type(type_id::time)},
     {"at", data_type::timestamp(3)},
     {"utc", data_type::timestamp_ltz(9)},
     {"months", data_type(type_id::interval_year_month)},
     {"span", data_type(type_id::interval_day_time)},
     {"list", data_type::array(data_type::array(data_type::string()))},
     {"map", data_type::map(data_type::string(), data_type(type_id::integer))},
     {"bag", data_type::multiset(data_type(type_id::integer))},
     {"pair", data_type::row({{"a", data_type(type_id::tinyint)},
                              {"b", data_type::row({{"c", data_type::string()}})}})}}};

constexpr std::string_view full_row =
    " | TRUE | -1 | 300 | 70000 | -5000000000 | 1.5 | 1.0E10 | -12.5000000000 | abcd | héllo wörld "
    "| x0aff | 2024-02-29 | 12:34:56 | 2024-01-15 10:00:10.500 | 2024-01-15 10:00:10.000000001 | "
    "+1-02 | -1 02:03:04.005 | [[a, NULL], [], NULL] | {k=1, l=NULL} | {7=2} | (7, (x))\n";

// `rows` rows of every type; `nulls(row)` tells which are NULL throughout.
template <class Nulls>
batch_ptr batch_of(std::uint32_t rows, Nulls nulls) {
  std::string text;
  for (std::uint32_t i = 0; i < rows; ++i) {
    text += i % 5 == 3 ? "-D" : "+I";
    if (!nulls(i)) {
      text += full_row;
      continue;
    }
    for (std::size_t c = 0; c < everything.size(); ++c) text += " | NULL";
    text += '\n';
  }
  return parse_table(everything, text).value();
}

batch_ptr some_nulls(std::uint32_t rows) {
  return batch_of(rows, [](std::uint32_t i) { return i % 3 == 1; });
}

// The frames of a message in memory of their own, as they come from a socket.
struct received {
  std::shared_ptr<std::vector<std::vector<std::uint64_t>>> memory;
  frame segments;
};

received sent(const encoded_element& message) {
  received out;
  out.memory = std::make_shared<std::vector<std::vector<std::uint64_t>>>();
  for (const auto s : message.segments()) {
    auto& words = out.memory->emplace_back(s.size() / 8);
    std::memcpy(words.data(), s.data(), s.size());
    out.segments.push_back(std::as_bytes(std::span(words)));
  }
  return out;
}

constexpr frame_header header{attempt_id(3), channel_id(7), 42};

element round_trip(const element& e, const schema& expected) {
  const auto message = encode(header, e);
  EXPECT_TRUE(message.ok());
  const auto frames = sent(**message);
  const auto back = decode(frames.segments, frames.memory, expected);
  EXPECT_TRUE(back.ok()) << (back.ok() ? "" : to_text(back.error()));
  if (!back.ok()) return {};
  EXPECT_EQ(back->header, header);
  return back->element;
}

std::string text_after_round_trip(const batch_ptr& batch, const schema& expected = everything) {
  return print_table(*std::get<batch_ptr>(round_trip(batch, expected)));
}

TEST(element_codec, every_type_and_null_pattern_comes_back) {
  for (const std::uint32_t rows : {0u, 1u, 63u, 64u, 65u, 500u}) {
    const auto never = batch_of(rows, [](std::uint32_t) { return false; });
    const auto always = batch_of(rows, [](std::uint32_t) { return true; });
    for (const auto& b : {never, always, some_nulls(rows)})
      EXPECT_EQ(text_after_round_trip(b), print_table(*b)) << rows;
  }
}

TEST(element_codec, constant_and_dictionary_columns_keep_their_encoding) {
  const auto source = some_nulls(4);
  std::vector<column_ptr> columns;
  for (const auto& c : source->columns()) columns.push_back(constant_of(*c, 0, 4));
  const auto constants = source->with_columns(columns);
  EXPECT_EQ(text_after_round_trip(constants), print_table(*constants));
  for (auto& c : columns) c = null_column(c->type, 4);
  EXPECT_EQ(text_after_round_trip(source->with_columns(columns)),
            print_table(*source->with_columns(columns)));
  for (std::size_t i = 0; i < columns.size(); ++i) {
    column coded;
    coded.type = columns[i]->type;
    coded.layout = encoding::dictionary;
    coded.length = 4;
    coded.values = buffer::copy_of(std::as_bytes(std::span<const std::uint32_t>({1, 0, 0, 1})));
    const std::uint64_t valid = 0b1011;
    coded.validity = buffer::copy_of(std::as_bytes(std::span(&valid, 1)));
    const std::vector<std::uint32_t> entries = {0, 2};
    coded.children = {take(*source->column_at(i), entries)};
    columns[i] = std::make_shared<const column>(coded);
  }
  const auto dictionaries = source->with_columns(columns);
  const auto back = std::get<batch_ptr>(round_trip(dictionaries, everything));
  EXPECT_EQ(back->column_at(9)->layout, encoding::dictionary);
  EXPECT_EQ(print_table(*back), print_table(*dictionaries));
}

TEST(element_codec, selections_travel_unless_most_rows_are_dead) {
  const auto all = some_nulls(100);
  const auto most = live_slice(all, 10, 60);
  const auto back = std::get<batch_ptr>(round_trip(most, everything));
  EXPECT_TRUE(back->selected());
  EXPECT_EQ(print_table(*back), print_table(*most));
  const auto few = live_slice(all, 10, 20);
  const auto packed = std::get<batch_ptr>(round_trip(few, everything));
  EXPECT_EQ(packed->stored_rows(), 20u);
  EXPECT_EQ(print_table(*packed), print_table(*few));
}

TEST(element_codec, hashes_travel) {
  const schema s{{{"n", data_type(type_id::integer)}}};
  const auto plain = parse_table(s, "1\n2").value();
  const std::vector<std::uint64_t> hashes = {11, 22};
  const auto b = plain->with_hashes(buffer::copy_of(std::as_bytes(std::span(hashes))));
  EXPECT_EQ(std::get<batch_ptr>(round_trip(b, s))->hashes()[1], 22u);
}

TEST(element_codec, markers_come_back) {
  const element markers[] = {watermark{-5},      watermark{max_watermark},
                             idleness{true},     barrier{checkpoint_id(9), 1234, true, false, true},
                             end_of_input{true}, latency_marker{77, 3}};
  for (const auto& m : markers) {
    const auto back = round_trip(m, {});
    EXPECT_EQ(back.index(), m.index());
    std::visit(
        [&]<class T>(const T& marker) {
          if constexpr (!std::is_same_v<T, batch_ptr>) {
            EXPECT_EQ(std::get<T>(back), marker);
          }
        },
        m);
  }
}

batch_ptr large_numbers() {
  const std::vector<data_type> types(4, data_type(type_id::bigint));
  batch_builder b(types);
  for (std::size_t c = 0; c < types.size(); ++c)
    for (std::int64_t i = 0; i < 4096; ++i) b.column_at(c).append(i);
  b.end_rows(4096);
  return b.finish();
}

const schema four_numbers{{{"a", data_type(type_id::bigint)},
                           {"b", data_type(type_id::bigint)},
                           {"c", data_type(type_id::bigint)},
                           {"d", data_type(type_id::bigint)}}};

TEST(element_codec, large_buffers_are_not_copied_on_either_side) {
  const auto batch = large_numbers();
  const auto before = read_copy_counters();
  const auto message = encode(header, batch).value();
  const auto back = decode(message->segments(), message, four_numbers).value();
  EXPECT_EQ(read_copy_counters().copied_bytes, before.copied_bytes);
  EXPECT_EQ(std::get<batch_ptr>(back.element)->column_at(2)->values->data(),
            batch->column_at(2)->values->data());
}

TEST(element_codec, buffers_live_as_long_as_their_batch) {
  auto frames = sent(*encode(header, large_numbers()).value());
  auto batch = std::get<batch_ptr>(decode(frames.segments, frames.memory, four_numbers)->element);
  EXPECT_GT(frames.memory.use_count(), 1);
  const auto column = batch->column_at(0);
  batch.reset();
  EXPECT_GT(frames.memory.use_count(), 1);
  EXPECT_EQ(column->value<std::int64_t>(4095), 4095);
}

TEST(element_codec, unaligned_frames_are_copied) {
  const auto batch = some_nulls(50);
  const auto message = encode(header, batch).value();
  std::vector<std::vector<std::byte>> shifted;
  frame segments;
  for (const auto s : message->segments()) {
    auto& bytes = shifted.emplace_back(s.size() + 3);
    std::memcpy(bytes.data() + 3, s.data(), s.size());
    segments.emplace_back(bytes.data() + 3, s.size());
  }
  const auto back = decode(segments, message, everything).value();
  shifted.clear();
  EXPECT_EQ(print_table(*std::get<batch_ptr>(back.element)), print_table(*batch));
}

errc code_of(std::span<const std::span<const std::byte>> segments, const schema& expected,
             const decode_limits& limits = {}) {
  const auto out = decode(segments, nullptr, expected, limits);
  return out.ok() ? errc::internal : out.error().code;
}

TEST(element_codec, wrong_frames_are_errors) {
  const auto message = encode(header, large_numbers()).value();
  const auto segments = message->segments();
  EXPECT_EQ(code_of({}, four_numbers), errc::net_bad_frame);
  EXPECT_EQ(code_of(segments.first(2), four_numbers), errc::net_bad_frame);
  EXPECT_EQ(code_of(segments, everything), errc::net_bad_frame);
  schema other = four_numbers;
  other.fields[2].type = data_type::timestamp(3);
  EXPECT_EQ(code_of(segments, other), errc::net_bad_frame);
  EXPECT_EQ(code_of(segments, four_numbers, {.max_bytes = 1000}), errc::net_frame_too_large);
  EXPECT_EQ(code_of(segments, four_numbers, {.max_rows = 4095}), errc::net_frame_too_large);
  const std::vector<std::byte> odd(13);
  const frame cut = {odd};
  EXPECT_EQ(code_of(cut, four_numbers), errc::net_bad_frame);
}

TEST(element_codec, text_that_is_not_utf8_is_refused) {
  const schema s{{{"s", data_type::string()}, {"raw", data_type::bytes()}}};
  batch_builder b(s);
  b.column_at(0).append_text("ok");
  b.column_at(1).append_text("\xff\xfe");
  b.end_row();
  const auto fine = encode(header, b.finish()).value();
  EXPECT_TRUE(decode(fine->segments(), fine, s).ok());
  b.column_at(0).append_text("\xc3");  // "é" cut in two: its bytes are fine, its rows are not
  b.column_at(1).append_text("");
  b.end_row();
  b.column_at(0).append_text("\xa9");
  b.column_at(1).append_text("");
  b.end_row();
  const auto cut = encode(header, b.finish()).value();
  EXPECT_EQ(code_of(cut->segments(), s), errc::net_bad_frame);
}

// Flips bits, overwrites words and cuts segments of valid frames: what comes back is an error or a
// batch that can be read from end to end.
TEST(element_codec, damaged_frames_never_crash) {
  const auto batch = live_slice(some_nulls(40), 5, 30);
  const auto message = encode(header, batch).value();
  std::mt19937_64 random(20240229);
  int refused = 0, read = 0;
  for (int i = 0; i < 10'000; ++i) {
    auto frames = sent(*message);
    for (auto changes = 1 + random() % 4; changes > 0; --changes) {
      auto& words = (*frames.memory)[random() % frames.memory->size()];
      if (words.empty()) continue;
      auto& word = words[random() % words.size()];
      switch (random() % 4) {
        case 0: word ^= std::uint64_t{1} << (random() % 64); break;
        case 1: word = random(); break;
        case 2: word = random() % 100; break;
        default: word += std::uint64_t{1} << (random() % 64);
      }
    }
    if (random() % 20 == 0) frames.segments.pop_back();
    const auto back = decode(frames.segments, frames.memory, everything);
    if (!back.ok()) {
      ++refused;
      EXPECT_TRUE(back.error().code == errc::net_bad_frame ||
                  back.error().code == errc::net_frame_too_large);
    } else if (const auto* b = std::get_if<batch_ptr>(&back->element)) {
      ++read;
      EXPECT_EQ(take(**b, (*b)->selection())->stored_rows(), (*b)->selection().size());
      EXPECT_LE(print_table(**b).size(), 1U << 20);
    }
  }
  EXPECT_GT(refused, 1000);
  EXPECT_GT(read, 1000);
}

}  // namespace
}  // namespace millrace::codec
