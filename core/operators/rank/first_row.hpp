#pragma once

#include "core/operators/due_timers.hpp"
#include "core/operators/keyed_input.hpp"
#include "core/operators/outbox.hpp"
#include "core/operators/row_events.hpp"
#include "core/operators/stored_watermark.hpp"
#include "core/tables/hash_table.hpp"

#include <cstdint>
#include <vector>

namespace millrace::operators {

/// Deduplication that keeps the first row in row time: inserts only, so a row leaves when the
/// watermark has passed it and no earlier one can come. Rows at or below the watermark are late.
/// Source: Flink's RowTimeDeduplicateKeepFirstRowFunction.
///
/// State: `rows` (key -> time, stage, the row while it waits), `timers` (time of the
/// waiting row), `watermark`.
class first_row final : public physical_operator {
 public:
  first_row(plan::deduplicate_spec spec, const operator_inputs& inputs);
  [[nodiscard]] result<void> open(operator_context& context) override;
  [[nodiscard]] result<progress> process(input_id input, const data::batch_ptr& batch,
                                         output& out) override;
  [[nodiscard]] result<progress> resume(output& out) override;
  [[nodiscard]] result<progress> on_watermark(timestamp_ms time, output& out) override;
  [[nodiscard]] result<progress> prepare_barrier(output&) override {
    watermark_.save();
    return progress::need_input;
  }

 private:
  void take_rows();
  void keep(char* payload, std::uint32_t row, timestamp_ms time);
  void fire();

  plan::deduplicate_spec spec_;
  std::vector<data::data_type> types_;
  keyed_input input_;
  tables::row_codec codec_;
  operator_context* context_ = nullptr;
  tables::hash_table* table_ = nullptr;
  tables::timer_queue* timers_ = nullptr;
  stored_watermark watermark_;
  outbox outbox_;
  data::batch_ptr batch_;
  due_timers due_;

  std::vector<char*> payloads_;  // scratch of one batch
  std::vector<std::uint8_t> inserted_;
  std::vector<std::uint32_t> stored_rows_;
  tables::encoded_rows rows_;
  row_events events_;
};

}  // namespace millrace::operators
