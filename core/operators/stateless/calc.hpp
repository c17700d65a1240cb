#pragma once

#include "core/expr/evaluator.hpp"
#include "core/operators/factory.hpp"

#include <optional>

namespace millrace::operators {

/// Filter, then projection: `WHERE price > 10` and `SELECT price * 2`.
///
/// A filter only narrows the selection; a bare column of the input is passed on by reference; all
/// else is computed for the rows that passed. Nothing is emitted for no rows. Key hashes are not
/// passed on: they speak of the exchange right in front. Errors: those of the expressions (30xx).
class calc_operator final : public physical_operator {
 public:
  explicit calc_operator(plan::calc_spec spec);
  [[nodiscard]] result<void> open(operator_context& context) override;
  [[nodiscard]] result<progress> process(input_id input, const data::batch_ptr& batch,
                                         output& out) override;
  [[nodiscard]] result<progress> on_watermark(timestamp_ms time, output& out) override;

 private:
  [[nodiscard]] result<expr::calc_result> run(const data::record_batch& batch);

  plan::calc_spec spec_;
  bool only_columns_ = false;
  operator_context* context_ = nullptr;
  std::optional<expr::evaluator> expressions_;
};

}  // namespace millrace::operators
