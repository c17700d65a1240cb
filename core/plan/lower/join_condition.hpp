#pragma once

#include "core/base/result.hpp"
#include "core/plan/logical/logical_plan.hpp"

#include <optional>
#include <string_view>
#include <vector>

namespace millrace::plan {

/// The condition of a join, taken apart: `left_keys[i] = right_keys[i]` (each over its own input),
/// and the rest over both inputs.
struct join_condition {
  std::vector<expr::expr_ptr> left_keys;
  std::vector<expr::expr_ptr> right_keys;
  std::vector<bool> null_matches;  ///< IS NOT DISTINCT FROM
  std::vector<expr::expr_ptr> rest;
};
[[nodiscard]] join_condition split_join_condition(const expr::expr_ptr& condition,
                                                  std::size_t left_width, std::size_t width);

/// `InnerJoin`, `LeftOuterJoin`, ... as EXPLAIN says it.
[[nodiscard]] std::string_view name_of(join_kind kind);
/// A condition over both inputs after the left one got wider: references to the right one move.
[[nodiscard]] expr::expr_ptr widened(const expr::expr_ptr& e, std::size_t left_old,
                                     std::size_t left_new, std::size_t width);

/// `left.time - right.time` in [lower_ms, upper_ms], found in the conjuncts of `rest`; those are
/// taken out.
struct time_bounds {
  std::uint32_t left_time = 0;
  std::uint32_t right_time = 0;  ///< of the right input
  std::int64_t lower_ms = 0;
  std::int64_t upper_ms = 0;
};
[[nodiscard]] std::optional<time_bounds> take_time_bounds(std::vector<expr::expr_ptr>& rest,
                                                          const std::vector<logical_column>& left,
                                                          const std::vector<logical_column>& right);

}  // namespace millrace::plan
