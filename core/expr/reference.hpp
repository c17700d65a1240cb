#pragma once

#include <string>

namespace millrace::expr {

/// All registered functions by family as Markdown tables: docs/reference/functions.md.
[[nodiscard]] std::string functions_reference();

}  // namespace millrace::expr
