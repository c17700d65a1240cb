#include "core/operators/stateless/calc.hpp"

#include "core/operators/operator_context.hpp"

#include <algorithm>

namespace millrace::operators {

calc_operator::calc_operator(plan::calc_spec spec) : spec_(std::move(spec)) {
  only_columns_ = !spec_.condition && std::ranges::all_of(spec_.columns, [](const auto& e) {
    return e->kind == expr::expr_kind::column;
  });
}

result<void> calc_operator::open(operator_context& context) {
  context_ = &context;
  if (only_columns_) return {};
  std::vector<expr::expr_ptr> all;
  if (spec_.condition) all.push_back(spec_.condition);
  all.insert(all.end(), spec_.columns.begin(), spec_.columns.end());
  MILLRACE_TRY(expressions_, expr::evaluator::make(std::move(all), context.eval));
  return {};
}

result<expr::calc_result> calc_operator::run(const data::record_batch& batch) {
  if (spec_.condition) return expressions_->calc(batch);
  expr::calc_result done;
  done.count = batch.row_count();
  if (only_columns_) {
    for (const auto& e : spec_.columns) done.columns.push_back(batch.column_at(e->column));
  } else {
    MILLRACE_TRY(done.columns, expressions_->evaluate(batch));
  }
  return done;
}

result<progress> calc_operator::process(input_id, const data::batch_ptr& batch, output& out) {
  MILLRACE_TRY(expr::calc_result done, run(*batch));
  if (done.count == 0) return progress::need_input;
  data::batch_ptr made =
      std::make_shared<const data::record_batch>(std::move(done.columns), batch->stored_rows());
  if (batch->kinds_buffer()) made = made->with_kinds(batch->kinds_buffer());
  if (done.selection)
    made = made->with_selection(std::move(done.selection), done.count);
  else if (batch->selected())
    made = made->with_selection(batch->selection_buffer(), batch->row_count());
  MILLRACE_CHECK(out.emit(std::move(made)));
  return progress::need_input;
}

result<progress> calc_operator::on_watermark(timestamp_ms time, output&) {
  context_->eval.watermark = time;
  return progress::need_input;
}

}  // namespace millrace::operators
