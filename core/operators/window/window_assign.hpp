#pragma once

#include "core/operators/factory.hpp"
#include "core/operators/outbox.hpp"
#include "core/operators/window/window_axis.hpp"
#include "core/operators/window/window_slices.hpp"

#include <cstdint>
#include <vector>

namespace millrace::operators {

/// TUMBLE, HOP and CUMULATE as table functions: a row goes out once per window that holds it, the
/// earliest window first, with window_start, window_end and window_time behind its columns. A row
/// without a time is dropped.
class window_assign final : public physical_operator {
 public:
  window_assign(plan::window_assign_spec spec, const operator_inputs& inputs);
  [[nodiscard]] result<void> open(operator_context& context) override;
  [[nodiscard]] result<progress> process(input_id input, const data::batch_ptr& batch,
                                         output& out) override;
  [[nodiscard]] result<progress> resume(output& out) override;

 private:
  void start_row();
  void expand_some();

  plan::window_assign_spec spec_;
  std::vector<data::data_type> output_types_;
  window_slices slices_;
  window_axis axis_;
  operator_context* context_ = nullptr;
  outbox outbox_;
  // Where the expansion of a batch stands: live row and next window of it.
  data::batch_ptr pending_;
  timestamp_ms now_ = 0;
  std::uint32_t next_row_ = 0;
  timestamp_ms next_window_ = 0;
  timestamp_ms last_window_ = 0;
};

}  // namespace millrace::operators
