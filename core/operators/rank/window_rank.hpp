#pragma once

#include "core/operators/due_timers.hpp"
#include "core/operators/outbox.hpp"
#include "core/operators/rank/ranked_rows.hpp"
#include "core/operators/row_events.hpp"
#include "core/operators/stored_watermark.hpp"
#include "core/operators/windowed_input.hpp"
#include "core/tables/order_encoder.hpp"

#include <cstdint>
#include <vector>

namespace millrace::operators {

/// Top-N and deduplication inside of windows: rows of rank [first, last] leave when the watermark
/// closes their window. Inserts in, inserts out; only rows that may be shown are kept.
/// Source: Flink documentation, "Window Top-N".
///
/// State: `rows` (key and window, sort keys and a sequence number -> row), `timers`, `watermark`.
class window_rank final : public physical_operator {
 public:
  window_rank(plan::window_rank_spec spec, const operator_inputs& inputs);
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
  void fire();

  plan::window_rank_spec spec_;
  std::vector<data::data_type> types_;
  windowed_input input_;
  tables::order_encoder order_;
  tables::row_codec codec_;
  rank_range range_;
  operator_context* context_ = nullptr;
  tables::sorted_table* table_ = nullptr;
  tables::timer_queue* timers_ = nullptr;
  stored_watermark watermark_;
  outbox outbox_;
  data::batch_ptr batch_;
  due_timers due_;

  std::vector<tables::key_handle> handles_;  // scratch of one batch
  tables::encoded_rows orders_;
  tables::encoded_rows rows_;
  std::vector<ranked_row> listed_;
  row_events events_;
  std::vector<std::int64_t> ranks_;
};

}  // namespace millrace::operators
