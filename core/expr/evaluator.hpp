#pragma once

#include "core/data/record_batch.hpp"
#include "core/expr/bound_expr.hpp"
#include "core/expr/scalar_function.hpp"

#include <memory>
#include <vector>

namespace millrace::expr {

/// What `evaluator::calc` gives: columns of the batch's stored length and the rows that passed.
struct calc_result {
  std::vector<data::column_ptr> columns;
  data::buffer_ref selection;  ///< null: all rows that were live in the batch
  std::uint32_t count = 0;
};

/// Runs a set of expressions over batches of one row type. Made once per operator; used on its
/// task's thread.
///
/// Equal sub-expressions are computed once per batch and row set. A column reference costs nothing.
/// Kernels run over whole columns; CASE, AND, OR, COALESCE narrow the rows for their branches.
class evaluator {
 public:
  /// Prepares the expressions (compiles patterns and so on).
  [[nodiscard]] static result<evaluator> make(std::vector<expr_ptr> expressions,
                                              eval_context& context);
  evaluator(evaluator&&) noexcept;
  evaluator& operator=(evaluator&&) noexcept;
  ~evaluator();

  /// One column per expression, each of the batch's stored length, valid at its live rows.
  [[nodiscard]] result<std::vector<data::column_ptr>> evaluate(const data::record_batch& batch);
  /// Like `evaluate` over bare columns.
  [[nodiscard]] result<std::vector<data::column_ptr>> evaluate(
      std::span<const data::column_ptr> columns, const row_set& rows);
  /// The live rows for which expression 0 (a boolean) is TRUE, ascending; `count` gets their
  /// number. Null buffer when all live rows pass.
  [[nodiscard]] result<data::buffer_ref> filter(const data::record_batch& batch,
                                                std::uint32_t& count);
  /// `filter` by expression 0, then the expressions behind it for the rows that passed. What the
  /// condition computed is not computed again.
  [[nodiscard]] result<calc_result> calc(const data::record_batch& batch);

 private:
  struct state;
  explicit evaluator(std::unique_ptr<state> s);
  std::unique_ptr<state> state_;
};

}  // namespace millrace::expr
