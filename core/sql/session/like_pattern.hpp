#pragma once

#include <string_view>

namespace millrace::sql {

/// The LIKE of SHOW .. LIKE 'pattern': `%` any text, `_` one byte.
[[nodiscard]] bool matches_like(std::string_view text, std::string_view pattern, bool ignore_case);

}  // namespace millrace::sql
