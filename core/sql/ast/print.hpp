#pragma once

#include "core/sql/ast/statement.hpp"

#include <string>

namespace millrace::sql {

/// SQL text that parses to the same tree; one line, keywords in upper case, identifiers in
/// backquotes only where they need them, parentheses only where precedence asks for them.
[[nodiscard]] std::string to_sql(const expression& e);
[[nodiscard]] std::string to_sql(const query& q);
[[nodiscard]] std::string to_sql(const statement& s);
[[nodiscard]] std::string to_sql(const type_name& t);
/// `a`, or in backquotes when it is reserved or no plain identifier.
[[nodiscard]] std::string to_sql(const name& n);
[[nodiscard]] std::string to_sql(const qualified_name& n);

}  // namespace millrace::sql
