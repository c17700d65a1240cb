#pragma once

#include "core/base/clock.hpp"
#include "core/base/error.hpp"
#include "core/base/strong_id.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace millrace::actors {

/// What people want to know of a checkpoint.
struct checkpoint_note {
  enum class phase : std::uint8_t { in_progress, complete, failed };
  checkpoint_id id{};
  phase now = phase::in_progress;
  bool in_line = false;           ///< its barrier has overtaken nothing
  timestamp_ms triggered_at = 0;  ///< wall clock
  std::int64_t duration_ms = 0;   ///< until it was durable, or given up
  std::uint64_t bytes = 0;        ///< of all files that it refers to
  std::uint32_t tasks = 0;
  std::uint32_t acknowledged = 0;  ///< tasks whose part is durable
  std::string failure;             ///< why it was given up
};

/// `in_progress`, `complete` or `failed`.
[[nodiscard]] const char* to_text(checkpoint_note::phase phase);

/// The newest checkpoints of an attempt, oldest first. Events of checkpoints that are not among
/// them are ignored. Not thread safe.
class checkpoint_notes {
 public:
  /// Of more, the oldest are forgotten.
  static constexpr std::size_t most = 32;

  void on_begun(const checkpoint_note& note);
  void on_acknowledged(checkpoint_id id);
  void on_stored(checkpoint_id id, std::uint64_t bytes);
  /// `failure`: none when it is complete.
  void on_settled(checkpoint_id id, timestamp_ms now, const std::optional<error>& failure);
  [[nodiscard]] const std::vector<checkpoint_note>& all() const { return notes_; }

 private:
  [[nodiscard]] checkpoint_note* find(checkpoint_id id);

  std::vector<checkpoint_note> notes_;
};

}  // namespace millrace::actors
