#include "core/data/types.hpp"

#include "core/base/assert.hpp"

#include <fmt/format.h>

namespace millrace::data {
namespace {

const std::vector<field> no_fields;

std::string_view plain_name(type_id id) {
  switch (id) {
    case type_id::null: return "NULL";
    case type_id::boolean: return "BOOLEAN";
    case type_id::tinyint: return "TINYINT";
    case type_id::smallint: return "SMALLINT";
    case type_id::integer: return "INT";
    case type_id::bigint: return "BIGINT";
    case type_id::float32: return "FLOAT";
    case type_id::float64: return "DOUBLE";
    case type_id::decimal: return "DECIMAL";
    case type_id::character: return "CHAR";
    case type_id::varchar: return "VARCHAR";
    case type_id::binary: return "BINARY";
    case type_id::varbinary: return "VARBINARY";
    case type_id::date: return "DATE";
    case type_id::time: return "TIME";
    case type_id::timestamp: return "TIMESTAMP";
    case type_id::timestamp_ltz: return "TIMESTAMP_LTZ";
    case type_id::interval_year_month: return "INTERVAL YEAR TO MONTH";
    case type_id::interval_day_time: return "INTERVAL DAY TO SECOND(3)";
    case type_id::array: return "ARRAY";
    case type_id::map: return "MAP";
    case type_id::multiset: return "MULTISET";
    case type_id::row: return "ROW";
    case type_id::raw_symbol: return "SYMBOL";
  }
  return "?";
}

std::string parts_text(const data_type& type) {
  std::string out = "<";
  for (const auto& part : type.fields()) {
    if (out.size() > 1) out += ", ";
    if (type.id() == type_id::row) out += fmt::format("`{}` ", part.name);
    out += to_text(part.type);
  }
  return out + ">";
}

std::string arguments_text(const data_type& type) {
  switch (type.id()) {
    case type_id::decimal: return fmt::format("({}, {})", type.precision(), type.scale());
    case type_id::character:
    case type_id::varchar:
    case type_id::binary:
    case type_id::varbinary:
    case type_id::time:
    case type_id::timestamp:
    case type_id::timestamp_ltz: return fmt::format("({})", type.precision());
    case type_id::array:
    case type_id::map:
    case type_id::multiset:
    case type_id::row: return parts_text(type);
    default: return {};
  }
}

bool equal(const data_type& a, const data_type& b, bool with_nullability) {
  if (a.id() != b.id() || a.precision() != b.precision() || a.scale() != b.scale() ||
      a.child_count() != b.child_count() || (with_nullability && a.nullable() != b.nullable()))
    return false;
  for (std::size_t i = 0; i < a.child_count(); ++i) {
    if (a.fields()[i].name != b.fields()[i].name) return false;
    if (!equal(a.child(i), b.child(i), with_nullability)) return false;
  }
  return true;
}

}  // namespace

const std::vector<field>& data_type::fields() const { return parts_ ? *parts_ : no_fields; }

const data_type& data_type::child(std::size_t i) const {
  MILLRACE_ASSERT(i < child_count());
  return (*parts_)[i].type;
}

std::size_t data_type::child_count() const { return parts_ ? parts_->size() : 0; }

data_type data_type::as_nullable(bool nullable) const {
  data_type out = *this;
  out.nullable_ = nullable;
  return out;
}

data_type data_type::with_precision(std::int32_t precision, std::int32_t scale) const {
  data_type out = *this;
  out.precision_ = precision;
  out.scale_ = scale;
  return out;
}

bool data_type::same_kind(const data_type& other) const { return equal(*this, other, false); }

bool operator==(const data_type& a, const data_type& b) { return equal(a, b, true); }

data_type data_type::decimal(std::int32_t precision, std::int32_t scale, bool nullable) {
  return data_type(type_id::decimal, nullable).with_precision(precision, scale);
}
data_type data_type::string(bool nullable) {
  return data_type(type_id::varchar, nullable).with_precision(max_length);
}
data_type data_type::bytes(bool nullable) {
  return data_type(type_id::varbinary, nullable).with_precision(max_length);
}
data_type data_type::timestamp(std::int32_t precision, bool nullable) {
  return data_type(type_id::timestamp, nullable).with_precision(precision);
}
data_type data_type::timestamp_ltz(std::int32_t precision, bool nullable) {
  return data_type(type_id::timestamp_ltz, nullable).with_precision(precision);
}
data_type data_type::array(data_type element, bool nullable) {
  data_type out(type_id::array, nullable);
  out.parts_ = std::make_shared<const std::vector<field>>(
      std::vector<field>{{"element", std::move(element)}});
  return out;
}
data_type data_type::map(data_type key, data_type value, bool nullable) {
  data_type out(type_id::map, nullable);
  out.parts_ = std::make_shared<const std::vector<field>>(
      std::vector<field>{{"key", std::move(key)}, {"value", std::move(value)}});
  return out;
}
data_type data_type::multiset(data_type element, bool nullable) {
  data_type out(type_id::multiset, nullable);
  out.parts_ = std::make_shared<const std::vector<field>>(
      std::vector<field>{{"element", std::move(element)}});
  return out;
}
data_type data_type::row(std::vector<field> fields, bool nullable) {
  data_type out(type_id::row, nullable);
  out.parts_ = std::make_shared<const std::vector<field>>(std::move(fields));
  return out;
}

std::string to_text(const data_type& type) {
  std::string out;
  if (is_variable_length(type.id()) && type.precision() == max_length)
    out = is_character(type.id()) ? "STRING" : "BYTES";
  else
    out = std::string(plain_name(type.id())) + arguments_text(type);
  return type.nullable() ? out : out + " NOT NULL";
}

std::vector<data_type> storage_children(const data_type& type) {
  std::vector<data_type> out;
  for (const auto& part : type.fields()) out.push_back(part.type);
  if (type.id() == type_id::multiset) out.emplace_back(type_id::integer, false);
  return out;
}

std::size_t fixed_width(type_id id) {
  switch (id) {
    case type_id::boolean:
    case type_id::tinyint: return 1;
    case type_id::smallint: return 2;
    case type_id::integer:
    case type_id::float32:
    case type_id::date:
    case type_id::time:
    case type_id::raw_symbol: return 4;
    case type_id::bigint:
    case type_id::float64:
    case type_id::timestamp:
    case type_id::timestamp_ltz:
    case type_id::interval_year_month:
    case type_id::interval_day_time: return 8;
    case type_id::decimal: return 16;
    default: return 0;
  }
}

bool is_variable_length(type_id id) { return id >= type_id::character && id <= type_id::varbinary; }
bool is_character(type_id id) { return id == type_id::character || id == type_id::varchar; }
bool is_integer(type_id id) { return id >= type_id::tinyint && id <= type_id::bigint; }
bool is_numeric(type_id id) { return id >= type_id::tinyint && id <= type_id::decimal; }
bool is_nested(type_id id) { return id >= type_id::array && id <= type_id::row; }
bool is_temporal(type_id id) { return id >= type_id::date && id <= type_id::timestamp_ltz; }

std::int64_t ticks_per_second(std::int32_t precision) {
  if (precision <= 3) return 1'000;
  return precision <= 6 ? 1'000'000 : 1'000'000'000;
}

}  // namespace millrace::data
