#pragma once

#include "core/plan/logical/logical_plan.hpp"
#include "core/sql/ast/name.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::sql {

// Column indices of bound expressions while a query block is being bound: below `pending_base` they
// are columns of the block's input; from there on they stand for something that a later stage
// computes (an aggregate, an OVER call, a sub-query), from `outer_base` on for columns of the
// enclosing query's input. None of them is left in a finished plan.
inline constexpr std::uint32_t pending_base = 0x40000000;
inline constexpr std::uint32_t outer_base = 0x80000000;

/// A column under the name it has here.
struct scope_column {
  std::string name;
  std::uint32_t index = 0;  ///< of the relation's node
  /// The alias it had inside of a derived table that has none itself: `A` of
  /// `FROM (SELECT A.x FROM t AS A)`. A name of last resort.
  std::string origin;
};

/// What one item of FROM makes visible.
struct scope_table {
  std::string alias;              ///< empty for a derived table without alias
  std::vector<std::string> path;  ///< catalog, database, table; empty for all but named tables
  std::vector<scope_column> columns;
};

/// A common column of JOIN USING and NATURAL JOIN: shown once, first.
struct merged_column {
  std::string name;
  expr::expr_ptr value;
  std::vector<std::uint32_t> hides;
};

/// A plan and the names that reach its columns. The node may have more columns than are visible.
struct relation {
  plan::logical_ptr node;
  std::vector<scope_table> tables;
  std::vector<merged_column> merged;
  /// Conditions over the node's columns and those of the query around, left to WHERE.
  std::vector<expr::expr_ptr> correlation = {};
};

/// A SELECT block as the names inside of it see it.
class enclosing_block {
 public:
  virtual ~enclosing_block() = default;
  /// A column of the query around the block (`outer_base` + index) as a column of the block's own.
  [[nodiscard]] virtual result<expr::expr_ptr> import_outer(const expr::expr_ptr& column) = 0;
  /// A plan that has the block's own column of that index.
  [[nodiscard]] virtual plan::logical_ptr plan_with(std::uint32_t column) const = 0;
};

/// The names a block sees: its own FROM, then those of the query around it (correlation). `block`
/// is null where names are seen from elsewhere than a SELECT block, such as ON.
struct name_scope {
  const relation* input = nullptr;
  const name_scope* outer = nullptr;
  enclosing_block* block = nullptr;
};

/// A relation of one table with all columns of the node under their own names.
[[nodiscard]] relation make_relation(plan::logical_ptr node, std::string alias = {});

/// What a name was found to be: a column (or a merged one) and how many of its parts named it; the
/// parts behind are fields of a ROW.
struct found_column {
  expr::expr_ptr value;
  std::size_t parts = 1;
};
/// Empty if no column has that name. 2012 if several have.
[[nodiscard]] result<std::optional<found_column>> find_column(const relation& input,
                                                              const qualified_name& name);
/// The table that `t.*` means, or null.
[[nodiscard]] const scope_table* find_table(const relation& input, const qualified_name& name);
/// Names of all visible columns, for hints.
[[nodiscard]] std::vector<std::string> visible_names(const relation& input);
/// `did you mean 'x'?`, or the list of what there is, or nothing.
[[nodiscard]] std::string hint_for(std::string_view wrong, const std::vector<std::string>& known);

[[nodiscard]] expr::expr_ptr column_of(const plan::logical_node& node, std::uint32_t index);

}  // namespace millrace::sql
