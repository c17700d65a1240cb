#include "core/expr/literals.hpp"

#include "core/data/civil_time.hpp"
#include "core/data/column_builder.hpp"
#include "core/data/decimal.hpp"
#include "core/data/value_text.hpp"
#include "core/expr/cast/parse.hpp"
#include "core/expr/string/utf8.hpp"
#include "core/expr/type_rules.hpp"

#include <algorithm>
#include <cmath>

namespace millrace::expr {
namespace {

using data::data_type;
using data::type_id;

data::column_ptr one(data::column_builder& b) { return data::constant_of(*b.finish(), 0, 1); }

template <class T>
data::column_ptr one_of(const data_type& type, T value) {
  data::column_builder b(type, 1);
  b.append(value);
  return one(b);
}

data::column_ptr one_text(const data_type& type, std::string_view text) {
  data::column_builder b(type, 1);
  b.append_text(text);
  return one(b);
}

error bad_literal(std::string_view kind, std::string_view text, std::string_view form) {
  return make_error(errc::sql_bad_literal, "'" + std::string(text) + "' is no " + std::string(kind),
                    "Write it as " + std::string(form) + ".");
}

std::size_t digits_in(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; }));
}

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

result<data::column_ptr> decimal_of(std::string_view text) {
  const auto point = text.find('.');
  const auto scale =
      static_cast<std::int32_t>(point == std::string_view::npos ? 0 : text.size() - point - 1);
  // The digits of the number itself: 0.908 has three, 007 has one.
  std::string digits;
  for (const char c : text)
    if (c >= '0' && c <= '9' && (c != '0' || !digits.empty())) digits += c;
  const auto precision = std::max({static_cast<std::int32_t>(digits.size()), scale, 1});
  if (precision > data::max_decimal_precision)
    return bad_literal("number of at most 38 digits", text, "1e40 if DOUBLE will do");
  const auto value = data::parse_decimal(text, {data::max_decimal_precision, scale});
  if (!value) return bad_literal("number", text, "12, 1.50 or 1e3");
  return decimal_literal(data_type::decimal(precision, scale, false), *value);
}

}  // namespace

data::column_ptr boolean_literal(bool value) {
  return one_of(data_type(type_id::boolean, false), static_cast<std::uint8_t>(value));
}

data::column_ptr integer_literal(const data_type& type, std::int64_t value) {
  const auto t = type.as_nullable(false);
  switch (data::fixed_width(type.id())) {
    case 1: return one_of(t, static_cast<std::int8_t>(value));
    case 2: return one_of(t, static_cast<std::int16_t>(value));
    case 4: return one_of(t, static_cast<std::int32_t>(value));
    default: return one_of(t, value);
  }
}
data::column_ptr int_literal(std::int32_t value) {
  return one_of(data_type(type_id::integer, false), value);
}
data::column_ptr bigint_literal(std::int64_t value) {
  return one_of(data_type(type_id::bigint, false), value);
}
data::column_ptr double_literal(double value) {
  return one_of(data_type(type_id::float64, false), value);
}
data::column_ptr decimal_literal(const data_type& type, data::int128 unscaled) {
  return one_of(type.as_nullable(false), unscaled);
}
data::column_ptr char_literal(std::string_view utf8) {
  const auto length = static_cast<std::int32_t>(count_characters(utf8));
  return one_text(data_type(type_id::character, false).with_precision(length), utf8);
}
data::column_ptr string_literal(std::string_view utf8) {
  return one_text(data_type::string(false), utf8);
}
data::column_ptr bytes_literal(std::string_view bytes) {
  const auto length = static_cast<std::int32_t>(bytes.size());
  return one_text(data_type(type_id::binary, false).with_precision(length), bytes);
}
data::column_ptr null_literal(const data_type& type) {
  return data::null_column(type.as_nullable(), 1);
}

std::string literal_text(const data::column& value) {
  if (value.is_null(0)) return "NULL";
  std::string text;
  if (is_text(value.type)) {
    for (const char c : value.text(0)) text += c == '\'' ? std::string("''") : std::string(1, c);
    return "'" + text + "'";
  }
  data::append_value_text(text, value, 0, {nullptr, true});
  switch (value.type.id()) {
    case type_id::date: return "DATE '" + text + "'";
    case type_id::time: return "TIME '" + text + "'";
    case type_id::timestamp:
    case type_id::timestamp_ltz: return "TIMESTAMP '" + text + "'";
    case type_id::interval_year_month: return "INTERVAL '" + text + "' YEAR TO MONTH";
    case type_id::interval_day_time: return "INTERVAL '" + text + "' DAY TO SECOND";
    default: return text;
  }
}

result<data::column_ptr> number_literal(std::string_view text) {
  if (text.find_first_of("eE") != std::string_view::npos) {
    const auto value = parse_floating<double>(text);
    if (!value || std::isinf(*value)) return bad_literal("DOUBLE", text, "1e3, up to 1.7e308");
    return double_literal(*value);
  }
  if (digits_in(text) == text.size()) {
    if (const auto v = parse_integer<std::int32_t>(text)) return int_literal(*v);
    if (const auto v = parse_integer<std::int64_t>(text)) return bigint_literal(*v);
  }
  return decimal_of(text);
}

result<data::column_ptr> hex_literal(std::string_view digits) {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < digits.size() + 1; i += 2) {
    const int high = hex_value(digits[i]);
    const int low = i + 1 < digits.size() ? hex_value(digits[i + 1]) : -1;
    if (high < 0 || low < 0) return bad_literal("binary literal", digits, "X'0AFF'");
    bytes += static_cast<char>(high * 16 + low);
  }
  return bytes_literal(bytes);
}

result<data::column_ptr> date_literal(std::string_view text) {
  const auto days = data::parse_date(text);
  if (!days || text.size() != 10) return bad_literal("date", text, "DATE '2024-02-29'");
  return integer_literal(data_type(type_id::date), *days);
}

result<data::column_ptr> time_literal(std::string_view text) {
  const auto ms = data::parse_time(text);
  if (!ms) return bad_literal("time of day", text, "TIME '23:30:00'");
  return integer_literal(data_type(type_id::time).with_precision(0), *ms);
}

result<data::column_ptr> timestamp_literal(std::string_view text) {
  const auto point = text.find('.');
  const auto digits = point == std::string_view::npos ? 0 : text.size() - point - 1;
  const auto precision = static_cast<std::int32_t>(std::min<std::size_t>(digits, 9));
  const auto ticks = data::parse_timestamp(text, precision);
  if (!ticks || text.size() < 19)
    return bad_literal("timestamp", text, "TIMESTAMP '2024-02-29 12:00:00.123'");
  return integer_literal(data_type::timestamp(precision), *ticks);
}

}  // namespace millrace::expr
