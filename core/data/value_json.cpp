#include "core/data/value_json.hpp"

#include "core/data/civil_time.hpp"
#include "core/data/value_text.hpp"

#include <cmath>

namespace millrace::data {
namespace {

// The value's text between quotes: for types whose text needs no escapes.
void append_quoted(std::string& out, const column& c, std::uint32_t row) {
  constexpr text_style style{.zone = nullptr, .hex_bytes = true};
  out += '"';
  append_value_text(out, c, row, style);
  out += '"';
}

template <class T>
void append_number(std::string& out, const column& c, std::uint32_t row, T value) {
  if (std::isfinite(value)) return append_value_text(out, c, row);
  append_quoted(out, c, row);
}

void append_elements(std::string& out, const column& store, std::uint32_t at) {
  const std::uint32_t* ranges = store.offset_data();
  const bool entries = store.children.size() == 2;
  out += entries ? "{\"map\":[" : "[";
  for (std::uint32_t e = ranges[at]; e < ranges[at + 1]; ++e) {
    if (e != ranges[at]) out += ',';
    if (entries) out += '[';
    append_value_json(out, *store.children[0], e);
    if (!entries) continue;
    out += ',';
    append_value_json(out, *store.children[1], e);
    out += ']';
  }
  out += entries ? "]}" : "]";
}

void append_fields(std::string& out, const column& store, std::uint32_t at) {
  out += '[';
  for (std::size_t i = 0; i < store.children.size(); ++i) {
    if (i != 0) out += ',';
    append_value_json(out, *store.children[i], at);
  }
  out += ']';
}

}  // namespace

void append_json_string(std::string& out, std::string_view text) {
  constexpr char digits[] = "0123456789abcdef";
  out += '"';
  for (const char c : text) {
    const auto b = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '\r') {
      out += "\\r";
    } else if (c == '\t') {
      out += "\\t";
    } else if (b < 0x20 || b == 0x7f) {
      out += "\\u00";
      out += digits[b >> 4];
      out += digits[b & 15];
    } else {
      out += c;
    }
  }
  out += '"';
}

void append_value_json(std::string& out, const column& c, std::uint32_t row) {
  if (c.is_null(row)) {
    out += "null";
    return;
  }
  const column& store = c.layout == encoding::dictionary ? *c.children[0] : c;
  const std::uint32_t at = c.index(row);
  const std::int32_t precision = c.type.precision();
  switch (c.type.id()) {
    case type_id::boolean: out += store.data<std::uint8_t>()[at] != 0 ? "true" : "false"; return;
    case type_id::tinyint:
    case type_id::smallint:
    case type_id::integer:
    case type_id::bigint:
    case type_id::raw_symbol: return append_value_text(out, c, row);
    case type_id::float32: return append_number(out, c, row, store.data<float>()[at]);
    case type_id::float64: return append_number(out, c, row, store.data<double>()[at]);
    case type_id::character:
    case type_id::varchar: return append_json_string(out, c.text(row));
    case type_id::time:
      out += '"';
      append_time(out, store.data<std::int32_t>()[at], precision, fraction_digits::needed);
      out += '"';
      return;
    case type_id::timestamp:
    case type_id::timestamp_ltz:
      out += '"';
      append_timestamp(out, store.data<std::int64_t>()[at], precision, fraction_digits::needed);
      out += c.type.id() == type_id::timestamp_ltz ? "Z\"" : "\"";
      return;
    case type_id::array:
    case type_id::map:
    case type_id::multiset: return append_elements(out, store, at);
    case type_id::row: return append_fields(out, store, at);
    default: return append_quoted(out, c, row);
  }
}

}  // namespace millrace::data
