#pragma once

#include "core/sql/parse/lexer.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace millrace::cli {

/// The parts of a name, without backquotes.
using name_path = std::vector<std::string>;

/// A table or view that a statement names, and what it calls it.
struct named_relation {
  name_path path;
  std::string alias;  ///< empty: none
};

/// Whether a token can be a part of a name: a word that is not reserved, or one in backquotes.
[[nodiscard]] bool is_name(const sql::token& t);
[[nodiscard]] std::string name_of(const sql::token& t);

/// The relations behind FROM, JOIN, INTO and TABLE in the first statement of `text`, which need not
/// be whole nor right.
[[nodiscard]] std::vector<named_relation> named_relations(std::string_view text);

}  // namespace millrace::cli
