#pragma once

#include "core/operators/aggregate/aggregate_calls.hpp"
#include "core/operators/keyed_input.hpp"
#include "core/operators/outbox.hpp"
#include "core/operators/stored_watermark.hpp"
#include "core/operators/window/due_keys.hpp"
#include "core/operators/window/scratch_heap.hpp"
#include "core/operators/window/window_axis.hpp"
#include "core/operators/window/window_columns.hpp"
#include "core/operators/window/window_distinct.hpp"
#include "core/operators/window/window_slices.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace millrace::operators {

/// GROUP BY over TUMBLE, HOP and CUMULATE windows, or over the window columns that an earlier
/// window made; also the global half of a two-phase aggregation over windows. A result leaves once,
/// when the watermark (or the clock) has reached its window's end - 1 ms.
///
/// A row is added to one *slice*; a window merges its slices when it fires: HOP into scratch
/// memory, CUMULATE step by step into its first slice. A row is late, and counted, when all its
/// windows have closed. Windows fire in the order of their ends, groups of one window in the order
/// of their key groups and hashes. The end of input also fires windows of processing time.
///
/// State: `slices` ((slice end, group) -> window start, the calls' slots), `windows` (timers of
/// (window end, group) for windows with rows), `distinct`, `watermark`.
class window_aggregate final : public physical_operator {
 public:
  window_aggregate(plan::window_aggregate_spec spec, const operator_inputs& inputs);
  [[nodiscard]] result<void> open(operator_context& context) override;
  [[nodiscard]] result<progress> process(input_id input, const data::batch_ptr& batch,
                                         output& out) override;
  [[nodiscard]] result<progress> resume(output& out) override;
  [[nodiscard]] result<progress> on_watermark(timestamp_ms time, output& out) override;
  [[nodiscard]] timestamp_ms next_processing_time() const override;
  [[nodiscard]] result<progress> on_processing_time(timestamp_ms now, output& out) override;
  [[nodiscard]] result<progress> prepare_barrier(output& out) override;

 private:
  // Where the rows of one stretch of time go.
  struct target {
    timestamp_ms begin = 0;  // the times [begin, end)
    timestamp_ms end = 0;
    timestamp_ms slice = 0;
    bool late = false;
    bool homeless = false;  // in a gap between windows
  };
  [[nodiscard]] result<progress> absorb();
  void assign(const data::record_batch& batch);
  void assign_now(const data::record_batch& batch);
  void assign_times(const data::record_batch& batch);
  [[nodiscard]] std::optional<timestamp_ms> slice_of_all(const data::record_batch& batch);
  [[nodiscard]] bool assign_groups(const data::record_batch& batch, timestamp_ms slice);
  void assign_slice(timestamp_ms slice);
  void assign_columns(const data::record_batch& batch);
  void assign_slices(const data::record_batch& batch);
  [[nodiscard]] target target_of(timestamp_ms time);
  void keep(std::uint32_t row, const target& where, std::uint64_t rows = 1);
  [[nodiscard]] result<void> feed(const data::record_batch& batch);
  void encode_slices(const data::record_batch& batch);
  void welcome_new(const data::record_batch& batch);
  [[nodiscard]] timestamp_ms first_open_window(timestamp_ms slice);

  [[nodiscard]] result<progress> fire(output& out);
  [[nodiscard]] bool find_due();
  [[nodiscard]] std::vector<timestamp_ms> due_slices() const;
  [[nodiscard]] bool load_due();
  [[nodiscard]] result<void> fire_due();
  void find_slice(timestamp_ms slice, bool insert, std::vector<char*>& payloads);
  [[nodiscard]] result<std::vector<char*>> take_slices();
  [[nodiscard]] result<std::vector<char*>> merge_hop();
  [[nodiscard]] result<std::vector<char*>> merge_cumulative();
  [[nodiscard]] result<std::vector<char*>> with_distinct(std::vector<char*> sums);
  void erase_slice(char* payload);
  [[nodiscard]] result<void> emit_windows(std::vector<char*> states);

  plan::window_aggregate_spec spec_;
  keyed_input input_;
  std::vector<data::data_type> output_types_;
  aggregate_calls calls_;
  window_distinct distinct_;
  std::optional<window_slices> slices_;  // absent: windows are columns of the input
  window_axis axis_;
  tables::key_encoder encoder_;  // of (slice end, group)
  sub_key_hasher hasher_;
  operator_context* context_ = nullptr;
  tables::hash_table* table_ = nullptr;
  tables::timer_queue* timers_ = nullptr;
  stored_watermark watermark_;

  data::batch_ptr pending_;             // being absorbed
  timestamp_ms until_ = min_watermark;  // windows closed at this time fire
  due_keys due_;
  outbox outbox_;

  // Scratch of one batch.
  std::vector<std::uint32_t> rows_;  // whose keys are looked up
  batch_groups groups_;
  bool grouped_ = false;  // these are the first rows of the batch's groups
  std::shared_ptr<data::buffer> slice_ends_;
  std::vector<std::uint64_t> hashes_;
  tables::key_batch keys_;
  tables::key_batch new_keys_;
  std::vector<char*> payloads_;
  std::vector<std::uint8_t> inserted_;
  // Scratch of one firing.
  std::vector<data::column_ptr> due_columns_;
  std::vector<char*> doomed_;
  scratch_states scratch_;
};

}  // namespace millrace::operators
