#pragma once

#include "core/operators/aggregate/aggregate_calls.hpp"
#include "core/operators/keyed_input.hpp"
#include "core/operators/outbox.hpp"

#include <cstdint>
#include <memory>
#include <vector>

namespace millrace::operators {

/// First half of a two-phase aggregation: folds a bundle of rows into one partial state per group,
/// in front of the exchange, so that a hot key crosses it once per bundle. See
/// `group_aggregate_spec` for its output. A bundle is a batch, or with mini-batch what its bounds
/// allow; it ends at watermarks and barriers, so it is never state.
class local_aggregate final : public physical_operator {
 public:
  local_aggregate(plan::group_aggregate_spec spec, const operator_inputs& inputs);
  [[nodiscard]] result<void> open(operator_context& context) override;
  [[nodiscard]] result<progress> process(input_id input, const data::batch_ptr& batch,
                                         output& out) override;
  [[nodiscard]] result<progress> resume(output& out) override { return outbox_.drain(out); }
  [[nodiscard]] result<progress> on_watermark(timestamp_ms, output& out) override {
    return flush(out);
  }
  [[nodiscard]] result<progress> finish(input_id, output& out) override { return flush(out); }
  [[nodiscard]] timestamp_ms next_processing_time() const override;
  [[nodiscard]] result<progress> on_processing_time(timestamp_ms, output& out) override {
    return flush(out);
  }
  [[nodiscard]] result<progress> prepare_barrier(output& out) override { return flush(out); }

 private:
  void touch(const data::record_batch& batch);
  [[nodiscard]] result<progress> flush(output& out);

  plan::group_aggregate_spec spec_;
  keyed_input input_;
  aggregate_calls calls_;
  std::vector<data::data_type> output_types_;
  operator_context* context_ = nullptr;
  std::unique_ptr<tables::table_set> scratch_;  // not the operator's state
  tables::hash_table* table_ = nullptr;
  std::int64_t rows_ = 0;  // of the bundle
  timestamp_ms since_ = 0;
  std::vector<char*> groups_;  // of the bundle, by their first row
  std::vector<data::column_builder> columns_;
  outbox outbox_;

  std::vector<char*> payloads_;  // of one batch
  std::vector<std::uint8_t> inserted_;
};

}  // namespace millrace::operators
