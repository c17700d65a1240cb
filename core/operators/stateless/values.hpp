#pragma once

#include "core/operators/factory.hpp"
#include "core/operators/outbox.hpp"
#include "core/tables/fwd.hpp"

namespace millrace::operators {

/// Literal rows. It has no input: the task calls `finish(input 0)` once after `open`, then the rows
/// leave. Subtask 0 gives them all; after a restore they are not given again.
class values_operator final : public physical_operator {
 public:
  explicit values_operator(plan::values_spec spec) : spec_(std::move(spec)) {}
  [[nodiscard]] result<void> open(operator_context& context) override;
  [[nodiscard]] result<progress> process(input_id, const data::batch_ptr&, output&) override {
    return progress::need_input;
  }
  [[nodiscard]] result<progress> finish(input_id input, output& out) override;
  [[nodiscard]] result<progress> resume(output& out) override { return outbox_.drain(out); }

 private:
  plan::values_spec spec_;
  operator_context* context_ = nullptr;
  tables::task_state* state_ = nullptr;
  outbox outbox_;
};

}  // namespace millrace::operators
