#pragma once

#include "core/data/column.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace millrace::expr {

struct scalar_overload;
struct bound_expr;
/// Shared and immutable: plans hand sub-expressions around freely.
using expr_ptr = std::shared_ptr<const bound_expr>;

enum class expr_kind : std::uint8_t {
  /// A column of the input, by index.
  column,
  /// A value known at planning time.
  literal,
  /// A function over arguments. Operators, CASE, CAST, AND, field access are calls too.
  call,
};

/// A typed expression over the columns of one input row type. What the binder makes and the
/// evaluator runs.
struct bound_expr {
  expr_kind kind = expr_kind::literal;
  data::data_type type;
  std::uint32_t column = 0;         ///< kind column: index into the input's columns
  data::column_ptr literal;         ///< kind literal: a constant column of length 1
  std::string function;             ///< kind call: the registry's canonical upper-case name
  std::vector<expr_ptr> arguments;  ///< kind call: already cast to what the overload takes
  /// kind call: what the registry resolved the call to.
  std::shared_ptr<const scalar_overload> overload;
};

[[nodiscard]] expr_ptr make_column(std::uint32_t index, data::data_type type);
[[nodiscard]] expr_ptr make_literal(data::column_ptr one_value);

/// Structural equality: same tree, same types, same literal values.
[[nodiscard]] bool equal(const bound_expr& a, const bound_expr& b);
[[nodiscard]] std::size_t hash_of(const bound_expr& e);
/// For EXPLAIN: `(price * 0.908)`, `$3` where `names` is too short.
[[nodiscard]] std::string to_text(const bound_expr& e, const std::vector<std::string>& names = {});

/// The tree with every column index replaced by `mapping[index]`.
[[nodiscard]] expr_ptr remap_columns(const expr_ptr& e, const std::vector<std::uint32_t>& mapping);
/// The tree with every column replaced by the expression at its index (projection merging).
[[nodiscard]] expr_ptr substitute(const expr_ptr& e, const std::vector<expr_ptr>& by);
/// Adds the indices of all columns that the tree reads, each once, ascending.
void collect_columns(const bound_expr& e, std::vector<std::uint32_t>& into);
/// False if the tree holds a function that may give another value for the same input (RAND, UUID,
/// NOW).
[[nodiscard]] bool is_deterministic(const bound_expr& e);
/// True if the evaluation of a row may end in an error (integer division, CAST): such a tree must
/// not be moved above a filter that guards it.
[[nodiscard]] bool can_fail(const bound_expr& e);
/// Conjuncts of a tree of ANDs.
void split_conjunction(const expr_ptr& e, std::vector<expr_ptr>& into);

}  // namespace millrace::expr
