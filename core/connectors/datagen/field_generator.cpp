#include "core/connectors/datagen/field_generator.hpp"

#include "core/connectors/nexmark/random.hpp"
#include "core/data/civil_time.hpp"
#include "core/data/decimal.hpp"

#include <fmt/format.h>

#include <functional>
#include <limits>

namespace millrace::connectors::datagen {
namespace {

using data::type_id;
using nexmark::random_word;

struct int_range {
  std::int64_t least;
  std::int64_t most;
};

int_range range_of(type_id id) {
  switch (id) {
    case type_id::tinyint: return {INT8_MIN, INT8_MAX};
    case type_id::smallint: return {INT16_MIN, INT16_MAX};
    case type_id::integer: return {INT32_MIN, INT32_MAX};
    default: return {INT64_MIN, INT64_MAX};
  }
}

// In [0, 1).
double fraction(std::uint64_t word) { return static_cast<double>(word >> 11) * 0x1.0p-53; }

std::int64_t between(std::uint64_t word, std::int64_t least, std::int64_t most) {
  const auto span = static_cast<std::uint64_t>(most) - static_cast<std::uint64_t>(least) + 1;
  if (span == 0) return static_cast<std::int64_t>(word);
  const auto offset = static_cast<std::uint64_t>(static_cast<unsigned __int128>(word) * span >> 64);
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(least) + offset);
}

bool is_supported(type_id id) {
  switch (id) {
    case type_id::map:
    case type_id::multiset:
    case type_id::raw_symbol:
    case type_id::null: return false;
    default: return true;
  }
}

}  // namespace

result<field_generator> field_generator::make(const table_options& read, const std::string& key,
                                              const data::data_type& type) {
  const auto option = [&](std::string_view name) { return fmt::format("fields.{}.{}", key, name); };
  field_generator out;
  out.type_ = type;
  out.lane_ = std::hash<std::string>{}(key);
  if (!is_supported(type.id()))
    return make_error(errc::sql_not_supported,
                      fmt::format("connector 'datagen' has no values for column {} {}", key,
                                  data::to_text(type)));
  if (type.id() == type_id::row) {
    for (const auto& field : type.fields()) {
      MILLRACE_TRY(auto part, make(read, key + '.' + field.name, field.type));
      out.parts_.push_back(std::move(part));
    }
  } else if (type.id() == type_id::array) {
    MILLRACE_TRY(auto part, make(read, key + ".element", type.child(0)));
    out.parts_.push_back(std::move(part));
  }
  const std::string how = read.text(option("kind"), "random");
  if (how != "random" && how != "sequence")
    return bad_option(option("kind"), how, "is neither random nor sequence");
  MILLRACE_TRY(out.null_rate_, read.number(option("null-rate"), 0));
  MILLRACE_TRY(out.length_,
               read.integer(option("length"), type.id() == type_id::array ? 3 : 100, 0, 1 << 20));
  MILLRACE_TRY(out.variable_length_, read.boolean(option("var-len"), false));
  MILLRACE_TRY(out.max_past_ms_, read.duration_ms(option("max-past"), 0));
  const int_range range = range_of(type.id());
  if (data::is_integer(type.id())) {
    MILLRACE_TRY(out.least_int_, read.integer(option("min"), range.least, range.least, range.most));
    MILLRACE_TRY(out.most_int_,
                 read.integer(option("max"), range.most, out.least_int_, range.most));
  } else if (data::is_numeric(type.id())) {
    const double widest = type.id() == type_id::float32
                              ? static_cast<double>(std::numeric_limits<float>::max())
                              : std::numeric_limits<double>::max();
    MILLRACE_TRY(out.least_, read.number(option("min"), -widest / 2));
    MILLRACE_TRY(out.most_, read.number(option("max"), widest / 2));
  }
  if (how == "random") return out;
  out.kind_ = kind::sequence;
  if (!read.has(option("start")) || !read.has(option("end")))
    return make_error(
        errc::sql_missing_option,
        fmt::format("a sequence needs options '{}' and '{}'", option("start"), option("end")));
  MILLRACE_TRY(out.start_, read.integer(option("start"), 0));
  MILLRACE_TRY(const auto end, read.integer(option("end"), 0, out.start_));
  out.sequence_rows_ = end - out.start_ + 1;
  return out;
}

