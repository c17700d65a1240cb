#pragma once

#include "core/coordination/checkpoint_manifest.hpp"
#include "core/tables/delta.hpp"

#include <string>

namespace millrace::state {

/// Writes all that `from` gives as a state file: to `path`, synced, or as `inline_bytes` when it
/// has fewer than `inline_below`. `name` and `location` are left to the caller. On an error nothing
/// stays at `path`. Errors: state_io, state_sync_failed, those of `from`.
[[nodiscard]] result<coordination::state_file> write_state_file(tables::delta_reader& from,
                                                                coordination::state_file_kind kind,
                                                                const std::string& path,
                                                                std::uint64_t inline_below);

}  // namespace millrace::state
