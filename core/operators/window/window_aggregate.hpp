#pragma once

#include "core/operators/outbox.hpp"
#include "core/operators/window/slice_table.hpp"
#include "core/operators/window/window_columns.hpp"

#include <vector>

namespace millrace::operators {

/// GROUP BY over TUMBLE, HOP and CUMULATE windows, or over the window columns that an earlier
/// window made; also the global half of a two-phase aggregation over windows. A result leaves once,
/// when the watermark (or the clock) has reached its window's end - 1 ms.
///
/// A row is added to one *slice*; a window merges its slices when it fires. A row is late, and
/// counted, when all its windows have closed. Windows fire in the order of their ends, groups of
/// one window in the order of their key groups and hashes. The end of input also fires windows of
/// processing time.
///
/// State: that of `slice_table`, `watermark`.
class window_aggregate final : public physical_operator {
 public:
  window_aggregate(plan::window_aggregate_spec spec, const operator_inputs& inputs);
  [[nodiscard]] result<void> open(operator_context& context) override;
  [[nodiscard]] result<progress> process(input_id input, const data::batch_ptr& batch,
                                         output& out) override;
  [[nodiscard]] result<progress> resume(output& out) override;
  [[nodiscard]] result<progress> on_watermark(timestamp_ms time, output& out) override;
  [[nodiscard]] timestamp_ms next_processing_time() const override;
  [[nodiscard]] result<progress> on_processing_time(timestamp_ms now, output& out) override;
  [[nodiscard]] result<progress> prepare_barrier(output& out) override;

 private:
  [[nodiscard]] result<progress> absorb();
  [[nodiscard]] result<progress> fire(output& out);
  [[nodiscard]] bool find_due();
  [[nodiscard]] result<void> fire_due();
  [[nodiscard]] result<void> emit_windows(std::vector<char*> states);
  [[nodiscard]] data::column_ptr property_column(plan::window_aggregate_spec::property p,
                                                 const data::data_type& type,
                                                 std::span<char* const> states) const;

  window_shape shape_;
  std::vector<data::data_type> output_types_;
  slice_rows rows_;
  slice_table table_;
  operator_context* context_ = nullptr;
  stored_watermark watermark_;

  data::batch_ptr pending_;             // being absorbed
  timestamp_ms until_ = min_watermark;  // windows closed at this time fire
  due_keys due_;
  outbox outbox_;
};

}  // namespace millrace::operators
