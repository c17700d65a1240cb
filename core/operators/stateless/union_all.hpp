#pragma once

#include "core/operators/factory.hpp"

namespace millrace::operators {

/// Rows of several inputs, unchanged and in the order in which they come.
class union_operator final : public physical_operator {
 public:
  [[nodiscard]] result<void> open(operator_context&) override { return {}; }
  [[nodiscard]] result<progress> process(input_id input, const data::batch_ptr& batch,
                                         output& out) override;
};

}  // namespace millrace::operators
