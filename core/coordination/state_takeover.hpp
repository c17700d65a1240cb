#pragma once

#include "core/coordination/checkpoint_manifest.hpp"
#include "core/plan/explain/state_identity.hpp"
#include "core/plan/physical/physical_plan.hpp"
#include "core/tables/state_change.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace millrace::coordination {

/// How an operator of a query takes over what an operator of a checkpoint kept.
struct state_takeover {
  std::string refused;  ///< why it cannot; empty: it can
  std::string noted;    ///< what is different all the same, for EXPLAIN
  std::vector<tables::table_match> matches;
};

/// Matches the calls of two aggregations by their text: those that are new start empty, those that
/// are gone are forgotten, argument types may widen. `before` and `now` are the tables of the
/// operator. Refused: other settings, new calls over an input that takes rows back (they would be
/// taken back from nothing), DISTINCT calls that begin to share their values.
[[nodiscard]] state_takeover match_calls(const plan::state_identity& was,
                                         const plan::state_identity& is,
                                         const std::vector<tables::table_spec>& before,
                                         const std::vector<tables::table_spec>& now);

/// How the operator at `node` takes over its state of the checkpoint; nothing special for one that
/// the checkpoint has not.
[[nodiscard]] state_takeover takeover_of(const plan::physical_plan& query, std::uint32_t node,
                                         const checkpoint_manifest& checkpoint);

/// Notes in a manifest what the state of the query's operators stands for.
void note_identities(const plan::physical_plan& query, checkpoint_manifest& checkpoint);

}  // namespace millrace::coordination
