#pragma once

#include "core/sql/ast/expression.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace millrace::sql {

enum class pattern_kind : std::uint8_t {
  variable,
  concatenation,
  alternation,
  permute,
  exclusion,
  start_anchor,
  end_anchor,
  empty,
};

/// `{low,high}` (`high` empty: unbounded); `reluctant` for the suffix `?`.
struct pattern_quantifier {
  std::uint32_t low = 1;
  std::optional<std::uint32_t> high = 1;
  bool reluctant = false;
  text_position at;
};

/// A node of PATTERN; exclusion `{- -}` has one child, `()` is `empty`.
struct row_pattern {
  pattern_kind kind = pattern_kind::empty;
  text_position at;
  name variable;
  std::vector<row_pattern> children;
  std::optional<pattern_quantifier> quantifier;
};

enum class match_skip : std::uint8_t {
  none,
  to_next_row,
  past_last_row,
  to_first,
  to_last,
  to_variable,
};

/// `expression AS name` of MEASURES.
struct measure {
  expression value;
  name alias;
};

/// `variable AS condition` of DEFINE.
struct pattern_definition {
  name variable;
  expression condition;
};

/// `S = (A, B)` of SUBSET.
struct pattern_subset {
  name variable;
  std::vector<name> members;
};

/// The body of MATCH_RECOGNIZE ( ... ).
struct match_clause {
  text_position at;
  std::vector<expression> partition_by;
  std::vector<order_item> order_by;
  std::vector<measure> measures;
  /// Default and Flink's only mode: ONE ROW PER MATCH.
  bool all_rows_per_match = false;
  /// `none`: not written, Flink's default is past_last_row.
  match_skip skip = match_skip::none;
  std::optional<name> skip_target;
  row_pattern pattern;
  /// WITHIN; empty when absent.
  expression_ptr within;
  std::vector<pattern_subset> subsets;
  std::vector<pattern_definition> definitions;
};

}  // namespace millrace::sql
