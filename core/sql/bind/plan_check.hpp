#pragma once

#include "core/base/result.hpp"
#include "core/plan/logical/logical_plan.hpp"

namespace millrace::sql {

/// Makes sure that every expression of a bound plan reads columns that its node's inputs have. What
/// is left of an enclosing query's columns stands where no rule takes it out: 2004 at `at`.
[[nodiscard]] result<void> check_plan(const plan::logical_ptr& root, text_position at);

}  // namespace millrace::sql
