#pragma once

#include "core/base/result.hpp"
#include "core/plan/pattern.hpp"

#include <cstdint>
#include <limits>
#include <span>
#include <vector>

namespace millrace::operators {

/// A row pattern as a sequence of variables, each with its quantifier.
///
/// A greedy variable takes every row that it can, as in Flink: the next variable gets a row only if
/// the greedy one does not take it (or has enough). A reluctant one tries both, and so does an
/// optional one (`?`): Flink makes that loop of one row not greedy.
class match_pattern {
 public:
  struct element {
    std::uint32_t variable = 0;
    std::uint32_t at_least = 1;
    std::uint32_t at_most = 1;  ///< UINT32_MAX: no limit
    bool reluctant = false;
  };
  /// Errors: 2004 for alternation, exclusion, permutation and quantified groups.
  [[nodiscard]] static result<match_pattern> make(const plan::pattern_term& term);

  [[nodiscard]] const element& operator[](std::size_t i) const { return elements_[i]; }
  [[nodiscard]] std::uint32_t size() const { return static_cast<std::uint32_t>(elements_.size()); }
  /// True if a match may end once element `at` has taken `taken` rows.
  [[nodiscard]] bool complete(std::uint32_t at, std::uint32_t taken) const;

 private:
  [[nodiscard]] result<void> add(const plan::pattern_term& term);
  std::vector<element> elements_;
};

/// Rows [begin, end) of a partition.
struct row_range {
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
  [[nodiscard]] std::uint32_t size() const { return end - begin; }
};

/// One way to read the rows from `start` on: which rows each variable has taken. Rows are strictly
/// contiguous, so a range per variable says it all.
struct match_run {
  std::uint32_t start = 0;
  std::uint32_t next = 0;        ///< the row behind those taken
  std::uint32_t element = 0;     ///< of the pattern, that took the last row
  std::vector<row_range> taken;  ///< per variable

  /// The run after `variable`, element `at` of the pattern, took row `next`.
  [[nodiscard]] match_run with(std::uint32_t at, std::uint32_t variable) const;
  /// Rows of the variables (none named: all rows).
  [[nodiscard]] std::uint32_t count(std::span<const std::uint32_t> variables) const;
  /// Row number `n` of them.
  [[nodiscard]] std::uint32_t row(std::span<const std::uint32_t> variables, std::uint32_t n) const;
};

}  // namespace millrace::operators
