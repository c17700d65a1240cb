#pragma once

#include "core/base/result.hpp"
#include "core/data/record_batch.hpp"

#include <cstdint>
#include <map>
#include <string>

namespace millrace::sim {

/// Rows as text with the times each is there: a result without its order. Never holds a zero.
using row_counts = std::map<std::string, std::int64_t>;

void add_row(row_counts& rows, const std::string& row, std::int64_t times);
/// Folds a batch of a changelog in; the cells of a row stand between " | ".
void apply(row_counts& rows, const data::record_batch& batch);
/// Folds the changes in that a sink in format debezium-json has published below `folder`; a row
/// is its JSON text. Errors: state_io for what is no such file.
[[nodiscard]] result<void> apply_files(row_counts& rows, const std::string& folder);
/// The rows that differ, at most `most` of them, a line each: expected and got times.
[[nodiscard]] std::string difference(const row_counts& expected, const row_counts& got,
                                     std::size_t most = 20);

}  // namespace millrace::sim
