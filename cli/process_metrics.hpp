#pragma once

#include "core/base/memory_budget.hpp"
#include "core/runtime/metric_list.hpp"

#include <cstddef>
#include <vector>

namespace millrace::cli {

/// A scrape stays below some megabytes, however many jobs and subtasks there are.
inline constexpr std::size_t most_samples = 20'000;

/// CPU time, memory and open files of this process.
void add_process(std::vector<runtime::metric_sample>& out);

/// What the engine's budget allows and holds.
void add_budget(std::vector<runtime::metric_sample>& out, const memory_budget& budget);

}  // namespace millrace::cli
