#pragma once

#include "core/operators/due_timers.hpp"
#include "core/operators/join/row_pairs.hpp"
#include "core/operators/keyed_input.hpp"
#include "core/operators/outbox.hpp"
#include "core/operators/stored_watermark.hpp"
#include "core/tables/sorted_table.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace millrace::operators {

/// Join of two insert-only inputs with left time - right time in [lower, upper].
///
/// A row meets the kept rows of the other side at once, then is kept until the watermark says that
/// no further partner can come. A preserved row without a partner leaves with NULLs at that moment,
/// so the watermark passed on is held back by the longest wait. In processing time the time of a
/// row is that of its arrival and the clock takes the watermark's place.
/// Source: Flink's TimeIntervalJoin.
///
/// State: `left`, `right` (key, time and a sequence number -> one byte: met, then the row),
/// `timers` (when kept rows end), `watermark`.
class interval_join final : public physical_operator {
 public:
  interval_join(plan::interval_join_spec spec, const operator_inputs& inputs);
  [[nodiscard]] result<void> open(operator_context& context) override;
  [[nodiscard]] result<progress> process(input_id input, const data::batch_ptr& batch,
                                         output& out) override;
  [[nodiscard]] result<progress> resume(output& out) override;
  [[nodiscard]] result<progress> on_watermark(timestamp_ms time, output& out) override;
  [[nodiscard]] timestamp_ms output_watermark(timestamp_ms input) const override;
  [[nodiscard]] timestamp_ms next_processing_time() const override;
  [[nodiscard]] result<progress> on_processing_time(timestamp_ms now, output& out) override;
  [[nodiscard]] result<progress> prepare_barrier(output&) override {
    watermark_.save();
    return progress::need_input;
  }

 private:
  struct side {
    keyed_input input;
    std::uint32_t time_column;
    bool preserved;
    // A row of time t meets rows of the other side in [t + from, t + to].
    std::int64_t from;
    std::int64_t to;
    tables::sorted_table* rows = nullptr;
  };
  struct met_row {
    std::uint32_t row;  // live row that met it: its key is the same
    std::string order;
  };

  [[nodiscard]] side& own() { return sides_[probe_]; }
  [[nodiscard]] side& other() { return sides_[1 - probe_]; }
  [[nodiscard]] result<progress> join_batch(output& out);
  [[nodiscard]] result<progress> expire(output& out);
  [[nodiscard]] result<void> begin_batch();
  [[nodiscard]] result<void> read_times();
  void fill_chunk();
  [[nodiscard]] result<void> join_chunk();
  void note_met(std::uint32_t row, std::uint32_t pair);
  void end_row(std::uint32_t row);
  void end_batch();
  [[nodiscard]] bool worth_keeping(std::uint32_t row) const;
  [[nodiscard]] timestamp_ms end_of(const side& s, timestamp_ms time) const;
  [[nodiscard]] bool fire();
  void expire_rows(side& s, std::uint32_t input, const tables::key_view& key);

  plan::interval_join_spec spec_;
  side sides_[2];
  pair_reader reader_;
  std::int64_t grain_ = 1;  // of the times at which rows end
  operator_context* context_ = nullptr;
  tables::timer_queue* timers_ = nullptr;
  stored_watermark watermark_;
  timestamp_ms passed_time_ = min_watermark;  // the watermark, or the clock in processing time
  outbox outbox_;
  due_timers due_;
  bool popped_ = false;  // `due_` waits for its state

  // The batch at hand.
  data::batch_ptr batch_;
  std::uint32_t probe_ = 0;
  bool loaded_ = false;
  std::vector<timestamp_ms> times_;
  std::vector<std::uint8_t> alone_;  // rows with a NULL key
  std::vector<tables::key_handle> handles_;
  std::uint32_t row_ = 0;
  bool in_row_ = false;
  bool row_met_ = false;
  tables::sorted_cursor cursor_;
  std::string bound_;
  std::vector<std::uint8_t> met_;   // live rows that have met one
  std::vector<met_row> newly_met_;  // kept rows to be marked at the end of the batch
  row_pairs pairs_;
  std::vector<std::string_view> orders_;
  std::vector<std::uint8_t> was_met_;
  std::vector<std::pair<std::uint32_t, std::uint32_t>> ends_;  // live row, pair
  std::vector<std::uint8_t> passed_;
  row_pairs events_;
  std::string value_;
};

}  // namespace millrace::operators
