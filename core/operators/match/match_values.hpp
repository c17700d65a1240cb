#pragma once

#include "core/expr/evaluator.hpp"
#include "core/operators/match/match_run.hpp"
#include "core/operators/window/scratch_heap.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace millrace::operators {

/// Computes DEFINE conditions and MEASURES for many runs at once: one row of references per run,
/// gathered as columns.
///
/// What a reference reads of a row is computed once for all rows at hand (`begin`); a run then only
/// says which of these rows it means.
class match_values {
 public:
  explicit match_values(const plan::match_spec& spec) : spec_(spec) {}
  [[nodiscard]] result<void> open(expr::eval_context& context);

  /// Rows that must stay in front of a run's start for PREV.
  [[nodiscard]] std::uint32_t rows_before() const { return rows_before_; }
  /// True if the variable takes every row.
  [[nodiscard]] bool takes_all(std::uint32_t variable) const { return !spec_.defines[variable]; }

  /// The rows of all partitions at hand, one partition behind the other.
  [[nodiscard]] result<void> begin(const data::batch_ptr& rows);

  /// A run, with the place of its partition among the rows.
  struct subject {
    match_run run;
    std::uint32_t base = 0;
    row_range partition;  ///< absolute
  };
  /// Sets `passed[i]` to whether the last row of run i is one for `variable`.
  [[nodiscard]] result<void> define(std::uint32_t variable, std::span<const subject> runs,
                                    std::vector<std::uint8_t>& passed);
  /// Appends the partition columns and measures of matches, one output row each.
  [[nodiscard]] result<std::vector<data::column_ptr>> measure(std::span<const subject> matches);

 private:
  struct expressions {
    std::vector<std::uint32_t> references;
    std::optional<expr::evaluator> code;
  };
  [[nodiscard]] result<expressions> prepare(std::vector<expr::expr_ptr> parts,
                                            expr::eval_context& context) const;
  [[nodiscard]] result<data::column_ptr> gather(const plan::match_reference& reference,
                                                std::span<const subject> runs, std::size_t index);
  [[nodiscard]] result<data::column_ptr> aggregate(const plan::match_reference& reference,
                                                   std::span<const subject> runs,
                                                   std::size_t index);
  [[nodiscard]] std::uint32_t row_of(const plan::match_reference& reference,
                                     const subject& of) const;
  [[nodiscard]] result<std::vector<data::column_ptr>> evaluate(expressions& what,
                                                               std::span<const subject> runs);

  const plan::match_spec& spec_;
  std::uint32_t rows_before_ = 0;
  std::optional<expr::evaluator> row_values_;  // values of references, over input columns
  std::vector<std::uint32_t> value_of_;        // reference -> index among them
  std::vector<expressions> defines_;
  expressions measures_;
  data::batch_ptr rows_;
  std::vector<data::column_ptr> values_;
  scratch_states scratch_;
};

}  // namespace millrace::operators
