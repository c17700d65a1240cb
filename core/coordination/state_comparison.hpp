#pragma once

#include "core/base/result.hpp"
#include "core/coordination/checkpoint_manifest.hpp"
#include "core/plan/physical/physical_plan.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace millrace::coordination {

/// What becomes of an operator's state when a query goes on from a checkpoint.
enum class state_fate : std::uint8_t {
  kept,     ///< both have the operator; calls may have come and gone, types may have widened
  changed,  ///< both have it, but what it keeps stands for something else
  added,    ///< only the query: it starts empty
  dropped,  ///< only the checkpoint
};

struct operator_fate {
  state_fate fate = state_fate::kept;
  std::string operator_id;
  std::string name;           ///< as EXPLAIN has it
  std::uint64_t entries = 0;  ///< in the checkpoint, tombstones included
  std::uint64_t bytes = 0;
  std::string change;  ///< how it has changed
  friend bool operator==(const operator_fate&, const operator_fate&) = default;
};

/// Every operator with state, and every source, of a query and of a checkpoint, matched by operator
/// id: the query's first, in its order, then what is dropped.
[[nodiscard]] std::vector<operator_fate> compare_state(const plan::physical_plan& query,
                                                       const checkpoint_manifest& checkpoint);

/// That a query loses nothing when it goes on from a checkpoint. Errors: state_type_changed for an
/// operator that computes other things now, and for state that no operator of the query takes,
/// unless that is allowed (Flink's allowNonRestoredState).
[[nodiscard]] result<void> check_takeover(const plan::physical_plan& query,
                                          const checkpoint_manifest& checkpoint,
                                          bool allow_dropped);

}  // namespace millrace::coordination
