#pragma once

#include "core/base/result.hpp"
#include "core/base/strong_id.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::state {

/// A complete checkpoint as the job's pointer names it.
struct pointer_entry {
  checkpoint_id id{};
  std::string manifest_hash;
  friend bool operator==(const pointer_entry&, const pointer_entry&) = default;
};

/// Which checkpoints of a job are complete, newest first. A checkpoint counts from the moment the
/// pointer names it.
struct job_pointer {
  std::uint64_t leader_epoch = 0;
  std::vector<pointer_entry> complete;
  friend bool operator==(const job_pointer&, const job_pointer&) = default;
};

/// The text form (docs/reference/formats.md).
[[nodiscard]] std::string to_text(const job_pointer& pointer);
/// Errors: state_corrupt.
[[nodiscard]] result<job_pointer> parse_pointer(std::string_view text);

/// Nothing when there is no file. Errors: state_io, state_corrupt.
[[nodiscard]] result<std::optional<job_pointer>> load_pointer(const std::string& path);
/// Swaps the pointer at `path` if it still is `expected`; the caller holds the job's lock. Synced,
/// its directory too. Errors: state_locked when it is another one, state_io, state_sync_failed.
[[nodiscard]] result<void> swap_pointer(const std::string& path,
                                        const std::optional<job_pointer>& expected,
                                        const job_pointer& next);

}  // namespace millrace::state
