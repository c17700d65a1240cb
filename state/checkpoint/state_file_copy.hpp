#pragma once

#include "core/coordination/checkpoint_manifest.hpp"
#include "core/tables/delta.hpp"
#include "state/storage/object_folder.hpp"

#include <string>

namespace millrace::state {

/// Writes all that `from` gives as a state file: as the object `name` of `to`, durably, or as
/// `inline_bytes` when it has fewer than `inline_below`. The file's own `name` and `location` are
/// left to the caller. On an error nothing stays. Errors: state_io, state_sync_failed, those of
/// `from`.
[[nodiscard]] result<coordination::state_file> write_state_file(tables::delta_reader& from,
                                                                coordination::state_file_kind kind,
                                                                object_folder& to,
                                                                const std::string& name,
                                                                std::uint64_t inline_below);

}  // namespace millrace::state
