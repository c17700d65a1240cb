#pragma once

#include "core/base/result.hpp"
#include "core/plan/physical/physical_plan.hpp"
#include "core/sql/session/session.hpp"

#include <optional>

namespace millrace::cli {

/// What COMPILE PLAN and EXECUTE PLAN leave to be run: nothing for a plan that was only written.
///
/// A plan file is a script: all definitions and options the statement needs, the statement, and the
/// plan it gave as comments. It runs as long as that is still the plan it gives; a plan that became
/// another one is refused, for its state would be. The file holds the tables' options as they are,
/// secrets too, so only its owner may read it.
/// Errors: 1004 for files; 1002 for a path that SQL may not use, 2032 for none of this machine;
/// 1005 for a file that exists already, is no plan, or whose plan changed; the planner's.
[[nodiscard]] result<std::optional<plan::physical_plan>> take_plan_file(
    const sql::plan_file_outcome& what, const sql::session& session);

}  // namespace millrace::cli
