#pragma once

#include "core/base/clock.hpp"
#include "core/base/strong_id.hpp"
#include "core/data/record_batch.hpp"

#include <variant>

namespace millrace::data {

/// Event time has reached `time`: a row at or below it is late. `max_watermark` ends event time.
struct watermark {
  timestamp_ms time = min_watermark;
  friend bool operator==(const watermark&, const watermark&) = default;
};

/// The channel gives no rows for a while and is left out of the watermark's minimum (`idle`), or is
/// back.
struct idleness {
  bool idle = false;
  friend bool operator==(const idleness&, const idleness&) = default;
};

/// Cuts the stream into before and after checkpoint `id` (Chandy-Lamport).
struct barrier {
  checkpoint_id id;
  timestamp_ms at = 0;     ///< when the coordinator triggered it, wall clock
  bool unaligned = false;  ///< may overtake rows, which then are part of the snapshot
  bool savepoint = false;  ///< the snapshot must be self-contained
  bool final = false;      ///< the last one of a bounded job; behind it comes `end_of_input`
  /// Unaligned only: milliseconds after `at` that it stays in line before it overtakes.
  std::int64_t patience_ms = 0;
  friend bool operator==(const barrier&, const barrier&) = default;
};

/// Nothing follows on this channel.
struct end_of_input {
  /// The job was stopped with a savepoint: windows stay unfired.
  bool stopped_with_savepoint = false;
  friend bool operator==(const end_of_input&, const end_of_input&) = default;
};

/// Sent by a source at `at` (wall clock) to measure how long rows take to get through.
struct latency_marker {
  timestamp_ms at = 0;
  std::uint32_t source_subtask = 0;
  friend bool operator==(const latency_marker&, const latency_marker&) = default;
};

/// What travels on a channel, in order. Cheap to copy; a batch is shared and never null.
using element = std::variant<batch_ptr, watermark, idleness, barrier, end_of_input, latency_marker>;

}  // namespace millrace::data
