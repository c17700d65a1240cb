#pragma once

#include "core/operators/aggregate/aggregate_calls.hpp"
#include "core/operators/due_pieces.hpp"
#include "core/operators/outbox.hpp"
#include "core/operators/window/session_index.hpp"
#include "core/operators/window/window_distinct.hpp"

#include <vector>

namespace millrace::operators {

/// GROUP BY over SESSION windows. A result leaves when the watermark (or the clock) has reached its
/// session's end - 1 ms, in the order of ends. The end of input also closes sessions of processing
/// time.
///
/// State: that of `session_index`; `sessions` ((session id, group) -> the calls' slots);
/// `distinct_*`.
class session_aggregate final : public physical_operator {
 public:
  session_aggregate(plan::window_aggregate_spec spec, const operator_inputs& inputs);
  [[nodiscard]] result<void> open(operator_context& context) override;
  [[nodiscard]] result<progress> process(input_id input, const data::batch_ptr& batch,
                                         output& out) override;
  [[nodiscard]] result<progress> resume(output& out) override;
  [[nodiscard]] result<progress> on_watermark(timestamp_ms time, output& out) override;
  [[nodiscard]] timestamp_ms next_processing_time() const override {
    return index_.next_processing_time();
  }
  [[nodiscard]] result<progress> on_processing_time(timestamp_ms now, output& out) override;
  [[nodiscard]] result<progress> prepare_barrier(output& out) override;

 private:
  [[nodiscard]] result<progress> absorb();
  void merge_sessions(const data::record_batch& batch);
  [[nodiscard]] result<progress> fire(output& out);
  [[nodiscard]] result<void> emit_closed();

  plan::window_aggregate_spec spec_;
  session_index index_;
  std::vector<data::data_type> output_types_;
  aggregate_calls calls_;
  window_distinct distinct_;
  operator_context* context_ = nullptr;
  tables::hash_table* table_ = nullptr;
  data::batch_ptr pending_;  // being absorbed
  outbox outbox_;

  tables::key_batch keys_;  // scratch
  std::vector<char*> payloads_;
  std::vector<std::uint8_t> inserted_;
};

}  // namespace millrace::operators
