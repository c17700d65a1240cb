#include "core/expr/families.hpp"

namespace millrace::expr {
std::span<const aggregate_function> aggregate_functions() { return {}; }
}  // namespace millrace::expr
