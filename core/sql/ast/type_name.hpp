#pragma once

#include "core/sql/ast/box.hpp"
#include "core/sql/ast/name.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace millrace::sql {

/// Units of EXTRACT, FLOOR TO, TIMESTAMPADD and of intervals.
enum class time_unit : std::uint8_t {
  year,
  isoyear,
  quarter,
  month,
  week,
  day,
  dow,
  isodow,
  doy,
  hour,
  minute,
  second,
  millisecond,
  microsecond,
  nanosecond,
  epoch,
  decade,
  century,
  millennium,
};

/// `DAY(3) TO SECOND(6)`; without `to` a single unit. `precision` is the leading field's,
/// `fraction` that of SECOND.
struct interval_qualifier {
  time_unit from = time_unit::day;
  std::optional<time_unit> to;
  std::optional<std::uint32_t> precision;
  std::optional<std::uint32_t> fraction;
};

enum class type_keyword : std::uint8_t {
  boolean,
  tinyint,
  smallint,
  integer,
  bigint,
  real,
  double_precision,
  decimal,
  character,
  varchar,
  string,
  binary,
  varbinary,
  bytes,
  date,
  time,
  timestamp,
  timestamp_ltz,
  timestamp_tz,
  interval,
  row,
  array,
  map,
  multiset,
  raw,
  structured,
  variant,
  null,
  user_defined,
};

struct type_field;

/// A type as written; synonyms are folded (INT -> integer, FLOAT -> real, CHARACTER VARYING ->
/// varchar, DEC and NUMERIC -> decimal, `INT ARRAY` -> array). Limits are checked by the binder.
struct type_name {
  text_position at;
  type_keyword keyword = type_keyword::null;
  /// Length of text and binary types, precision of numbers and times.
  std::optional<std::uint32_t> precision;
  std::optional<std::uint32_t> scale;
  bool not_null = false;
  /// `row` and `structured`.
  std::vector<type_field> fields;
  /// `array` and `multiset`: the element; `map`: the value.
  box<type_name> element;
  /// `map` only.
  box<type_name> key;
  /// `interval` only.
  std::optional<interval_qualifier> interval;
  /// `user_defined` only.
  qualified_name path;
  /// `raw`: class name, serializer; `structured`: class name.
  std::vector<std::string> arguments;
};

/// `name type [NOT NULL] ['comment']` of a ROW.
struct type_field {
  name field;
  type_name type;
  std::optional<std::string> comment;
};

}  // namespace millrace::sql
