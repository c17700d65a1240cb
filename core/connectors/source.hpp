#pragma once

#include "core/base/clock.hpp"
#include "core/base/memory_budget.hpp"
#include "core/base/result.hpp"
#include "core/data/record_batch.hpp"
#include "core/operators/operator_context.hpp"
#include "core/plan/physical/operator_specs.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace millrace::connectors {

/// A part of a source's input that one reader reads from front to back: a file, a partition, a
/// range of numbers.
struct source_split {
  std::string id;        ///< unique within the source; sorts in reading order
  std::string position;  ///< where to go on: opaque bytes of the connector, empty = from the start
};

/// What a reader says of its next batch.
enum class read_state : std::uint8_t {
  batch,    ///< `batch` holds rows
  pending,  ///< nothing now; ask again at `retry_at` (steady microseconds) or when `wake` is called
  split_end,  ///< the current split is finished (its last rows were given before)
  ended,      ///< no split is left and none will come
};

struct read_result {
  read_state state = read_state::pending;
  data::batch_ptr batch;
  std::int64_t retry_at_us = 0;
  bool idle = false;  ///< pending because the input has nothing, not because of pacing
  /// Event time behind the rows of this result, from a source that knows it (`feed`); any state.
  timestamp_ms watermark = min_watermark;
};

/// Reads splits one after the other into batches. Used by one task; may block on local files only,
/// for a short read; whatever can block for long runs on a thread of its own inside the reader and
/// gives `pending`.
class source_reader {
 public:
  virtual ~source_reader() = default;
  virtual void add_split(source_split split) = 0;
  virtual void no_more_splits() = 0;
  /// At most `max_rows` rows, of one split, in its order. Errors carry file, row and offset.
  [[nodiscard]] virtual result<read_result> read(std::uint32_t max_rows) = 0;
  /// The splits not yet finished with their positions behind the last row given: what a checkpoint
  /// keeps.
  [[nodiscard]] virtual std::vector<source_split> snapshot() const = 0;
  /// Called from any thread to end a wait early.
  virtual void wake() {}
};

/// A table as a source: finds splits and makes readers. Immutable after `make`; used from any
/// thread.
class source {
 public:
  virtual ~source() = default;
  /// The splits known now, sorted; `parallelism` says among how many readers they will be shared.
  /// Called again every `discovery_interval_ms` if that is not 0; splits already seen are told
  /// apart by id.
  [[nodiscard]] virtual result<std::vector<source_split>> discover(std::uint32_t parallelism) = 0;
  [[nodiscard]] virtual std::int64_t discovery_interval_ms() const { return 0; }
  [[nodiscard]] virtual bool bounded() const = 0;
  /// Above 1 the source can feed that many subtasks; 1: one split, read by subtask 0.
  [[nodiscard]] virtual std::uint32_t max_parallelism() const { return 1u << 15; }
  [[nodiscard]] virtual result<std::unique_ptr<source_reader>> make_reader(
      operators::operator_context& context) = 0;
};

}  // namespace millrace::connectors
