#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::data {

/// The logical types of Flink SQL. Physical form of one value in a column:
/// boolean u8; tinyint i8; smallint i16; integer i32; bigint i64; float f32; double f64;
/// decimal i128 (unscaled value at the type's scale, whatever the precision);
/// character, varchar, binary, varbinary: u32 offsets + bytes; date i32 days since 1970-01-01;
/// time i32 milliseconds of the day; timestamp and timestamp_ltz i64 ticks since 1970-01-01 (UTC
/// for ltz), see `ticks_per_second`; interval_year_month i64 months; interval_day_time i64
/// milliseconds; raw_symbol i32; array, map, multiset: u32 offsets + children; row: children of the
/// same length. `null` is the type of an untyped NULL literal: it has no values, every row is null.
enum class type_id : std::uint8_t {
  null,
  boolean,
  tinyint,
  smallint,
  integer,
  bigint,
  float32,
  float64,
  decimal,
  character,
  varchar,
  binary,
  varbinary,
  date,
  time,
  timestamp,
  timestamp_ltz,
  interval_year_month,
  interval_day_time,
  array,
  map,
  multiset,
  row,
  raw_symbol,
};

using int128 = __int128;

class data_type;

/// A named part of a ROW type.
struct field;

/// STRING is VARCHAR(max_length), BYTES is VARBINARY(max_length).
inline constexpr std::int32_t max_length = 2147483647;

/// An immutable SQL type. Cheap to copy: nested parts are shared.
/// Children: array [element]; map [key, value]; multiset [element]; row: one per field (`fields`).
class data_type {
 public:
  data_type() = default;
  explicit data_type(type_id id, bool nullable = true) : id_(id), nullable_(nullable) {}

  [[nodiscard]] type_id id() const { return id_; }
  [[nodiscard]] bool nullable() const { return nullable_; }
  /// decimal: digits in all; timestamps, time: fraction digits; strings: the maximal length.
  [[nodiscard]] std::int32_t precision() const { return precision_; }
  [[nodiscard]] std::int32_t scale() const { return scale_; }
  [[nodiscard]] const std::vector<field>& fields() const;
  [[nodiscard]] const data_type& child(std::size_t i) const;
  [[nodiscard]] std::size_t child_count() const;

  [[nodiscard]] data_type as_nullable(bool nullable = true) const;
  [[nodiscard]] data_type with_precision(std::int32_t precision, std::int32_t scale = 0) const;

  /// Same type, nullability aside (also of the parts).
  [[nodiscard]] bool same_kind(const data_type& other) const;
  friend bool operator==(const data_type& a, const data_type& b);

  static data_type decimal(std::int32_t precision, std::int32_t scale, bool nullable = true);
  static data_type string(bool nullable = true);
  static data_type bytes(bool nullable = true);
  static data_type timestamp(std::int32_t precision, bool nullable = true);
  static data_type timestamp_ltz(std::int32_t precision, bool nullable = true);
  static data_type array(data_type element, bool nullable = true);
  static data_type map(data_type key, data_type value, bool nullable = true);
  static data_type multiset(data_type element, bool nullable = true);
  static data_type row(std::vector<field> fields, bool nullable = true);

 private:
  type_id id_ = type_id::null;
  bool nullable_ = true;
  std::int32_t precision_ = 0;
  std::int32_t scale_ = 0;
  std::shared_ptr<const std::vector<field>> parts_;
};

struct field {
  std::string name;
  data_type type;
  friend bool operator==(const field&, const field&) = default;
};

/// The columns of a table or of an edge of the plan.
struct schema {
  std::vector<field> fields;
  [[nodiscard]] std::size_t size() const { return fields.size(); }
  friend bool operator==(const schema&, const schema&) = default;
};

/// SQL text of a type as Flink prints it: `DECIMAL(10, 2) NOT NULL`, `ROW<`a` INT>`, `STRING`.
[[nodiscard]] std::string to_text(const data_type& type);

/// Types of a nested column's children as stored: the type's own parts, and behind a multiset's
/// element its count (INT NOT NULL). Empty for types that are not nested.
[[nodiscard]] std::vector<data_type> storage_children(const data_type& type);

/// Bytes of one value in a flat column; 0 for variable length and nested types.
[[nodiscard]] std::size_t fixed_width(type_id id);
[[nodiscard]] inline bool is_fixed_width(type_id id) { return fixed_width(id) != 0; }
/// Strings of characters or bytes: offsets + bytes.
[[nodiscard]] bool is_variable_length(type_id id);
[[nodiscard]] bool is_character(type_id id);
[[nodiscard]] bool is_integer(type_id id);
[[nodiscard]] bool is_numeric(type_id id);
[[nodiscard]] bool is_nested(type_id id);
[[nodiscard]] bool is_temporal(type_id id);

/// Ticks of a TIMESTAMP(p) or TIMESTAMP_LTZ(p): 1'000 for p <= 3, 1'000'000 for p <= 6, else
/// 1'000'000'000 (then limited to the years 1677 to 2262).
[[nodiscard]] std::int64_t ticks_per_second(std::int32_t precision);

}  // namespace millrace::data
