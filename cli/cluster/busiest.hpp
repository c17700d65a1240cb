#pragma once

#include <nlohmann/json_fwd.hpp>

#include <cstddef>
#include <string>
#include <vector>

namespace millrace::cli {

/// The subtasks of jobs, as REST shows these in detail, that were busy for most of the last second,
/// at most `most` of them; equally busy ones by the rows that they took. Each with its `job`,
/// `name` (of the job) and `vertex`.
[[nodiscard]] nlohmann::json busiest(const std::vector<nlohmann::json>& jobs, std::size_t most);

/// As a table. `columns`: the most that it may take; 0: any.
[[nodiscard]] std::string busiest_page(const nlohmann::json& subtasks, std::size_t columns);

}  // namespace millrace::cli
