#include "core/data/civil_time.hpp"
#include "core/data/decimal.hpp"
#include "core/data/text_table.hpp"

#include <charconv>
#include <vector>

namespace millrace::data {
namespace {

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

bool unquoted(std::string_view cell, std::string& out) {
  if (cell.size() < 2 || cell.front() != '\'' || cell.back() != '\'') return false;
  cell = cell.substr(1, cell.size() - 2);
  for (std::size_t i = 0; i < cell.size(); ++i) {
    if (cell[i] != '\'' && cell[i] != '\\') {
      out += cell[i];
    } else {
      if (++i == cell.size()) return false;
      out += cell[i] == 'n' && cell[i - 1] == '\\' ? '\n' : cell[i];
    }
  }
  return true;
}

template <class T>
bool add_integer(column_builder& to, std::string_view cell) {
  T value{};
  const auto [end, bad] = std::from_chars(cell.data(), cell.data() + cell.size(), value);
  if (bad != std::errc{} || end != cell.data() + cell.size()) return false;
  to.append(value);
  return true;
}

template <class T>
bool add_floating(column_builder& to, std::string_view cell) {
  T value{};
  const auto [end, bad] = std::from_chars(cell.data(), cell.data() + cell.size(), value);
  if (bad != std::errc{} || end != cell.data() + cell.size()) return false;
  to.append(value);
  return true;
}

template <class T>
bool add_found(column_builder& to, const std::optional<T>& value) {
  if (value) to.append(*value);
  return value.has_value();
}

bool add_text(column_builder& to, std::string_view cell) {
  if (cell.empty() || cell.front() != '\'') {
    to.append_text(cell);
    return true;
  }
  std::string text;
  if (!unquoted(cell, text)) return false;
  to.append_text(text);
  return true;
}

bool add_bytes(column_builder& to, std::string_view cell) {
  if (cell.empty() || cell.front() != 'x' || cell.size() % 2 == 0) return false;
  std::string bytes;
  for (std::size_t i = 1; i < cell.size(); i += 2) {
    unsigned value = 0;
    const auto [end, bad] = std::from_chars(cell.data() + i, cell.data() + i + 2, value, 16);
    if (bad != std::errc{} || end != cell.data() + i + 2) return false;
    bytes += static_cast<char>(value);
  }
  to.append_text(bytes);
  return true;
}

// `+1-02` or `+1 02:03:04.000`: sign, leading number, separator, rest.
bool add_interval(column_builder& to, std::string_view cell) {
  const bool negative = !cell.empty() && cell.front() == '-';
  if (negative || (!cell.empty() && cell.front() == '+')) cell.remove_prefix(1);
  const bool months = to.type().id() == type_id::interval_year_month;
  const auto at = cell.find(months ? '-' : ' ');
  if (at == std::string_view::npos) return false;
  std::int64_t large = 0, small = 0;
  if (std::from_chars(cell.data(), cell.data() + at, large).ptr != cell.data() + at) return false;
  const std::string_view rest = cell.substr(at + 1);
  if (months) {
    if (std::from_chars(rest.data(), rest.data() + rest.size(), small).ptr !=
        rest.data() + rest.size())
      return false;
  } else {
    const auto time = parse_time(rest);
    if (!time) return false;
    small = *time;
  }
  const std::int64_t value = large * (months ? 12 : ms_per_day) + small;
  to.append(negative ? -value : value);
  return true;
}

// Splits at `separator` outside of quotes and brackets.
std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> out;
  if (trimmed(text).empty()) return out;
  int depth = 0;
  bool quoted = false;
  std::size_t begin = 0;
  for (std::size_t i = 0; i <= text.size(); ++i) {
    if (i == text.size() || (text[i] == separator && depth == 0 && !quoted)) {
      out.push_back(trimmed(text.substr(begin, i - begin)));
      begin = i + 1;
    } else if (text[i] == '\'') {
      quoted = !quoted;
    } else if (!quoted) {
      if (std::string_view("([{").find(text[i]) != std::string_view::npos) ++depth;
      if (std::string_view(")]}").find(text[i]) != std::string_view::npos) --depth;
    }
  }
  return out;
}

error misfit(std::string_view cell, const data_type& type) {
  return make_error(errc::connector_bad_record,
                    "'" + std::string(cell) + "' is no " + to_text(type.as_nullable()),
                    "cells have the form that CAST(x AS STRING) gives");
}

result<void> add_nested(column_builder& to, std::string_view cell) {
  const type_id id = to.type().id();
  const std::string_view brackets = id == type_id::array ? "[]" : id == type_id::row ? "()" : "{}";
  if (cell.size() < 2 || cell.front() != brackets[0] || cell.back() != brackets[1])
    return misfit(cell, to.type());
  const auto parts = split(cell.substr(1, cell.size() - 2), ',');
  if (id == type_id::row && parts.size() != to.type().child_count()) return misfit(cell, to.type());
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (id == type_id::array || id == type_id::row) {
      MILLRACE_CHECK(append_cell(to.child(id == type_id::row ? i : 0), parts[i]));
      continue;
    }
    const auto entry = split(parts[i], '=');
    if (entry.size() != 2) return misfit(cell, to.type());
    MILLRACE_CHECK(append_cell(to.child(0), entry[0]));
    MILLRACE_CHECK(append_cell(to.child(1), entry[1]));
  }
  to.append_nested();
  return {};
}

bool add_boolean(column_builder& to, std::string_view cell) {
  const bool yes = cell == "TRUE" || cell == "true";
  if (!yes && cell != "FALSE" && cell != "false") return false;
  to.append(static_cast<std::uint8_t>(yes));
  return true;
}

bool add_plain(column_builder& to, std::string_view cell) {
  const data_type& type = to.type();
  switch (type.id()) {
    case type_id::boolean: return add_boolean(to, cell);
    case type_id::tinyint: return add_integer<std::int8_t>(to, cell);
    case type_id::smallint: return add_integer<std::int16_t>(to, cell);
    case type_id::raw_symbol:
    case type_id::integer: return add_integer<std::int32_t>(to, cell);
    case type_id::bigint: return add_integer<std::int64_t>(to, cell);
    case type_id::float32: return add_floating<float>(to, cell);
    case type_id::float64: return add_floating<double>(to, cell);
    case type_id::decimal: return add_found(to, parse_decimal(cell, decimal_shape_of(type)));
    case type_id::character:
    case type_id::varchar: return add_text(to, cell);
    case type_id::binary:
    case type_id::varbinary: return add_bytes(to, cell);
    case type_id::date: return add_found(to, parse_date(cell));
    case type_id::time: return add_found(to, parse_time(cell));
    case type_id::timestamp:
    case type_id::timestamp_ltz: return add_found(to, parse_timestamp(cell, type.precision()));
    case type_id::interval_year_month:
    case type_id::interval_day_time: return add_interval(to, cell);
    default: return false;
  }
}

}  // namespace

result<void> append_cell(column_builder& to, std::string_view cell) {
  cell = trimmed(cell);
  if (cell == "NULL") {
    to.append_null();
    return {};
  }
  if (is_nested(to.type().id())) return add_nested(to, cell);
  if (!add_plain(to, cell)) return misfit(cell, to.type());
  return {};
}

}  // namespace millrace::data
