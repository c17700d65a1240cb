#include "core/operators/join/not_in.hpp"

#include "core/expr/registry.hpp"

namespace millrace::operators {

result<expr::expr_ptr> not_in_condition(expr::expr_ptr rest,
                                        std::span<const std::uint32_t> left_keys,
                                        std::span<const std::uint32_t> right_keys,
                                        std::span<const data::data_type> left,
                                        std::span<const data::data_type> right) {
  const auto left_width = static_cast<std::uint32_t>(left.size());
  for (std::size_t k = 0; k < left_keys.size(); ++k) {
    const auto l = expr::make_column(left_keys[k], left[left_keys[k]]);
    const auto r = expr::make_column(left_width + right_keys[k], right[right_keys[k]]);
    MILLRACE_TRY(auto equal, expr::make_call("=", {l, r}));
    MILLRACE_TRY(auto left_null, expr::make_call("IS NULL", {l}));
    MILLRACE_TRY(auto right_null, expr::make_call("IS NULL", {r}));
    MILLRACE_TRY(auto either, expr::make_call("OR", {left_null, right_null}));
    MILLRACE_TRY(auto meets, expr::make_call("OR", {equal, either}));
    if (!rest) {
      rest = meets;
      continue;
    }
    MILLRACE_TRY(rest, expr::make_call("AND", {rest, meets}));
  }
  return rest;
}

}  // namespace millrace::operators
