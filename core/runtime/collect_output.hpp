#pragma once

#include "core/runtime/chain_output.hpp"
#include "core/runtime/collect_queue.hpp"
#include "core/runtime/task_metrics.hpp"

#include <memory>
#include <utility>
#include <vector>

namespace millrace::runtime {

/// The end of a chain that hands rows to the session. Used by its task; `metrics` outlives it.
///
/// With `hold` rows wait for the checkpoint that holds them: the task takes them at its barrier
/// (`take_held`), and the job master gives them to the session when the checkpoint is complete.
class collect_output final : public chain_output {
 public:
  collect_output(std::shared_ptr<collect_queue> queue, bool hold, task_metrics& metrics)
      : queue_(std::move(queue)), hold_(hold), metrics_(metrics) {}

  [[nodiscard]] result<void> emit(const data::batch_ptr& batch) override {
    bump(metrics_.sink_rows, std::uint64_t{batch->row_count()});
    if (hold_) {
      held_.push_back(batch);
    } else {
      queue_->push(batch);
    }
    return {};
  }
  [[nodiscard]] result<void> signal(const data::element& what) override {
    const bool cut = std::holds_alternative<data::barrier>(what) ||
                     std::holds_alternative<data::end_of_input>(what);
    if (!cut) return {};
    for (auto& batch : held_) due_.push_back(std::move(batch));
    held_.clear();
    return {};
  }
  [[nodiscard]] bool full() const override { return queue_->full(); }
  /// The rows up to the last barrier or the end that earlier calls did not give.
  [[nodiscard]] std::vector<data::batch_ptr> take_held() { return std::exchange(due_, {}); }

 private:
  std::shared_ptr<collect_queue> queue_;
  bool hold_;
  std::vector<data::batch_ptr> held_;  // behind the last barrier
  std::vector<data::batch_ptr> due_;
  task_metrics& metrics_;
};

}  // namespace millrace::runtime
