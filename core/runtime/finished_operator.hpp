#pragma once

#include "core/operators/operator.hpp"

namespace millrace::runtime {

/// Stands for an operator that had finished before the checkpoint that its job goes on from
/// (FLIP-147): its rows have all been sent, so it takes and gives none; event time and the end of
/// input pass through.
class finished_operator final : public operators::physical_operator {
 public:
  [[nodiscard]] result<void> open(operators::operator_context&) override { return {}; }
  [[nodiscard]] result<operators::progress> process(input_id, const data::batch_ptr&,
                                                    operators::output&) override {
    return operators::progress::need_input;
  }
};

}  // namespace millrace::runtime
