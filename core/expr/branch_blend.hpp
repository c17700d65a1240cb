#pragma once

#include "core/data/column.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace millrace::expr {

/// A branch of CASE whose value was computed for whole columns: it holds where a bit of `taken` is
/// set. The bits of two branches do not overlap.
struct whole_branch {
  data::column_ptr value;            ///< flat or constant, fixed width or NULL
  std::vector<std::uint64_t> taken;  ///< a bit per stored row
};

/// One fixed-width column out of the branches; rows of no branch are NULL. Copies the branch with
/// the most rows and mends the others' rows in it, so a rare branch costs little. A branch that
/// takes every row is passed on without a copy.
[[nodiscard]] data::column_ptr blend_branches(const data::data_type& type, std::uint32_t stored,
                                              std::span<const whole_branch> branches);

}  // namespace millrace::expr
