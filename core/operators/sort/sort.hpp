#pragma once

#include "core/operators/sort/row_sorter.hpp"

namespace millrace::operators {

/// ORDER BY over bounded input: rows leave in order when the input has ended. Retractions take
/// their rows back before that, so only inserts come out. How far it has got is what is left in
/// state.
class sort_operator final : public physical_operator {
 public:
  sort_operator(const plan::sort_spec& spec, const operator_inputs& inputs);
  [[nodiscard]] result<void> open(operator_context& context) override;
  [[nodiscard]] result<progress> process(input_id input, const data::batch_ptr& batch,
                                         output& out) override;
  [[nodiscard]] result<progress> resume(output& out) override;
  [[nodiscard]] result<progress> finish(input_id input, output& out) override;

 private:
  row_sorter rows_;
  operator_context* context_ = nullptr;
  data::batch_ptr pending_;  // waits for state
};

}  // namespace millrace::operators
