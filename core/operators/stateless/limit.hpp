#pragma once

#include "core/operators/factory.hpp"
#include "core/tables/fwd.hpp"

#include <cstdint>

namespace millrace::operators {

/// OFFSET and LIMIT without ORDER BY over inserts: lets rows through by their arrival. Runs with
/// parallelism 1; how many rows have come is state.
class limit_operator final : public physical_operator {
 public:
  explicit limit_operator(plan::limit_spec spec) : spec_(spec) {}
  [[nodiscard]] result<void> open(operator_context& context) override;
  [[nodiscard]] result<progress> process(input_id input, const data::batch_ptr& batch,
                                         output& out) override;
  [[nodiscard]] result<progress> prepare_barrier(output& out) override;

 private:
  plan::limit_spec spec_;
  tables::task_state* state_ = nullptr;
  std::int64_t seen_ = -1;  // rows so far; -1: not read from state yet
};

}  // namespace millrace::operators
