#pragma once

#include <cstdint>

namespace millrace::sql {

enum class literal_kind : std::uint8_t {
  null,
  boolean,
  unknown,
  integer,
  decimal,
  approximate,
  string,
  binary,
  date,
  time,
  timestamp,
};

enum class unary_operator : std::uint8_t {
  plus,
  negate,
  logical_not,
  is_null,
  is_not_null,
  is_true,
  is_not_true,
  is_false,
  is_not_false,
  is_unknown,
  is_not_unknown,
  is_json_value,
  is_not_json_value,
  is_json_object,
  is_not_json_object,
  is_json_array,
  is_not_json_array,
  is_json_scalar,
  is_not_json_scalar,
  is_a_set,
  is_not_a_set,
  is_empty,
  is_not_empty,
  /// MATCH_RECOGNIZE: RUNNING x, FINAL x.
  running,
  final_,
};

enum class binary_operator : std::uint8_t {
  logical_or,
  logical_and,
  equal,
  not_equal,
  less,
  less_equal,
  greater,
  greater_equal,
  is_distinct_from,
  is_not_distinct_from,
  add,
  subtract,
  multiply,
  divide,
  modulo,
  concat,
  member_of,
  not_member_of,
  submultiset_of,
  not_submultiset_of,
  overlaps,
  contains,
  period_equals,
  precedes,
  succeeds,
  immediately_precedes,
  immediately_succeeds,
  multiset_union,
  multiset_union_distinct,
  multiset_intersect,
  multiset_intersect_distinct,
  multiset_except,
  multiset_except_distinct,
};

enum class set_quantifier : std::uint8_t { none, distinct, all };
enum class null_treatment : std::uint8_t { none, ignore, respect };

/// How a call was written; see `function_call`.
enum class call_form : std::uint8_t {
  plain,
  bare,             ///< CURRENT_TIMESTAMP
  position_in,      ///< POSITION(x IN y [FROM n])
  overlay_placing,  ///< OVERLAY(a PLACING b FROM i [FOR n])
  substring_from,   ///< SUBSTRING(a FROM b [FOR c])
  extract_from,     ///< EXTRACT(unit FROM x)
  to_unit,          ///< CEIL(x TO unit), FLOOR(x TO unit)
};

enum class trim_side : std::uint8_t { both, leading, trailing };

enum class json_path_function : std::uint8_t { value, query, exists };
enum class json_wrapper : std::uint8_t { without_array, with_conditional_array, with_array };
enum class json_behavior_kind : std::uint8_t {
  null,
  error,
  default_value,
  empty_array,
  empty_object,
  true_,
  false_,
  unknown,
};
enum class json_constructor : std::uint8_t { object, object_agg, array, array_agg };

enum class collection_kind : std::uint8_t { array, map, multiset };

enum class frame_unit : std::uint8_t { rows, range };
enum class frame_bound_kind : std::uint8_t {
  unbounded_preceding,
  preceding,
  current_row,
  following,
  unbounded_following,
};

}  // namespace millrace::sql
