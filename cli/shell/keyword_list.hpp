#pragma once

#include <span>
#include <string_view>

namespace millrace::cli {

/// Keywords worth completing, in upper case.

/// Those a statement begins with.
[[nodiscard]] std::span<const std::string_view> statement_keywords();
/// Those within statements.
[[nodiscard]] std::span<const std::string_view> clause_keywords();
/// Those that stand behind one word only; empty: `word` leaves it open.
[[nodiscard]] std::span<const std::string_view> keywords_behind(std::string_view word);

}  // namespace millrace::cli
