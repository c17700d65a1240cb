#include "core/expr/arithmetic/arithmetic.hpp"
#include "core/expr/resolve.hpp"

namespace millrace::expr {
result<scalar_overload> resolve_time_arithmetic(const call_site& site, arithmetic_op) {
  return wrong_types(site, "time + INTERVAL");
}
}  // namespace millrace::expr
