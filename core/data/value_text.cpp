#include "core/data/value_text.hpp"

#include "core/data/civil_time.hpp"
#include "core/data/decimal.hpp"

#include <charconv>
#include <cmath>
#include <cstdio>
#include <limits>

namespace millrace::data {
namespace {

// Digits of a number d.ddd * 10^exponent.
struct scientific {
  char digits[24];
  int count = 0;
  int exponent = 0;
};

template <class T>
scientific shortest(T value) {
  char text[40];
  const char* end =
      std::to_chars(text, text + sizeof text, value, std::chars_format::scientific).ptr;
  // Java writes two digits at least and picks them nearest: 4.9E-324 where 5e-324 would do.
  const bool one_digit = text[1] == 'e';
  if (one_digit && value < std::numeric_limits<T>::min())
    end = std::to_chars(text, text + sizeof text, value, std::chars_format::scientific, 1).ptr;
  scientific out;
  const char* at = text;
  for (; *at != 'e'; ++at)
    if (*at != '.') out.digits[out.count++] = *at;
  ++at;
  if (*at == '+') ++at;
  std::from_chars(at, end, out.exponent);
  return out;
}

void append_plain(std::string& out, const scientific& n) {
  const int whole = n.exponent + 1;
  if (whole <= 0) {
    out += "0.";
    out.append(static_cast<std::size_t>(-whole), '0');
    out.append(n.digits, static_cast<std::size_t>(n.count));
    return;
  }
  for (int i = 0; i < whole; ++i) out += i < n.count ? n.digits[i] : '0';
  out += '.';
  if (whole >= n.count) out += '0';
  for (int i = whole; i < n.count; ++i) out += n.digits[i];
}

template <class T>
void append_java(std::string& out, T value) {
  if (std::isnan(value)) {
    out += "NaN";
    return;
  }
  if (std::signbit(value)) out += '-';
  value = std::fabs(value);
  if (std::isinf(value)) {
    out += "Infinity";
  } else if (value == 0) {
    out += "0.0";
  } else if (value >= T(1e-3) && value < T(1e7)) {
    append_plain(out, shortest(value));
  } else {
    const scientific n = shortest(value);
    out += n.digits[0];
    out += '.';
    out.append(n.count > 1 ? n.digits + 1 : "0",
               n.count > 1 ? static_cast<std::size_t>(n.count - 1) : 1);
    out += 'E';
    append_decimal(out, n.exponent, 0);
  }
}

void append_integer(std::string& out, std::int64_t value) {
  char text[24];
  const auto end = std::to_chars(text, text + sizeof text, value).ptr;
  out.append(text, static_cast<std::size_t>(end - text));
}

void append_local(std::string& out, std::int64_t ticks, std::int32_t precision,
                  const text_style& style) {
  const std::int64_t per_second = ticks_per_second(precision);
  if (style.zone != nullptr) ticks += style.zone->at(floor_div(ticks, per_second)) * per_second;
  append_timestamp(out, ticks, precision);
}

// Elements `begin` to `end` of the children, as `a, b` or, with two children, `k=v, k=v`.
void append_elements(std::string& out, const column& store, std::uint32_t at,
                     const text_style& style) {
  const std::uint32_t* ranges = store.offset_data();
  for (std::uint32_t e = ranges[at]; e < ranges[at + 1]; ++e) {
    if (e != ranges[at]) out += ", ";
    append_value_text(out, *store.children[0], e, style);
    if (store.children.size() < 2) continue;
    out += '=';
    append_value_text(out, *store.children[1], e, style);
  }
}

void append_fields(std::string& out, const column& store, std::uint32_t at,
                   const text_style& style) {
  for (std::size_t i = 0; i < store.children.size(); ++i) {
    if (i != 0) out += ", ";
    append_value_text(out, *store.children[i], at, style);
  }
}

}  // namespace

void append_double(std::string& out, double value) { append_java(out, value); }
void append_float(std::string& out, float value) { append_java(out, value); }

void append_hex(std::string& out, std::string_view bytes) {
  constexpr char digits[] = "0123456789abcdef";
  out += 'x';
  for (const char c : bytes) {
    const auto b = static_cast<unsigned char>(c);
    out += digits[b >> 4];
    out += digits[b & 15];
  }
}

void append_year_month(std::string& out, std::int64_t months) {
  const std::int64_t size = months < 0 ? -months : months;
  char text[40];
  std::snprintf(text, sizeof text, "%c%lld-%02lld", months < 0 ? '-' : '+',
                static_cast<long long>(size / 12), static_cast<long long>(size % 12));
  out += text;
}

void append_day_time(std::string& out, std::int64_t ms) {
  const auto size = ms < 0 ? -static_cast<std::uint64_t>(ms) : static_cast<std::uint64_t>(ms);
  out += ms < 0 ? '-' : '+';
  append_decimal(out, static_cast<std::int64_t>(size / ms_per_day), 0);
  out += ' ';
  append_time(out, static_cast<std::int64_t>(size % ms_per_day), 3);
}

void append_value_text(std::string& out, const column& c, std::uint32_t row,
                       const text_style& style) {
  if (c.is_null(row)) {
    out += "NULL";
    return;
  }
  const column& store = c.layout == encoding::dictionary ? *c.children[0] : c;
  const std::uint32_t at = c.index(row);
  const std::int32_t precision = c.type.precision();
  switch (c.type.id()) {
    case type_id::null: return;
    case type_id::boolean: out += store.data<std::uint8_t>()[at] != 0 ? "TRUE" : "FALSE"; return;
    case type_id::tinyint: return append_integer(out, store.data<std::int8_t>()[at]);
    case type_id::smallint: return append_integer(out, store.data<std::int16_t>()[at]);
    case type_id::raw_symbol:
    case type_id::integer: return append_integer(out, store.data<std::int32_t>()[at]);
    case type_id::bigint: return append_integer(out, store.data<std::int64_t>()[at]);
    case type_id::float32: return append_float(out, store.data<float>()[at]);
    case type_id::float64: return append_double(out, store.data<double>()[at]);
    case type_id::decimal: return append_decimal(out, store.data<int128>()[at], c.type.scale());
    case type_id::binary:
    case type_id::varbinary:
      if (style.hex_bytes) return append_hex(out, c.text(row));
      [[fallthrough]];
    case type_id::character:
    case type_id::varchar: out += c.text(row); return;
    case type_id::date: return append_date(out, store.data<std::int32_t>()[at]);
    case type_id::time: return append_time(out, store.data<std::int32_t>()[at], precision);
    case type_id::timestamp:
      return append_timestamp(out, store.data<std::int64_t>()[at], precision);
    case type_id::timestamp_ltz:
      return append_local(out, store.data<std::int64_t>()[at], precision, style);
    case type_id::interval_year_month:
      return append_year_month(out, store.data<std::int64_t>()[at]);
    case type_id::interval_day_time: return append_day_time(out, store.data<std::int64_t>()[at]);
    case type_id::array:
    case type_id::map:
    case type_id::multiset: {
      const bool list = c.type.id() == type_id::array;
      out += list ? '[' : '{';
      append_elements(out, store, at, style);
      out += list ? ']' : '}';
      return;
    }
    case type_id::row:
      out += '(';
      append_fields(out, store, at, style);
      out += ')';
      return;
  }
}

}  // namespace millrace::data
