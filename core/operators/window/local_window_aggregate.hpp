#pragma once

#include "core/operators/aggregate/aggregate_calls.hpp"
#include "core/operators/keyed_input.hpp"
#include "core/operators/outbox.hpp"
#include "core/operators/window/window_axis.hpp"
#include "core/operators/window/window_slices.hpp"

#include <cstdint>
#include <memory>
#include <vector>

namespace millrace::operators {

/// First half of a two-phase window aggregation: folds rows into one partial state per slice and
/// group, in front of the exchange. Output: groups, one BYTES per call (its state), the end of the
/// slice as BIGINT milliseconds of the windows' axis, and as BIGINT how many rows it folded. Only
/// for aligned windows of event time, without DISTINCT.
///
/// What is folded leaves before a watermark that closes a slice of it, at barriers and when it
/// has grown large, so it is never state. A row whose slice is closed already leaves with its
/// batch: the global half, which knows all inputs' watermarks, says whether it is late.
class local_window_aggregate final : public physical_operator {
 public:
  local_window_aggregate(plan::window_aggregate_spec spec, const operator_inputs& inputs);
  [[nodiscard]] result<void> open(operator_context& context) override;
  [[nodiscard]] result<progress> process(input_id input, const data::batch_ptr& batch,
                                         output& out) override;
  [[nodiscard]] result<progress> resume(output& out) override { return outbox_.drain(out); }
  [[nodiscard]] result<progress> on_watermark(timestamp_ms time, output& out) override;
  [[nodiscard]] result<progress> finish(input_id, output& out) override { return flush(out); }
  [[nodiscard]] result<progress> prepare_barrier(output& out) override { return flush(out); }

 private:
  void assign(const data::record_batch& batch);
  [[nodiscard]] result<void> fold(const data::record_batch& batch);
  void note_new(const data::record_batch& batch);
  [[nodiscard]] bool is_full() const;
  [[nodiscard]] result<progress> flush(output& out);

  plan::window_aggregate_spec spec_;
  keyed_input input_;
  aggregate_calls calls_;
  std::vector<data::data_type> output_types_;
  window_slices slices_;
  window_axis axis_;
  tables::key_encoder encoder_;  // of (slice end, group)
  sub_key_hasher hasher_;
  operator_context* context_ = nullptr;
  std::unique_ptr<tables::table_set> scratch_;  // not the operator's state
  tables::hash_table* table_ = nullptr;
  timestamp_ms watermark_ = min_watermark;

  // What is folded.
  std::vector<char*> groups_;  // by their first row
  timestamp_ms first_slice_ = max_watermark;
  std::vector<data::column_builder> columns_;
  outbox outbox_;

  // Scratch of one batch.
  std::vector<std::uint32_t> rows_;
  std::shared_ptr<data::buffer> slice_ends_;
  std::vector<std::uint64_t> hashes_;
  tables::key_batch keys_;
  std::vector<char*> payloads_;
  std::vector<std::uint8_t> inserted_;
};

}  // namespace millrace::operators
