#include "core/connectors/print/java_text.hpp"

#include "core/data/civil_time.hpp"
#include "core/data/value_text.hpp"

#include <fmt/format.h>

namespace millrace::connectors::print {
namespace {

using data::type_id;

// LocalTime leaves seconds out when they are 0; a fraction has 3, 6 or 9 digits.
void append_time_of_day(std::string& out, std::int64_t nanos_of_day, bool always_seconds) {
  const std::int64_t seconds = nanos_of_day / 1'000'000'000;
  const std::int64_t nanos = nanos_of_day % 1'000'000'000;
  out += fmt::format("{:02}:{:02}", seconds / 3600, seconds / 60 % 60);
  if (seconds % 60 == 0 && nanos == 0 && !always_seconds) return;
  out += fmt::format(":{:02}", seconds % 60);
  if (nanos == 0) return;
  if (nanos % 1'000'000 == 0)
    out += fmt::format(".{:03}", nanos / 1'000'000);
  else if (nanos % 1000 == 0)
    out += fmt::format(".{:06}", nanos / 1000);
  else
    out += fmt::format(".{:09}", nanos);
}

void append_date_time(std::string& out, std::int64_t ticks, const data::data_type& type) {
  const std::int64_t per_second = data::ticks_per_second(type.precision());
  const std::int64_t seconds = data::floor_div(ticks, per_second);
  const std::int64_t fraction = data::floor_mod(ticks, per_second) * (1'000'000'000 / per_second);
  const std::int64_t days = data::floor_div(seconds, data::seconds_per_day);
  const std::int64_t of_day = seconds - days * data::seconds_per_day;
  const bool instant = type.id() == type_id::timestamp_ltz;
  data::append_date(out, days);
  out += 'T';
  append_time_of_day(out, of_day * 1'000'000'000 + fraction, instant);
  if (instant) out += 'Z';
}

void append_bytes(std::string& out, std::string_view bytes) {
  out += '[';
  for (std::size_t i = 0; i < bytes.size(); ++i)
    out += fmt::format("{}{}", i == 0 ? "" : ", ", static_cast<signed char>(bytes[i]));
  out += ']';
}

void append_entries(std::string& out, const data::column& c, std::uint32_t at) {
  const bool pairs = c.type.id() != type_id::array;
  const std::uint32_t* ends = c.offset_data();
  out += pairs ? '{' : '[';
  for (std::uint32_t i = ends[at]; i < ends[at + 1]; ++i) {
    if (i != ends[at]) out += ", ";
    append_java_text(out, *c.children[0], i);
    if (!pairs) continue;
    out += '=';
    append_java_text(out, *c.children[1], i);
  }
  out += pairs ? '}' : ']';
}

}  // namespace

void append_java_text(std::string& out, const data::column& c, std::uint32_t row) {
  if (c.is_null(row)) {
    out += "null";
    return;
  }
  const data::column& store = c.layout == data::encoding::dictionary ? *c.children[0] : c;
  const std::uint32_t at = c.index(row);
  switch (c.type.id()) {
    case type_id::boolean: out += c.value<std::uint8_t>(row) != 0 ? "true" : "false"; return;
    case type_id::time:
      return append_time_of_day(out, std::int64_t{c.value<std::int32_t>(row)} * 1'000'000, false);
    case type_id::timestamp:
    case type_id::timestamp_ltz: return append_date_time(out, c.value<std::int64_t>(row), c.type);
    case type_id::binary:
    case type_id::varbinary: return append_bytes(out, c.text(row));
    case type_id::array:
    case type_id::map:
    case type_id::multiset: return append_entries(out, store, at);
    case type_id::row:
      out += "+I[";
      for (std::size_t f = 0; f < store.children.size(); ++f) {
        if (f != 0) out += ", ";
        append_java_text(out, *store.children[f], at);
      }
      out += ']';
      return;
    default: return data::append_value_text(out, c, row);
  }
}

void append_row(std::string& out, const data::record_batch& batch, std::uint32_t row) {
  out += data::mark_of(batch.kind_at(row));
  out += '[';
  for (std::size_t i = 0; i < batch.columns().size(); ++i) {
    if (i != 0) out += ", ";
    append_java_text(out, *batch.column_at(i), row);
  }
  out += ']';
}

}  // namespace millrace::connectors::print
