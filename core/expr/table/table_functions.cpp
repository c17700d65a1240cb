#include "core/expr/families.hpp"

namespace millrace::expr {
std::span<const table_function> table_functions() { return {}; }
}  // namespace millrace::expr
