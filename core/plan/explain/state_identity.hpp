#pragma once

#include "core/plan/physical/physical_plan.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::plan {

/// One call of an aggregation, as far as the bytes of its accumulator depend on it.
struct call_identity {
  std::string text;         ///< `SUM(price)`: function, arguments, FILTER; no types
  std::string types;        ///< of the arguments: `BIGINT`
  std::string distinct_of;  ///< DISTINCT: the arguments, which share a table of values
  std::uint32_t slots = 0;  ///< of the payload
  bool ordered = false;     ///< keeps all its values in a table of its own
  friend bool operator==(const call_identity&, const call_identity&) = default;
};

/// What the state of an operator stands for, which the types of its tables do not say: state of two
/// queries may only be mixed when it is the same, but for calls that come, go and widen.
///
/// Columns that were computed in front of the operator stand for their expressions where their
/// values went into state that cannot be told apart any more (accumulators, conditions, orders); in
/// rows that are kept they match by name, as Flink's do.
struct state_identity {
  std::string settings;
  std::vector<call_identity> calls;
  bool calls_may_change = false;  ///< the operator can start with the accumulators of some calls

  /// One line each for the settings and every call.
  [[nodiscard]] std::string to_text() const;
  /// Nothing for text of another form.
  [[nodiscard]] static std::optional<state_identity> from_text(std::string_view text);
  friend bool operator==(const state_identity&, const state_identity&) = default;
};

/// Empty for operators that keep no state.
[[nodiscard]] state_identity identity_of(const physical_plan& plan, const physical_node& node);

}  // namespace millrace::plan
