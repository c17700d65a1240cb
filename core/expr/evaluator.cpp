#include "core/expr/evaluator.hpp"

#include "core/expr/kernel.hpp"
#include "core/expr/program.hpp"
#include "core/expr/selection.hpp"

#include <algorithm>

namespace millrace::expr {

struct evaluator::state {
  program code;
  std::vector<std::uint32_t> roots;
  std::vector<std::uint32_t> conjuncts;  // of expression 0
};

evaluator::evaluator(std::unique_ptr<state> s) : state_(std::move(s)) {}
evaluator::evaluator(evaluator&&) noexcept = default;
evaluator& evaluator::operator=(evaluator&&) noexcept = default;
evaluator::~evaluator() = default;

result<evaluator> evaluator::make(std::vector<expr_ptr> expressions, eval_context& context) {
  auto s = std::make_unique<state>();
  s->code.context = &context;
  for (const auto& e : expressions) {
    MILLRACE_TRY(const auto root, s->code.add(e));
    s->roots.push_back(root);
  }
  if (!expressions.empty()) {
    std::vector<expr_ptr> parts;
    split_conjunction(expressions[0], parts);
    for (const auto& part : parts) {
      MILLRACE_TRY(const auto root, s->code.add(part));
      s->conjuncts.push_back(root);
    }
  }
  return evaluator(std::move(s));
}

namespace {

row_set rows_of(const data::record_batch& batch) {
  if (!batch.selected()) return row_set::all(batch.stored_rows());
  return {batch.stored_rows(), batch.selection().data(), batch.row_count()};
}

result<std::vector<data::column_ptr>> run_all(program& code, std::span<const std::uint32_t> roots,
                                              const row_set& rows) {
  std::vector<data::column_ptr> out;
  out.reserve(roots.size());
  for (const auto root : roots) {
    MILLRACE_TRY(auto column, code.run(root, rows));
    out.push_back(std::move(column));
  }
  return out;
}

// Keeps the rows for which every conjunct is TRUE: each sees only what the ones before let through.
// Opens one scope per conjunct that dropped rows; the caller closes them.
result<row_set> run_conjuncts(program& code, std::span<const std::uint32_t> conjuncts, row_set rows,
                              data::buffer_ref& selection) {
  for (const auto root : conjuncts) {
    if (rows.count == 0) break;
    MILLRACE_TRY(const auto column, code.run(root, rows));
    truth_bits truth(*column, rows.stored);
    auto passed = select_true(truth, rows);
    if (passed.count == rows.count) continue;
    selection = std::move(passed.rows);
    rows = {rows.stored, selection->as<std::uint32_t>(), passed.count};
    code.open_scope();
    code.keep(selection);
  }
  return rows;
}

}  // namespace

result<std::vector<data::column_ptr>> evaluator::evaluate(const data::record_batch& batch) {
  return evaluate(batch.columns(), rows_of(batch));
}

result<std::vector<data::column_ptr>> evaluator::evaluate(std::span<const data::column_ptr> columns,
                                                          const row_set& rows) {
  program& code = state_->code;
  const program::batch_guard guard(code, columns);
  return run_all(code, state_->roots, rows);
}

result<data::buffer_ref> evaluator::filter(const data::record_batch& batch, std::uint32_t& count) {
  program& code = state_->code;
  const program::batch_guard guard(code, batch.columns());
  data::buffer_ref selection;
  MILLRACE_TRY(const auto rows, run_conjuncts(code, state_->conjuncts, rows_of(batch), selection));
  count = rows.count;
  return selection;
}

result<calc_result> evaluator::calc(const data::record_batch& batch) {
  program& code = state_->code;
  const program::batch_guard guard(code, batch.columns());
  calc_result out;
  MILLRACE_TRY(const auto rows,
               run_conjuncts(code, state_->conjuncts, rows_of(batch), out.selection));
  out.count = rows.count;
  MILLRACE_TRY(out.columns, run_all(code, std::span(state_->roots).subspan(1), rows));
  return out;
}

result<data::column_ptr> evaluate_constant(const expr_ptr& e, eval_context& context) {
  MILLRACE_TRY(auto run, evaluator::make({e}, context));
  MILLRACE_TRY(auto columns, run.evaluate({}, row_set::all(1)));
  return data::constant_of(*columns[0], 0, 1);
}

}  // namespace millrace::expr