void field_generator::append_integer(data::column_builder& to, std::int64_t value) const {
  switch (type_.id()) {
    case type_id::tinyint: return to.append(static_cast<std::int8_t>(value));
    case type_id::smallint: return to.append(static_cast<std::int16_t>(value));
    case type_id::integer: return to.append(static_cast<std::int32_t>(value));
    case type_id::bigint: return to.append(value);
    case type_id::float32: return to.append(static_cast<float>(value));
    case type_id::float64: return to.append(static_cast<double>(value));
    case type_id::decimal: {
      const auto made = data::decimal_rescale(value, 0, {type_.precision(), type_.scale()});
      return made ? to.append(*made) : to.append_null();
    }
    case type_id::character:
    case type_id::varchar: return to.append_text(fmt::format("{}", value));
    default: return to.append_null();
  }
}

void field_generator::append_text(data::column_builder& to, std::uint64_t word) const {
  constexpr char digits[] = "0123456789abcdef";
  auto size = static_cast<std::size_t>(length_);
  if (variable_length_) size = static_cast<std::size_t>(between(word, 1, length_));
  const bool text = data::is_character(type_.id());
  char* at = to.extend_text(size);
  for (std::size_t i = 0; i < size; ++i) {
    if (i % 8 == 0) word = random_word(word, i, 1);
    const auto byte = static_cast<unsigned char>(word >> (i % 8 * 8));
    at[i] = text ? digits[byte & 15] : static_cast<char>(byte);
  }
}

void field_generator::append_random(data::column_builder& to, std::uint64_t word,
                                    timestamp_ms now) const {
  const double real = least_ + (most_ - least_) * fraction(word);
  switch (type_.id()) {
    case type_id::boolean: return to.append(static_cast<std::uint8_t>(word & 1));
    case type_id::float32: return to.append(static_cast<float>(real));
    case type_id::float64: return to.append(real);
    case type_id::decimal: {
      const auto made = data::decimal_from_double(real, {type_.precision(), type_.scale()});
      if (made) return to.append(*made);
      // Without a range: any value of the type.
      const data::int128 most = data::pow10(type_.precision());
      return to.append(static_cast<data::int128>(word) % most);
    }
    case type_id::character:
    case type_id::varchar:
    case type_id::binary:
    case type_id::varbinary: return append_text(to, word);
    case type_id::date:
      return to.append(static_cast<std::int32_t>(data::floor_div(now, data::ms_per_day)));
    case type_id::time:
      return to.append(static_cast<std::int32_t>(data::floor_mod(now, data::ms_per_day)));
    case type_id::timestamp:
    case type_id::timestamp_ltz:
      return to.append((now - between(word, 0, max_past_ms_)) *
                       (data::ticks_per_second(type_.precision()) / 1000));
    case type_id::interval_year_month: return to.append(between(word, 0, 119'999));
    case type_id::interval_day_time: return to.append(between(word, 0, 1'000'000'000));
    default: return append_integer(to, between(word, least_int_, most_int_));
  }
}

void field_generator::append(data::column_builder& to, std::uint64_t seed, std::int64_t row,
                             timestamp_ms now) const {
  if (kind_ == kind::sequence) return append_integer(to, start_ + row);
  const std::uint64_t word = random_word(seed, static_cast<std::uint64_t>(row), lane_);
  if (null_rate_ > 0 && fraction(random_word(word, 0, 7)) < null_rate_) return to.append_null();
  if (type_.id() == type_id::row) {
    for (std::size_t i = 0; i < parts_.size(); ++i) parts_[i].append(to.child(i), seed, row, now);
    return to.append_nested();
  }
  if (type_.id() == type_id::array) {
    for (std::int64_t i = 0; i < length_; ++i)
      parts_[0].append(to.child(0), random_word(word, static_cast<std::uint64_t>(i), 3), row, now);
    return to.append_nested();
  }
  append_random(to, word, now);
}

}  // namespace millrace::connectors::datagen
