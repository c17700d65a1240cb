#pragma once

#include "core/operators/factory.hpp"
#include "core/operators/outbox.hpp"

namespace millrace::operators {

/// Every row once per grouping set: columns that the set does not keep are NULL, the last output
/// column is the set's grouping id. One batch goes out per set, on the columns of the input.
class expand_operator final : public physical_operator {
 public:
  explicit expand_operator(plan::expand_spec spec) : spec_(std::move(spec)) {}
  [[nodiscard]] result<void> open(operator_context&) override { return {}; }
  [[nodiscard]] result<progress> process(input_id input, const data::batch_ptr& batch,
                                         output& out) override;
  [[nodiscard]] result<progress> resume(output& out) override { return outbox_.drain(out); }

 private:
  plan::expand_spec spec_;
  outbox outbox_;
};

}  // namespace millrace::operators
