#pragma once

#include "core/plan/lower/plan_builder.hpp"

#include <vector>

namespace millrace::plan {

/// Decides for every edge whether -U travels on it: from the readers back to the producers, -U is
/// dropped only where no reader wants the old row and every exchange on the way keeps the rows of
/// one upsert key on one route. Sets `physical_node::mode`, `upsert_key` and the operators'
/// `emit_update_before`. `needs_old_rows[i]`: node i is a sink that wants -U.
void infer_changelog_modes(plan_builder& builder, const std::vector<bool>& needs_old_rows);

}  // namespace millrace::plan
