#pragma once

#include "core/sql/ast/query.hpp"

#include <vector>

namespace millrace::sql {

// Looks into unbound expressions; sub-queries are not entered.

/// The operands of a tree of ANDs, left to right.
void split_conjuncts(const expression& e, std::vector<const expression*>& into);
/// All identifiers of an expression.
[[nodiscard]] std::vector<const identifier*> identifiers_in(const expression& e);
/// True if a call with OVER stands in the expression.
[[nodiscard]] bool has_over(const expression& e);
/// True if a sub-query stands in the expression.
[[nodiscard]] bool has_query(const expression& e);
/// The place of an identifier that ends in `name`, or of the expression.
[[nodiscard]] text_position place_of(const expression& e, std::string_view name);

}  // namespace millrace::sql
