#pragma once

#include <nlohmann/json_fwd.hpp>

#include <string>

namespace millrace::cli {

// What REST answers, for people.

/// A table, a line per job.
[[nodiscard]] std::string jobs_text(const nlohmann::json& jobs);
/// A job with its vertices and failures.
[[nodiscard]] std::string job_text(const nlohmann::json& job);
/// `NAME (ID): FINISHED, in 10 rows, out 5 rows, 1.2 s`
[[nodiscard]] std::string summary_line(const nlohmann::json& job);
/// A line per failure, oldest first.
[[nodiscard]] std::string failures_text(const nlohmann::json& job);
[[nodiscard]] std::string workers_text(const nlohmann::json& workers);

}  // namespace millrace::cli
