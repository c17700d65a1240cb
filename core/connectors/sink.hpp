#pragma once

#include "core/base/result.hpp"
#include "core/base/strong_id.hpp"
#include "core/data/record_batch.hpp"
#include "core/operators/operator_context.hpp"
#include "core/plan/changelog.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace millrace::connectors {

/// Work that a writer has prepared and a committer makes visible: opaque bytes of the connector.
/// A commit is idempotent: done twice, it is done once.
struct committable {
  std::string bytes;
};

/// Writes the rows of one subtask. Used by one task.
class sink_writer {
 public:
  virtual ~sink_writer() = default;
  [[nodiscard]] virtual result<void> write(const data::batch_ptr& batch) = 0;
  [[nodiscard]] virtual result<void> on_watermark(timestamp_ms) { return {}; }
  /// True while the writer cannot take more; the task asks again when `retry_at_us` has passed.
  [[nodiscard]] virtual bool busy(std::int64_t& retry_at_us) {
    retry_at_us = 0;
    return false;
  }
  /// All rows so far are staged; gives what has to be committed once the checkpoint is complete.
  [[nodiscard]] virtual result<std::vector<committable>> prepare_commit(checkpoint_id,
                                                                        bool end_of_input) {
    (void)end_of_input;
    return std::vector<committable>{};
  }
};

/// Makes committables visible, in order. Used by one thread.
class sink_committer {
 public:
  virtual ~sink_committer() = default;
  /// After an error whose number says that a second try can help, all of them are given again.
  [[nodiscard]] virtual result<void> commit(const std::vector<committable>& all) = 0;
};

/// A table as a sink. Immutable after `make`.
class sink {
 public:
  virtual ~sink() = default;
  /// The changes the sink can take.
  [[nodiscard]] virtual plan::changelog_mode accepts() const = 0;
  [[nodiscard]] virtual result<std::unique_ptr<sink_writer>> make_writer(
      operators::operator_context& context) = 0;
  /// Null when rows are visible as soon as they are written.
  [[nodiscard]] virtual result<std::unique_ptr<sink_committer>> make_committer() {
    return std::unique_ptr<sink_committer>{};
  }
  /// Before writers are made, and possibly more than once: what subtask `subtask` had prepared by
  /// the checkpoint or savepoint that the job goes on from, for what writers go on from.
  virtual void restore(std::uint32_t subtask, const std::vector<committable>& prepared) {
    (void)subtask;
    (void)prepared;
  }
  /// Before writers are made for a job that goes on from checkpoint `restored` (0: from its start),
  /// when what that checkpoint let go has been committed: takes back what the job of this id has
  /// prepared since, and what it has committed by later checkpoints, which are lost.
  [[nodiscard]] virtual result<void> clear_leftovers(const std::string& job_id,
                                                     checkpoint_id restored) {
    (void)job_id;
    (void)restored;
    return {};
  }
};

}  // namespace millrace::connectors
