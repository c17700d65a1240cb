#pragma once

#include "core/connectors/sink.hpp"
#include "core/plan/physical/physical_plan.hpp"
#include "core/runtime/chain_output.hpp"
#include "core/runtime/task_metrics.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace millrace::runtime {

/// A committable of the sink at `node` of the plan.
struct sink_committable {
  std::uint32_t node = 0;
  connectors::committable work;
};

/// The end of a chain that writes a table.
///
/// Puts the columns in the table's order, holds NOT NULL (`table.exec.sink.not-null-enforcer`:
/// error 3006, or the row is dropped), and collects what the writer wants committed at barriers and
/// at the end. Used by its task.
class sink_output final : public chain_output {
 public:
  /// `node` is the sink's index in the plan; `metrics` and `own` (of the sink alone) outlive the
  /// output.
  sink_output(std::uint32_t node, const plan::sink_spec& spec,
              std::unique_ptr<connectors::sink_writer> writer, task_metrics& metrics,
              operators::operator_metrics& own);

  [[nodiscard]] result<void> emit(const data::batch_ptr& batch) override;
  [[nodiscard]] result<void> signal(const data::element& what) override;
  [[nodiscard]] bool full() const override;
  [[nodiscard]] std::int64_t deadline_us() const override { return retry_at_us_; }

  /// What has been prepared since the last call.
  [[nodiscard]] std::vector<sink_committable> take_committables();

 private:
  [[nodiscard]] data::batch_ptr arrange(const data::batch_ptr& batch) const;
  [[nodiscard]] result<data::batch_ptr> without_nulls(const data::batch_ptr& batch) const;
  [[nodiscard]] result<void> prepare(checkpoint_id checkpoint, bool end);

  struct sink_column {
    std::int32_t source = -1;
    std::string name;
    data::data_type type;
  };
  std::uint32_t node_;
  std::vector<sink_column> columns_;
  std::string table_;
  bool drop_null_rows_;
  bool in_place_ = true;  // columns stand as they come
  std::unique_ptr<connectors::sink_writer> writer_;
  task_metrics& metrics_;
  operators::operator_metrics& own_;
  mutable std::int64_t retry_at_us_ = never_us;
  std::vector<sink_committable> prepared_;
};

}  // namespace millrace::runtime
