#pragma once

#include "core/sql/ast/box.hpp"
#include "core/sql/ast/name.hpp"
#include "core/sql/ast/operators.hpp"
#include "core/sql/ast/type_name.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace millrace::sql {

struct expression;
struct query;
struct window_spec;
using expression_ptr = box<expression>;
using query_ptr = box<query>;

/// `a`, `a.b.c`: column, alias, nested field or pattern variable; the binder finds out which.
struct identifier {
  qualified_name parts;
};

/// `*`, `t.*` (qualifier) or `(row_expression).*` (`of`).
struct star {
  qualified_name qualifier;
  expression_ptr of;
};

/// Values stay text until their type is known: integer digits, `1.50`, `1e3`; string and binary are
/// decoded (`''` undone; hex digits of X'..' kept as digits); boolean is `TRUE` or `FALSE`.
struct literal {
  literal_kind kind = literal_kind::null;
  std::string text;
};

/// `INTERVAL [-] '1-2' YEAR TO MONTH`: the text between the quotes.
struct interval_literal {
  std::string text;
  bool negative = false;
  interval_qualifier qualifier;
};

/// `INTERVAL (expression) unit`: a computed interval. With `difference` set it is `(a - b) unit`,
/// where `value` is the subtraction of two times.
struct interval_value {
  expression_ptr value;
  bool difference = false;
  interval_qualifier qualifier;
};

struct unary_operation {
  unary_operator op = unary_operator::negate;
  expression_ptr operand;
};

struct binary_operation {
  binary_operator op = binary_operator::logical_and;
  expression_ptr left;
  expression_ptr right;
};

struct between {
  expression_ptr value;
  expression_ptr low;
  expression_ptr high;
  bool negated = false;
  bool symmetric = false;
};

struct in_list {
  expression_ptr value;
  std::vector<expression> items;
  bool negated = false;
};

/// `value` is a row constructor when several columns are compared.
struct in_subquery {
  expression_ptr value;
  query_ptr subquery;
  bool negated = false;
};

struct exists {
  query_ptr subquery;
};

/// LIKE or SIMILAR TO; `escape` may be empty.
struct like {
  expression_ptr value;
  expression_ptr pattern;
  expression_ptr escape;
  bool negated = false;
  bool similar = false;
};

/// `value op ANY|SOME|ALL (subquery | list)`; ANY is SOME. Either `subquery` or `items`.
struct quantified_comparison {
  binary_operator op = binary_operator::equal;
  bool all = false;
  expression_ptr value;
  query_ptr subquery;
  std::vector<expression> items;
};

/// `ROW(a, b)` or, with `keyword` false, `(a, b)`.
struct row_constructor {
  std::vector<expression> items;
  bool keyword = false;
};

struct scalar_subquery {
  query_ptr subquery;
};

struct case_branch;

/// Simple CASE has an `operand`; searched CASE has none. `otherwise` may be empty.
struct case_when {
  expression_ptr operand;
  std::vector<case_branch> branches;
  expression_ptr otherwise;
};

/// CAST, or TRY_CAST when `try_` is set.
struct cast {
  expression_ptr value;
  type_name type;
  bool try_ = false;
};

struct argument;
struct order_item;

/// A call of a scalar, aggregate or table function. Special forms are calls too, their parts in
/// order as arguments: POSITION(x IN y), OVERLAY(a PLACING b FROM i FOR n), SUBSTRING(a FROM b FOR
/// c), EXTRACT(unit FROM x), CEIL(x TO unit), TIMESTAMPADD(unit, ..): `form` says how it was
/// written, units are `unit_argument`s. CURRENT_DATE and the like have form `bare` and no
/// arguments.
struct function_call {
  qualified_name function;
  call_form form = call_form::plain;
  set_quantifier quantifier = set_quantifier::none;
  /// `COUNT(*)`: no arguments.
  bool star = false;
  null_treatment nulls = null_treatment::none;
  std::vector<argument> arguments;
  expression_ptr filter;
  std::vector<order_item> within_group;
  /// Empty when there is no OVER.
  box<window_spec> over;
};

/// `TRIM([side] [characters FROM] value)`; `characters` may be empty (then blanks).
struct trim_call {
  trim_side side = trim_side::both;
  expression_ptr characters;
  expression_ptr value;
};

/// What a JSON function does on EMPTY or ERROR; `value` only for `default_value`.
struct json_behavior {
  json_behavior_kind kind = json_behavior_kind::null;
  expression_ptr value;
};

/// JSON_VALUE, JSON_QUERY, JSON_EXISTS over `input` and `path`.
struct json_path_call {
  json_path_function function = json_path_function::value;
  expression_ptr input;
  expression_ptr path;
  std::optional<type_name> returning;
  std::optional<json_wrapper> wrapper;
  std::optional<json_behavior> on_empty;
  std::optional<json_behavior> on_error;
};

