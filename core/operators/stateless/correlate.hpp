#pragma once

#include "core/expr/evaluator.hpp"
#include "core/expr/table_function.hpp"
#include "core/operators/factory.hpp"
#include "core/operators/outbox.hpp"

#include <optional>

namespace millrace::operators {

/// Joins every row with the rows a table function makes of it: `CROSS JOIN UNNEST(tags)`,
/// `LATERAL TABLE(f(x))`. `outer` keeps a row that the function gives nothing for, with NULLs.
class correlate_operator final : public physical_operator {
 public:
  explicit correlate_operator(plan::correlate_spec spec) : spec_(std::move(spec)) {}
  [[nodiscard]] result<void> open(operator_context& context) override;
  [[nodiscard]] result<progress> process(input_id input, const data::batch_ptr& batch,
                                         output& out) override;
  [[nodiscard]] result<progress> resume(output& out) override { return outbox_.drain(out); }

 private:
  [[nodiscard]] result<void> expand(const data::batch_ptr& batch);

  plan::correlate_spec spec_;
  operator_context* context_ = nullptr;
  std::optional<expr::evaluator> arguments_;
  outbox outbox_;
};

}  // namespace millrace::operators
