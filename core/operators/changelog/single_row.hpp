#pragma once

#include "core/operators/changelog/row_output.hpp"
#include "core/operators/factory.hpp"
#include "core/operators/outbox.hpp"
#include "core/tables/hash_table.hpp"

namespace millrace::operators {

/// The value of a scalar subquery: the single row of its input. When the row goes, or none has come
/// by the end of input, NULLs stand for it. A second row is error 3010. Runs with parallelism 1.
///
/// State: `row` (the empty key -> rows now, the row, the row given out).
class single_row final : public physical_operator {
 public:
  single_row(plan::single_row_spec spec, const operator_inputs& inputs);
  [[nodiscard]] result<void> open(operator_context& context) override;
  [[nodiscard]] result<progress> process(input_id input, const data::batch_ptr& batch,
                                         output& out) override;
  [[nodiscard]] result<progress> resume(output& out) override { return outbox_.drain(out); }
  [[nodiscard]] result<progress> finish(input_id input, output& out) override;

 private:
  [[nodiscard]] char* payload();
  void give(char* payload);

  plan::single_row_spec spec_;
  tables::row_codec codec_;
  std::string null_row_;
  operator_context* context_ = nullptr;
  tables::hash_table* table_ = nullptr;
  row_output made_;
  outbox outbox_;
  tables::encoded_rows rows_;  // scratch
};

}  // namespace millrace::operators
