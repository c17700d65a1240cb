#include "core/sql/bind/types.hpp"

#include <array>

namespace millrace::sql {
namespace {

using data::data_type;
using data::type_id;

result<std::int32_t> limited(const type_name& type, std::optional<std::uint32_t> given,
                             std::uint32_t otherwise, std::uint32_t low, std::uint32_t high,
                             std::string_view what) {
  const std::uint32_t value = given.value_or(otherwise);
  if (value < low || value > high)
    return make_error(errc::sql_bad_ddl, type.at,
                      std::string(what) + " " + std::to_string(value) + " is out of range",
                      "it must be between " + std::to_string(low) + " and " + std::to_string(high));
  return static_cast<std::int32_t>(value);
}

// CHAR alone is CHAR(1), VARCHAR alone is STRING.
result<data_type> sized(const type_name& type, type_id id) {
  const bool varies = id == type_id::varchar || id == type_id::varbinary;
  MILLRACE_TRY(const auto length, limited(type, type.precision, varies ? data::max_length : 1, 1,
                                          data::max_length, "length"));
  return data_type(id, !type.not_null).with_precision(length);
}

result<data_type> decimal_type(const type_name& type) {
  MILLRACE_TRY(const auto precision, limited(type, type.precision, 10, 1, 38, "precision"));
  MILLRACE_TRY(const auto scale,
               limited(type, type.scale, 0, 0, static_cast<std::uint32_t>(precision), "scale"));
  return data_type::decimal(precision, scale, !type.not_null);
}

result<data_type> timed(const type_name& type, type_id id, std::uint32_t otherwise) {
  MILLRACE_TRY(const auto precision, limited(type, type.precision, otherwise, 0, 9, "precision"));
  return data_type(id, !type.not_null).with_precision(precision);
}

result<data_type> row_type(const type_name& type) {
  std::vector<data::field> fields;
  for (const auto& f : type.fields) {
    MILLRACE_TRY(auto field_type, bind_type(f.type));
    fields.push_back({f.field.text, std::move(field_type)});
  }
  return data_type::row(std::move(fields), !type.not_null);
}

result<data_type> collection_type(const type_name& type) {
  MILLRACE_TRY(auto element, bind_type(*type.element));
  if (type.keyword == type_keyword::array)
    return data_type::array(std::move(element), !type.not_null);
  if (type.keyword == type_keyword::multiset)
    return data_type::multiset(std::move(element), !type.not_null);
  MILLRACE_TRY(auto key, bind_type(*type.key));
  return data_type::map(std::move(key), std::move(element), !type.not_null);
}

data_type interval_type(const type_name& type) {
  const auto unit = type.interval ? type.interval->from : time_unit::day;
  const bool months =
      unit == time_unit::year || unit == time_unit::quarter || unit == time_unit::month;
  return data_type(months ? type_id::interval_year_month : type_id::interval_day_time,
                   !type.not_null);
}

error not_supported(const type_name& type, std::string_view what) {
  return make_error(errc::sql_not_supported, type.at,
                    "the type " + std::string(what) + " is not supported",
                    "for example BOOLEAN, INT, BIGINT, DOUBLE, DECIMAL(p, s), STRING, BYTES, DATE, "
                    "TIMESTAMP(p), TIMESTAMP_LTZ(p), ARRAY<t>, MAP<k, v>, ROW<name t>");
}

}  // namespace

result<data_type> bind_type(const type_name& type) {
  const bool nullable = !type.not_null;
  switch (type.keyword) {
    case type_keyword::boolean: return data_type(type_id::boolean, nullable);
    case type_keyword::tinyint: return data_type(type_id::tinyint, nullable);
    case type_keyword::smallint: return data_type(type_id::smallint, nullable);
    case type_keyword::integer: return data_type(type_id::integer, nullable);
    case type_keyword::bigint: return data_type(type_id::bigint, nullable);
    case type_keyword::real: return data_type(type_id::float32, nullable);
    case type_keyword::double_precision: return data_type(type_id::float64, nullable);
    case type_keyword::decimal: return decimal_type(type);
    case type_keyword::character: return sized(type, type_id::character);
    case type_keyword::varchar: return sized(type, type_id::varchar);
    case type_keyword::string: return data_type::string(nullable);
    case type_keyword::binary: return sized(type, type_id::binary);
    case type_keyword::varbinary: return sized(type, type_id::varbinary);
    case type_keyword::bytes: return data_type::bytes(nullable);
    case type_keyword::date: return data_type(type_id::date, nullable);
    case type_keyword::time: return timed(type, type_id::time, 0);
    case type_keyword::timestamp: return timed(type, type_id::timestamp, 6);
    case type_keyword::timestamp_ltz: return timed(type, type_id::timestamp_ltz, 6);
    case type_keyword::interval: return interval_type(type);
    case type_keyword::row: return row_type(type);
    case type_keyword::array:
    case type_keyword::map:
    case type_keyword::multiset: return collection_type(type);
    case type_keyword::null: return data_type(type_id::null);
    case type_keyword::timestamp_tz: return not_supported(type, "TIMESTAMP WITH TIME ZONE");
    case type_keyword::raw: return not_supported(type, "RAW");
    case type_keyword::structured: return not_supported(type, "STRUCTURED");
    case type_keyword::variant: return not_supported(type, "VARIANT");
    case type_keyword::user_defined:
      return not_supported(type, type.path.empty() ? "of a user" : type.path.back().text);
  }
  return not_supported(type, "of this name");
}

std::string_view name_of(time_unit unit) {
  constexpr std::array<std::string_view, 19> names = {
      "YEAR",       "ISOYEAR", "QUARTER", "MONTH",   "WEEK",      "DAY",         "DOW",
      "ISODOW",     "DOY",     "HOUR",    "MINUTE",  "SECOND",    "MILLISECOND", "MICROSECOND",
      "NANOSECOND", "EPOCH",   "DECADE",  "CENTURY", "MILLENNIUM"};
  return names[static_cast<std::size_t>(unit)];
}

}  // namespace millrace::sql
