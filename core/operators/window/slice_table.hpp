#pragma once

#include "core/operators/aggregate/aggregate_calls.hpp"
#include "core/operators/window/due_keys.hpp"
#include "core/operators/window/scratch_heap.hpp"
#include "core/operators/window/slice_rows.hpp"
#include "core/operators/window/window_distinct.hpp"

#include <cstdint>
#include <vector>

namespace millrace::operators {

/// State of a window aggregation: `slices` ((slice end, group) -> window start, the calls' slots),
/// `windows` (timers of (window end, group) for windows with rows) and `distinct`. Rows are added
/// to one slice each; a window merges its slices when it fires: HOP into scratch memory, CUMULATE
/// step by step into its first slice.
class slice_table {
 public:
  slice_table(const window_shape& shape, std::vector<data::data_type> group_types,
              std::vector<data::data_type> input_types);
  void open(operator_context& context);

  /// True if the calls may be fed the groups of a batch instead of its rows.
  [[nodiscard]] bool takes_groups() const { return distinct_.empty() && calls_.take_groups(); }
  /// Adds the rows; `loading`: state is being read, call again with the same ones. Errors: the
  /// aggregates'.
  [[nodiscard]] result<tables::readiness> add(const data::record_batch& batch, slice_rows& rows);

  [[nodiscard]] timestamp_ms next_time() const { return timers_->next_time(); }
  /// Takes the next windows that are due, of one time, a batch of groups at the most.
  void pop(due_keys& due) { due.pop(*timers_, context_->batch_rows); }
  /// Asks for the state of the windows' slices.
  [[nodiscard]] tables::readiness load(const due_keys& due);
  /// The calls' state per due group, null for one without rows; valid until `drop_done`.
  [[nodiscard]] result<std::vector<char*>> merge(const due_keys& due);
  /// The key columns of the groups last merged, a row each.
  [[nodiscard]] const std::vector<data::column_ptr>& due_columns() const { return due_columns_; }
  /// Lets go of the slices that no later window holds.
  void drop_done();

  [[nodiscard]] aggregate_calls& calls() { return calls_; }
  /// The start of a window whose start is a column of the input.
  [[nodiscard]] static timestamp_ms start_of(const char* state);

 private:
  [[nodiscard]] result<void> feed(const data::record_batch& batch, slice_rows& rows);
  void welcome_new(const data::record_batch& batch, slice_rows& rows);
  void set_timers(const data::record_batch& batch, slice_rows& rows,
                  std::span<const std::uint32_t> fresh);
  [[nodiscard]] std::vector<timestamp_ms> slices_of(timestamp_ms window_end) const;
  void find(const due_keys& due, timestamp_ms slice, bool insert, std::vector<char*>& payloads);
  [[nodiscard]] result<std::vector<char*>> take_slices(const due_keys& due);
  [[nodiscard]] result<std::vector<char*>> merge_hop(const due_keys& due);
  [[nodiscard]] result<std::vector<char*>> merge_cumulative(const due_keys& due);
  [[nodiscard]] result<std::vector<char*>> with_distinct(std::vector<char*> sums);

  const window_shape& shape_;
  std::vector<data::data_type> key_types_;  // of (slice end, group)
  std::vector<data::data_type> group_types_;
  aggregate_calls calls_;
  window_distinct distinct_;
  tables::key_encoder encoder_;
  operator_context* context_ = nullptr;
  tables::hash_table* table_ = nullptr;
  tables::timer_queue* timers_ = nullptr;

  // Scratch of one batch, or of one firing.
  tables::key_batch keys_;
  tables::key_batch new_keys_;
  std::vector<std::uint32_t> places_;
  std::vector<std::uint64_t> hashes_;
  std::vector<char*> payloads_;
  std::vector<std::uint8_t> inserted_;
  std::vector<data::column_ptr> due_columns_;
  std::vector<char*> done_;
  scratch_states scratch_;
};

}  // namespace millrace::operators
