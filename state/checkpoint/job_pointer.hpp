#pragma once

#include "core/base/result.hpp"
#include "core/base/strong_id.hpp"

#include <cstdint>
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
  /// Where no lock keeps other runs away: the run that wrote it, and the largest checkpoint id that
  /// it may use. Empty and 0 where the folder is locked.
  std::string owner;
  checkpoint_id reserved{};
  std::vector<pointer_entry> complete;
  friend bool operator==(const job_pointer&, const job_pointer&) = default;
};

/// The text form (docs/reference/formats.md).
[[nodiscard]] std::string to_text(const job_pointer& pointer);
/// Errors: state_corrupt.
[[nodiscard]] result<job_pointer> parse_pointer(std::string_view text);

}  // namespace millrace::state
