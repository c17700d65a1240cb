#pragma once

#include "core/sql/ast/expression.hpp"
#include "core/sql/ast/match_recognize.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace millrace::sql {

/// `/*+ NAME(a, b) */` or `/*+ OPTIONS('k'='v') */`; the name in upper case.
struct hint {
  std::string name;
  std::vector<std::string> arguments;
  std::vector<option_entry> options;
  text_position at;
};

/// `t [hints]`: a table or view.
struct named_table {
  qualified_name table;
};

/// `(query)`, also `(VALUES ..)`.
struct derived_table {
  query_ptr subquery;
};

/// `TABLE(f(..))` or `LATERAL TABLE(f(..))`, also a bare `f(..)`; `call` is a function_call. Window
/// functions have a `table_argument`, a `descriptor` and intervals as arguments, by position or by
/// name.
struct table_function {
  expression call;
};

/// `UNNEST(a, ..) [WITH ORDINALITY]`.
struct unnest {
  std::vector<expression> collections;
  bool with_ordinality = false;
};

enum class join_kind : std::uint8_t { inner, left, right, full, cross, comma };

struct table_ref;
using table_ref_ptr = box<table_ref>;

/// At most one of `natural`, `on`, `columns` (USING). `on` stays empty for cross and comma.
struct join {
  join_kind kind = join_kind::inner;
  bool natural = false;
  table_ref_ptr left;
  table_ref_ptr right;
  expression_ptr on;
  qualified_name columns;
};

struct match_recognize {
  table_ref_ptr input;
  match_clause clause;
};

/// In the order of `table_ref::node`'s alternatives.
enum class table_ref_kind : std::uint8_t {
  named_table,
  derived_table,
  table_function,
  unnest,
  join,
  match_recognize,
};

/// `primary [hints] [FOR SYSTEM_TIME AS OF ..] [MATCH_RECOGNIZE ..] [[AS] alias [(columns)]]`.
struct table_ref {
  text_position at;
  std::variant<named_table, derived_table, table_function, unnest, join, match_recognize> node;
  bool lateral = false;
  std::vector<hint> hints;
  /// FOR SYSTEM_TIME AS OF; empty when absent.
  expression_ptr system_time;
  std::optional<name> alias;
  std::vector<name> alias_columns;

  [[nodiscard]] table_ref_kind kind() const { return static_cast<table_ref_kind>(node.index()); }
  template <class T>
  [[nodiscard]] const T& as() const {
    return std::get<T>(node);
  }
  template <class T>
  [[nodiscard]] const T* get_if() const {
    return std::get_if<T>(&node);
  }
};

struct select_item {
  expression value;
  std::optional<name> alias;
};

enum class group_item_kind : std::uint8_t { expression, tuple, grouping_sets, rollup, cube };

/// `expression`: one value. `tuple`: `(a, b)` or `()` inside of the others or as an item.
/// The three others hold nested `items`.
struct group_item {
  group_item_kind kind = group_item_kind::expression;
  text_position at;
  std::vector<expression> values;
  std::vector<group_item> items;
};

struct group_clause {
  bool distinct = false;
  std::vector<group_item> items;
};

struct named_window {
  name window;
  window_spec spec;
};

struct select_block {
  std::vector<hint> hints;
  bool distinct = false;
  std::vector<select_item> items;
  /// Empty without FROM.
  table_ref_ptr from;
  expression_ptr where;
  std::optional<group_clause> group_by;
  expression_ptr having;
  std::vector<named_window> windows;
  expression_ptr qualify;
};

/// Each row is a row_constructor or a single expression.
struct values_block {
  std::vector<expression> rows;
};

/// `TABLE t` as a query.
struct table_block {
  qualified_name table;
};

enum class set_operator : std::uint8_t { union_, intersect, except };

/// Operands that were in parentheses keep their own WITH, ORDER BY and LIMIT.
struct set_operation {
  set_operator op = set_operator::union_;
  bool all = false;
  query_ptr left;
  query_ptr right;
};

/// `(query)` with clauses behind the parentheses.
struct nested_query {
  query_ptr inner;
};

/// `name [(columns)] AS (query)` of WITH.
struct common_table {
  name table;
  std::vector<name> columns;
  query_ptr definition;
};

/// In the order of `query::body`'s alternatives.
enum class query_kind : std::uint8_t {
  select_block,
  values_block,
  table_block,
  set_operation,
  nested_query,
};

/// A query expression with its WITH, ORDER BY, LIMIT and OFFSET.
struct query {
  text_position at;
  std::vector<common_table> with;
  std::variant<select_block, values_block, table_block, set_operation, nested_query> body;
  std::vector<order_item> order_by;
  expression_ptr offset;
  /// LIMIT n or FETCH FIRST n ROWS ONLY; empty also for LIMIT ALL.
  expression_ptr limit;
  /// Where it stands in the script, in bytes.
  std::size_t text_offset = 0;
  std::size_t text_length = 0;

  [[nodiscard]] query_kind kind() const { return static_cast<query_kind>(body.index()); }
  template <class T>
  [[nodiscard]] const T& as() const {
    return std::get<T>(body);
  }
  template <class T>
  [[nodiscard]] const T* get_if() const {
    return std::get_if<T>(&body);
  }
};

}  // namespace millrace::sql
