#pragma once

#include "core/plan/logical/logical_plan.hpp"

#include <string>
#include <vector>

namespace millrace::plan {

/// The plan as an indented tree, one node a line, inputs below their reader:
///
///     Project(auction, (0.908 * price) AS price)
///       Filter((bidder = 1003))
///         Scan(default_catalog.default_database.bids)
///
/// A node with several readers is printed in full once, as `#1 ...`, and as `#1` afterwards.
/// For tests and for EXPLAIN's first part.
[[nodiscard]] std::string to_text(const std::vector<logical_ptr>& roots);
[[nodiscard]] std::string to_text(const logical_ptr& root);

}  // namespace millrace::plan