struct json_member;

/// JSON_OBJECT, JSON_OBJECTAGG (one member; both with keys), JSON_ARRAY, JSON_ARRAYAGG (no keys).
/// `absent_on_null` empty: the function's own default.
struct json_constructor_call {
  json_constructor function = json_constructor::object;
  std::vector<json_member> members;
  std::optional<bool> absent_on_null;
  std::vector<order_item> order_by;
  expression_ptr filter;
};

/// `ARRAY[..]`, `MAP[k, v, ..]`, `MULTISET[..]`, or with `subquery` set `ARRAY(SELECT ..)`.
struct collection_constructor {
  collection_kind kind = collection_kind::array;
  std::vector<expression> items;
  query_ptr subquery;
};

/// `a[1]`, `m['k']`.
struct element_access {
  expression_ptr base;
  expression_ptr index;
};

/// `(expression).field`, `f(x).field`, `a[1].field`; a plain `a.b` is an identifier.
struct field_access {
  expression_ptr base;
  name field;
};

/// A bare unit as an argument (see `function_call`).
struct unit_argument {
  time_unit unit = time_unit::day;
};

/// `DESCRIPTOR(a, b)`.
struct descriptor {
  qualified_name columns;
};

/// `TABLE t [PARTITION BY ..] [ORDER BY ..]` or `(SELECT ..) [PARTITION BY ..]` as an argument;
/// either `table` or `subquery`.
struct table_argument {
  qualified_name table;
  query_ptr subquery;
  std::vector<expression> partition_by;
  std::vector<order_item> order_by;
};

/// DEFAULT as an argument or inserted value.
struct default_value {};

/// In the order of `expression::node`'s alternatives.
enum class expression_kind : std::uint8_t {
  identifier,
  star,
  literal,
  interval_literal,
  interval_value,
  unary_operation,
  binary_operation,
  between,
  in_list,
  in_subquery,
  exists,
  like,
  quantified_comparison,
  row_constructor,
  scalar_subquery,
  case_when,
  cast,
  function_call,
  trim_call,
  json_path_call,
  json_constructor_call,
  collection_constructor,
  element_access,
  field_access,
  unit_argument,
  descriptor,
  table_argument,
  default_value,
};

/// A node of an expression. A value: copying clones the tree. Walk it with a switch over `kind()`
/// and `as<T>()`. The parser keeps every tree at most `max_tree_height` high, so recursion is safe.
struct expression {
  /// What an error about this node points at: operator, function name, literal, identifier.
  text_position at;
  std::variant<identifier, star, literal, interval_literal, interval_value, unary_operation,
               binary_operation, between, in_list, in_subquery, exists, like, quantified_comparison,
               row_constructor, scalar_subquery, case_when, cast, function_call, trim_call,
               json_path_call, json_constructor_call, collection_constructor, element_access,
               field_access, unit_argument, descriptor, table_argument, default_value>
      node;

  [[nodiscard]] expression_kind kind() const { return static_cast<expression_kind>(node.index()); }
  template <class T>
  [[nodiscard]] const T& as() const {
    return std::get<T>(node);
  }
  template <class T>
  [[nodiscard]] T& as() {
    return std::get<T>(node);
  }
  /// Null when the node is of another kind.
  template <class T>
  [[nodiscard]] const T* get_if() const {
    return std::get_if<T>(&node);
  }
};

/// `WHEN a, b THEN c`: a simple CASE takes several values, which stand in `also`.
struct case_branch {
  expression when;
  std::vector<expression> also;
  expression then;
};

/// `value` or `parameter => value`.
struct argument {
  std::optional<name> parameter;
  expression value;
};

/// `key` is empty in arrays.
struct json_member {
  expression_ptr key;
  expression value;
};

struct order_item {
  expression value;
  bool descending = false;
  /// NULLS FIRST or LAST; empty: Flink's default (first when ascending, last when descending).
  std::optional<bool> nulls_first;
};

/// `UNBOUNDED PRECEDING`, `n PRECEDING`, `CURRENT ROW`, ...
struct frame_bound {
  frame_bound_kind kind = frame_bound_kind::current_row;
  expression_ptr offset;
};

struct window_frame {
  frame_unit unit = frame_unit::range;
  frame_bound start;
  frame_bound end;
  text_position at;
};

/// `OVER w` (only `base`, `reference` true), `OVER (w PARTITION BY ..)`, and WINDOW definitions.
struct window_spec {
  text_position at;
  std::optional<name> base;
  bool reference = false;
  std::vector<expression> partition_by;
  std::vector<order_item> order_by;
  std::optional<window_frame> frame;
};

}  // namespace millrace::sql
