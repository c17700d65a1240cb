#pragma once

#include "core/base/clock.hpp"
#include "core/base/memory_budget.hpp"
#include "core/tables/table_spec.hpp"

namespace millrace::tables {

class state_store;

/// How much of a cold key group comes back when one of its keys is needed.
enum class load_policy : std::uint8_t {
  by_room,  ///< the group while the budget has plenty of room, else the keys
  groups,
  keys,
};

/// What a table set works with. The pointers outlive it.
struct table_context {
  /// Charged for index arrays and storage chunks, never per row; may be driven above its limit (the
  /// owner then calls `table_set::spill`).
  memory_budget* budget = nullptr;
  /// Write times of TTL come from here.
  const clock* time = nullptr;
  /// Where cold key groups go; null: nothing is ever spilled.
  state_store* store = nullptr;
  /// False where no checkpoint is ever a delta and nothing spills: no change is remembered, freezes
  /// must be snapshots.
  bool track_changes = true;
  /// A lookup that meets a cold key group without `prefetch` is a bug (tests): `health` tells it.
  bool strict_prefetch = false;
  load_policy loads = load_policy::by_room;
  key_range range;
};

}  // namespace millrace::tables
