#pragma once

#include "core/base/result.hpp"
#include "core/data/blob_slot.hpp"
#include "core/data/change_kind.hpp"
#include "core/data/column_builder.hpp"
#include "core/expr/row_set.hpp"
#include "core/expr/scalar_function.hpp"

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace millrace::expr {

/// One part of an aggregate's state: fixed bytes, or a blob.
enum class slot_kind : std::uint8_t { fixed, blob };
struct state_slot {
  slot_kind kind = slot_kind::fixed;
  std::uint32_t width = 8;  ///< bytes; 16 for a blob_slot and for 128-bit values
};

/// The rows an aggregate is fed: for live row i of the call, `states[i]` points to the aggregate's
/// first slot of that row's group and `heaps[i]` (when the aggregate has blob slots) to the heap
/// that owns the group's blobs.
struct aggregate_input {
  std::span<const data::column_ptr> arguments;  ///< flat or constant; indexed by stored row
  const row_set& rows;  ///< after FILTER; states are indexed by position, not stored row
  char* const* states;
  data::blob_heap* const* heaps;
  const data::change_kind* kinds;  ///< per stored row; null = all +I
};

/// What an aggregate call was resolved to. All state is plain bytes: zero means "no row yet", it
/// may be copied with memcpy (blobs aside), lies in a state table and is written to checkpoints as
/// it is.
struct aggregate_overload {
  std::vector<data::data_type> argument_types;
  data::data_type result_type;
  std::vector<state_slot> slots;
  /// Adds (+I, +U) or takes back (-U, -D) each row. Branches on types stand outside of the row
  /// loop.
  result<void> (*update)(const aggregate_overload&, const aggregate_input&) = nullptr;
  /// Adds state `from` to `into` (local-global, window slices, session merge); null if not
  /// mergeable.
  void (*merge)(const aggregate_overload&, char* into, data::blob_heap* into_heap,
                const char* from) = nullptr;
  /// Appends the value of each state.
  result<void> (*emit)(const aggregate_overload&, char* const* states, std::uint32_t count,
                       data::column_builder& out) = nullptr;
  bool retractable = true;  ///< `update` handles -U and -D exactly
  /// MIN, MAX and their like over retracting input: the operator keeps all values in an ordered
  /// table and gives this aggregate's value from there.
  bool needs_ordered_values = false;
  bool takes_null_rows = false;  ///< NULL arguments are fed too (ARRAY_AGG, COUNT(*))
};

/// A named aggregate.
struct aggregate_function {
  std::string_view name;
  std::string_view signature;
  std::string_view summary;
  /// `retracting`: the input may carry -U and -D.
  result<aggregate_overload> (*resolve)(const call_site&, bool retracting);
};

}  // namespace millrace::expr
