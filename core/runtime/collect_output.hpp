#pragma once

#include "core/runtime/chain_output.hpp"
#include "core/runtime/collect_queue.hpp"
#include "core/runtime/task_metrics.hpp"

#include <memory>
#include <utility>

namespace millrace::runtime {

/// The end of a chain that hands rows to the session. Used by its task; `metrics` outlives it.
class collect_output final : public chain_output {
 public:
  collect_output(std::shared_ptr<collect_queue> queue, task_metrics& metrics)
      : queue_(std::move(queue)), metrics_(metrics) {}

  [[nodiscard]] result<void> emit(const data::batch_ptr& batch) override {
    bump(metrics_.sink_rows, std::uint64_t{batch->row_count()});
    queue_->push(batch);
    return {};
  }
  [[nodiscard]] result<void> signal(const data::element&) override { return {}; }
  [[nodiscard]] bool full() const override { return queue_->full(); }

 private:
  std::shared_ptr<collect_queue> queue_;
  task_metrics& metrics_;
};

}  // namespace millrace::runtime
