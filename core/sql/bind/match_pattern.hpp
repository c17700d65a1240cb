#pragma once

#include "core/plan/pattern.hpp"
#include "core/sql/ast/match_recognize.hpp"

#include <map>
#include <string>
#include <vector>

namespace millrace::sql {

/// The variables of a pattern in order of appearance and what a name stands for: one variable, or
/// those of a SUBSET.
struct pattern_names {
  std::vector<std::string> variables;
  std::map<std::string, std::vector<std::uint32_t>> meaning;
};

/// Binds PATTERN, SUBSET and AFTER MATCH SKIP into `spec`. Errors: 2026 for what Flink refuses
/// (alternation, permutation, exclusion, quantified groups, a greedy last variable), unknown and
/// duplicate names.
[[nodiscard]] result<pattern_names> bind_pattern(const match_clause& clause,
                                                 plan::match_spec& spec);

}  // namespace millrace::sql
