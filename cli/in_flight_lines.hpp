#pragma once

#include "core/coordination/snapshot_store.hpp"

#include <string>

namespace millrace::cli {

/// The rows that were in flight to one operator instance, a JSON line each, in the order of each
/// channel. Empty for checkpoints that do not say what these rows look like. Errors: those of the
/// files; state_corrupt.
[[nodiscard]] result<std::string> in_flight_lines(const coordination::snapshot_reader& files,
                                                  const coordination::operator_state& instance);

}  // namespace millrace::cli
