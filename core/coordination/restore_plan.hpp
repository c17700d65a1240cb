#pragma once

#include "core/coordination/snapshot_store.hpp"
#include "core/plan/physical/physical_plan.hpp"
#include "core/runtime/channel_state.hpp"
#include "core/runtime/operator_restore.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace millrace::coordination {

/// An edge whose rows were in flight, as the new job has it.
struct in_flight_input {
  plan::exchange_kind exchange = plan::exchange_kind::forward;
  std::vector<std::uint32_t> keys;
  data::schema rows;
};

/// What each part of a job goes on from, out of one checkpoint, at the same or another parallelism.
///
/// Made by the job master before it deploys; immutable. Key groups move whole; state that is not
/// keyed moves as its lists say (`tables::redistribution`); of event times the least one counts.
/// Source: Flink documentation, "Working with State".
class restore_plan {
 public:
  /// `files` are those of the manifest; both must outlive the readers handed out.
  restore_plan(checkpoint_manifest manifest, std::shared_ptr<const snapshot_reader> files);

  [[nodiscard]] const checkpoint_manifest& manifest() const { return manifest_; }
  /// For one new instance of an operator; nothing special for one that the checkpoint has not.
  /// Errors: state_corrupt, state_io; state_type_changed when max_parallelism differs.
  [[nodiscard]] result<runtime::operator_restore> instance(const std::string& operator_id,
                                                           std::uint32_t subtask,
                                                           std::uint32_t parallelism,
                                                           std::uint32_t max_parallelism) const;
  /// The rows that were in flight to an operator, as far as one new instance of it works on them:
  /// those of hash exchanges are dealt out again by key group. `inputs` describe the operator's
  /// edges. Errors: as `load_channels`; state_type_changed where rows cannot be dealt out.
  [[nodiscard]] result<std::vector<runtime::channel_state>> in_flight(
      const std::string& operator_id, const std::vector<in_flight_input>& inputs,
      std::uint32_t subtask, std::uint32_t parallelism) const;
  /// Errors: state_type_changed when rows were in flight to an operator that `plan` has not.
  [[nodiscard]] result<void> check_in_flight(const plan::physical_plan& plan) const;
  /// Every subtask of the operator had finished.
  [[nodiscard]] bool finished(const std::string& operator_id) const;
  /// The event time that had come to the operator, the least of its subtasks.
  [[nodiscard]] timestamp_ms watermark(const std::string& operator_id) const;
  /// Ids of all splits that the source at this operator had found.
  [[nodiscard]] std::vector<std::string> seen_splits(const std::string& operator_id) const;
  /// Its splits that were being read, with their positions; all unfinished ones, if there were
  /// never more than readers: those run side by side from the start.
  [[nodiscard]] std::vector<connectors::source_split> read_splits(
      const std::string& operator_id) const;
  /// Its other splits, which no reader had.
  [[nodiscard]] std::vector<connectors::source_split> waiting_splits(
      const std::string& operator_id) const;

 private:
  [[nodiscard]] bool reads_side_by_side(const std::string& operator_id) const;
  using readers = std::vector<std::unique_ptr<tables::delta_reader>>;
  [[nodiscard]] std::vector<const operator_state*> instances_of(const std::string& id) const;
  [[nodiscard]] result<readers> rescaled(const std::vector<const operator_state*>& old,
                                         std::uint32_t subtask, std::uint32_t parallelism) const;

  checkpoint_manifest manifest_;
  std::shared_ptr<const snapshot_reader> files_;
};

}  // namespace millrace::coordination
