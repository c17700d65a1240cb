#pragma once

#include <span>
#include <string>
#include <string_view>

namespace millrace::sql {

/// Compares without regard to case; `upper` must be in upper case (ASCII).
[[nodiscard]] bool equals_keyword(std::string_view word, std::string_view upper);
/// Upper case of ASCII letters.
[[nodiscard]] std::string to_upper(std::string_view word);

/// A word that is no name unless it is in backquotes. Source: Flink documentation, "Reserved
/// Keywords", without those that Flink takes as names.
[[nodiscard]] bool is_reserved(std::string_view word);
/// A reserved word that may still be called: COUNT(..), YEAR(..), LEFT(..).
[[nodiscard]] bool is_function_keyword(std::string_view word);
/// Words a statement or clause can begin with: what a misspelt word is compared to.
[[nodiscard]] std::span<const std::string> clause_keywords();

}  // namespace millrace::sql
