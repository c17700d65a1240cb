#pragma once

#include "core/data/types.hpp"
#include "core/expr/aggregate_function.hpp"
#include "core/expr/bound_expr.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace millrace::plan {

/// The row pattern of MATCH_RECOGNIZE as a tree.
/// Source: ISO/IEC TR 19075-5; Flink documentation, "Pattern Recognition".
struct pattern_term {
  enum class kind : std::uint8_t { variable, concatenation, alternation, exclusion, permutation };
  kind what = kind::variable;
  std::uint32_t variable = 0;  ///< index into match_spec::variables
  std::vector<pattern_term> parts;
  std::int32_t at_least = 1;
  std::int32_t at_most = 1;  ///< -1: no limit
  bool reluctant = false;
};

/// A value that DEFINE or MEASURES take from the rows matched so far; becomes one input column of
/// the expressions.
struct match_reference {
  enum class kind : std::uint8_t { first, last, aggregate, partition_column, current_row };
  kind what = kind::last;
  std::vector<std::uint32_t> variables;  ///< whose rows; empty: all rows of the match
  std::int32_t offset = 0;  ///< FIRST(x, n), LAST(x, n); PREV(x, n) steps from there by `physical`
  std::int32_t physical = 0;          ///< PREV: negative, NEXT: positive
  expr::expr_ptr value;               ///< over the input's columns
  expr::aggregate_overload overload;  ///< kind aggregate
  bool distinct = false;
  data::data_type type;
};

enum class skip_kind : std::uint8_t { past_last_row, to_next_row, to_first, to_last };

/// A bound MATCH_RECOGNIZE clause.
struct match_spec {
  std::vector<std::uint32_t> partition;
  std::uint32_t order_column = 0;  ///< a time attribute
  struct further_key {
    std::uint32_t column;
    bool descending;
  };
  std::vector<further_key> further_order;
  bool processing_time = false;
  std::vector<std::string> variables;
  pattern_term pattern;
  /// References that `defines` and `measures` read: their column index i means references[i].
  std::vector<match_reference> references;
  std::vector<expr::expr_ptr> defines;  ///< one per variable; null: TRUE
  std::vector<expr::expr_ptr> measures;
  skip_kind skip = skip_kind::past_last_row;
  std::uint32_t skip_variable = 0;
  std::int64_t within_ms = 0;  ///< 0: none
};

}  // namespace millrace::plan
