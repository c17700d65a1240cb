#pragma once

#include "core/connectors/source.hpp"
#include "core/plan/physical/operator_specs.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace millrace::runtime {

/// What a task does next with its source.
struct source_step {
  enum class kind : std::uint8_t {
    batch,       ///< `batch` holds rows
    pending,     ///< nothing until `retry_at_us` or a wake
    want_split,  ///< ask the enumerator, once; then pending until it answers
    ended,
  };
  kind what = kind::pending;
  data::batch_ptr batch = nullptr;
  std::int64_t retry_at_us = 0;
  bool idle = false;
  timestamp_ms watermark = min_watermark;
};

/// The head of a source task: reads one split after the other, asking for the next when one is
/// done.
///
/// Port between a task and its connector's reader; literal rows (VALUES) have one of their own.
/// Used by its task; `wake` of the reader may be called from any thread.
class source_driver {
 public:
  virtual ~source_driver() = default;
  [[nodiscard]] virtual result<source_step> next(std::uint32_t max_rows) = 0;
  /// The enumerator's answer; `nullopt`: no more splits.
  virtual void assign(std::optional<connectors::source_split> split) = 0;
  /// Unfinished splits with their positions, for a checkpoint.
  [[nodiscard]] virtual std::vector<connectors::source_split> snapshot() const = 0;
  /// Ids of the splits that were assigned and are finished.
  [[nodiscard]] virtual std::vector<std::string> finished() const { return {}; }
  /// Ends a wait early; any thread.
  virtual void wake() {}
};

/// Reads a table.
[[nodiscard]] std::unique_ptr<source_driver> make_reader_driver(
    std::unique_ptr<connectors::source_reader> reader);
/// Gives literal rows, once; nothing unless `subtask` is 0. An assigned split (its own, out of a
/// checkpoint) says how many have been given.
[[nodiscard]] std::unique_ptr<source_driver> make_values_driver(const plan::values_spec& spec,
                                                                std::uint32_t subtask);

}  // namespace millrace::runtime
