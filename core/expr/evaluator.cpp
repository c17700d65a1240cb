#include "core/expr/evaluator.hpp"

#include "core/expr/kernel.hpp"
#include "core/expr/program.hpp"
#include "core/expr/selection.hpp"

#include <algorithm>
#include <utility>

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

// The rows for which every conjunct so far is TRUE. Over dense rows simple conjuncts are joined as
// words of bits; a selection is made when a conjunct is dear or may fail, or few rows are left.
// Opens a scope per selection that dropped rows; the caller closes them.
class conjunction {
 public:
  conjunction(program& code, row_set rows) : code_(code), rows_(rows) {}

  result<void> narrow(std::uint32_t root) {
    if (!open_.empty() && (!code_.is_simple(root) || few_are_open())) settle();
    if (rows_.count == 0) return {};
    MILLRACE_TRY(const auto column, code_.run(root, rows_));
    truth_bits truth(*column, rows_.stored);
    if (!rows_.dense()) {
      take(select_true(truth, rows_));
    } else if (open_.empty()) {
      open_ = std::move(truth.is_true);
    } else {
      for (std::size_t w = 0; w < open_.size(); ++w) open_[w] &= truth.is_true[w];
    }
    return {};
  }
  /// The rows; `selection` is set unless all passed.
  row_set finish(data::buffer_ref& selection) {
    settle();
    selection = selection_;
    return rows_;
  }
  /// A bit per row that may have passed; empty if that is not known.
  std::span<const std::uint64_t> passed() const { return passed_; }

 private:
  bool few_are_open() const {
    return data::count_bits(open_.data(), rows_.stored) < rows_.stored / 8;
  }
  void settle() {
    if (open_.empty()) return;
    take(select_bits(open_, rows_));
    passed_ = std::exchange(open_, {});
  }
  void take(chosen_rows passed) {
    if (passed.count == rows_.count) return;
    selection_ = std::move(passed.rows);
    rows_ = {rows_.stored, selection_->as<std::uint32_t>(), passed.count};
    code_.open_scope();
    code_.keep(selection_);
  }

  program& code_;
  row_set rows_;
  std::vector<std::uint64_t> open_;  // empty: no conjunct since the last selection
  std::vector<std::uint64_t> passed_;
  data::buffer_ref selection_;
};

// NULLs that a filter has dropped cost nothing behind it.
data::column_ptr without_dropped_nulls(const data::column_ptr& c,
                                       std::span<const std::uint64_t> passed) {
  const auto* valid = c->validity_words();
  if (passed.empty() || valid == nullptr || c->layout != data::encoding::flat) return c;
  for (std::size_t w = 0; w < passed.size(); ++w)
    if ((passed[w] & ~valid[w]) != 0) return c;
  return with_validity(c, nullptr);
}

result<row_set> run_conjuncts(conjunction& all, std::span<const std::uint32_t> conjuncts,
                              data::buffer_ref& selection) {
  for (const auto root : conjuncts) MILLRACE_CHECK(all.narrow(root));
  return all.finish(selection);
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
  conjunction all(code, rows_of(batch));
  MILLRACE_TRY(const auto rows, run_conjuncts(all, state_->conjuncts, selection));
  count = rows.count;
  return selection;
}

result<calc_result> evaluator::calc(const data::record_batch& batch) {
  program& code = state_->code;
  const program::batch_guard guard(code, batch.columns());
  calc_result out;
  conjunction all(code, rows_of(batch));
  MILLRACE_TRY(const auto rows, run_conjuncts(all, state_->conjuncts, out.selection));
  out.count = rows.count;
  MILLRACE_TRY(out.columns, run_all(code, std::span(state_->roots).subspan(1), rows));
  for (auto& column : out.columns) column = without_dropped_nulls(column, all.passed());
  return out;
}

result<data::column_ptr> evaluate_constant(const expr_ptr& e, eval_context& context) {
  MILLRACE_TRY(auto run, evaluator::make({e}, context));
  MILLRACE_TRY(auto columns, run.evaluate({}, row_set::all(1)));
  return data::constant_of(*columns[0], 0, 1);
}

}  // namespace millrace::expr
