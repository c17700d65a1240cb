#pragma once

#include "core/operators/due_timers.hpp"
#include "core/operators/kept_rows.hpp"
#include "core/operators/outbox.hpp"
#include "core/operators/over/frame_calls.hpp"
#include "core/operators/rank/byte_pool.hpp"
#include "core/operators/row_events.hpp"
#include "core/operators/stored_watermark.hpp"
#include "core/tables/hash_table.hpp"
#include "core/tables/order_encoder.hpp"
#include "core/tables/sorted_table.hpp"

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

namespace millrace::operators {

/// OVER in the order of time, over inserts: rows leave with their results when the watermark passes
/// them (row time) or as they come (processing time). Row time: a row at or below the watermark is
/// late, dropped and counted.
///
/// State: `rows` (key, time and a sequence number -> row): context rows, then waiting ones; `keys`
/// (key -> number of context rows, running results); `timers`, `watermark`.
class over_time final : public physical_operator {
 public:
  over_time(plan::over_spec spec, const operator_inputs& inputs);
  [[nodiscard]] result<void> open(operator_context& context) override;
  [[nodiscard]] result<progress> process(input_id input, const data::batch_ptr& batch,
                                         output& out) override;
  [[nodiscard]] result<progress> resume(output& out) override;
  [[nodiscard]] result<progress> on_watermark(timestamp_ms time, output& out) override;
  [[nodiscard]] result<progress> prepare_barrier(output&) override {
    watermark_.save();
    return progress::need_input;
  }

 private:
  [[nodiscard]] result<void> take_rows();
  [[nodiscard]] result<void> fire();
  [[nodiscard]] result<void> run_key(const tables::key_view& key, timestamp_ms until);
  void prune(tables::key_handle rows, char* payload, std::uint32_t count);
  void emit();

  plan::over_spec spec_;
  bool row_time_;
  std::vector<data::data_type> types_;
  keyed_input input_;
  tables::row_codec codec_;
  frame_calls calls_;
  operator_context* context_ = nullptr;
  tables::sorted_table* rows_ = nullptr;
  tables::hash_table* keys_ = nullptr;
  tables::timer_queue* timers_ = nullptr;
  stored_watermark watermark_;
  timestamp_ms until_ = min_watermark;  // rows up to here are due
  outbox outbox_;
  data::batch_ptr batch_;
  due_timers due_;

  std::vector<tables::key_handle> handles_;  // scratch
  tables::encoded_rows encoded_;
  std::vector<std::string_view> views_;
  std::vector<std::int64_t> times_;
  std::vector<std::uint32_t> peers_;
  byte_pool bytes_;
  row_events events_;
  std::vector<data::column_builder> results_;
};

/// OVER in any order, over any changelog: a batch is one step per key; results that it changed are
/// corrected. All rows are kept.
///
/// State: `rows` (key, sort keys and a sequence number -> row).
class over_value final : public kept_rows {
 public:
  over_value(plan::over_spec spec, const operator_inputs& inputs);
  [[nodiscard]] result<void> open(operator_context& context) override;

 private:
  // A row of a partition and its encoded results.
  struct told_row {
    std::string_view order;
    std::string_view row;
    std::string_view results;
  };
  struct touched_key {
    tables::key_handle key;
    std::vector<told_row> before;
  };
  [[nodiscard]] result<void> step() override;
  [[nodiscard]] result<std::uint32_t> give(tables::key_handle key) override;
  void emit_given() override;
  [[nodiscard]] result<void> touch(tables::key_handle key);
  [[nodiscard]] result<void> evaluate(tables::key_handle key, std::vector<told_row>& out);
  [[nodiscard]] result<void> emit_changes();
  void compare(const std::vector<told_row>& before, const std::vector<told_row>& after);
  void tell(const told_row& row, data::change_kind kind);

  plan::over_spec spec_;
  tables::order_encoder order_;
  frame_calls calls_;
  tables::row_codec result_codec_;

  tables::encoded_rows orders_;  // scratch of one batch
  std::unordered_map<const char*, std::uint32_t> touched_at_;
  std::vector<touched_key> touched_;
  byte_pool bytes_;
  scratch_states scratch_;
  std::vector<std::string_view> told_rows_;
  std::vector<std::string_view> told_results_;
  std::vector<data::change_kind> kinds_;
};

}  // namespace millrace::operators
