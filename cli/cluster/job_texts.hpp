#pragma once

#include "cli/folded_rows.hpp"

#include <nlohmann/json_fwd.hpp>

#include <cstddef>
#include <string>
#include <vector>

namespace millrace::cli {

// What REST answers, for people. `columns`: the most that a table may take; 0: any.

/// A table, a line per job.
[[nodiscard]] std::string jobs_text(const nlohmann::json& jobs, std::size_t columns);
/// A table, a line per job that has ended.
[[nodiscard]] std::string history_text(const nlohmann::json& jobs, std::size_t columns);
/// `NAME (ID): FINISHED, in 10 rows, out 5 rows, 1.2 s`
[[nodiscard]] std::string summary_line(const nlohmann::json& job);
[[nodiscard]] std::string workers_text(const nlohmann::json& workers, std::size_t columns);

// What pages are made of.

/// A string as it is, `-` for null, another value as JSON.
[[nodiscard]] std::string plain_text(const nlohmann::json& value);
/// `RUNNING`, `CREATED, waits for slots`
[[nodiscard]] std::string status_text(const nlohmann::json& job);
/// With commas; `-` for none.
[[nodiscard]] std::string joined(const nlohmann::json& names);
[[nodiscard]] std::string text_table(const text_row& names, const std::vector<text_row>& rows,
                                     std::size_t columns);

}  // namespace millrace::cli
