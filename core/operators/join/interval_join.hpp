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
///
/// A late row meets partners that its own input could still have had rows for: whose last partner's
/// time is not below the watermark of the late row's input. Of a pair of late rows both must say
/// so. This is what Flink's TimeIntervalJoin does when the other input has been read to its end;
/// there the outcome hangs on how far it was read, here it never does.
///
/// State: `left`, `right` (key, time and a sequence number -> kept row), `timers` (when kept rows
/// end), `watermark`, `left watermark`, `right watermark`.
class interval_join final : public physical_operator {
 public:
  interval_join(plan::interval_join_spec spec, const operator_inputs& inputs);
  [[nodiscard]] result<void> open(operator_context& context) override;
  [[nodiscard]] result<progress> process(input_id input, const data::batch_ptr& batch,
                                         output& out) override;
  [[nodiscard]] result<progress> resume(output& out) override;
  [[nodiscard]] result<progress> on_watermark(timestamp_ms time, output& out) override;
  void on_input_watermark(input_id input, timestamp_ms time) override {
    sides_[input.value].watermark.advance(time);
  }
  [[nodiscard]] timestamp_ms output_watermark(timestamp_ms input) const override;
  [[nodiscard]] timestamp_ms next_processing_time() const override;
  [[nodiscard]] result<progress> on_processing_time(timestamp_ms now, output& out) override;
  [[nodiscard]] result<progress> prepare_barrier(output&) override;

 private:
  struct side {
    keyed_input input;
    std::uint32_t time_column;
    bool preserved;
    // A row of time t meets rows of the other side in [t + from, t + to].
    std::int64_t from;
    std::int64_t to;
    tables::sorted_table* rows = nullptr;
    stored_watermark watermark = {};
  };
  // How a row is stored: flags, the watermark of its input if it came late, the row.
  struct kept_row {
    bool met = false;
    timestamp_ms watermark = min_watermark;  // `min_watermark`: it was not late
    std::string_view row;

    [[nodiscard]] static kept_row parse(std::string_view value);
    void write(std::string& value) const;
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
  [[nodiscard]] timestamp_ms first_partner(std::uint32_t row) const;
  [[nodiscard]] result<void> join_chunk();
  void note_met(std::uint32_t row, std::uint32_t pair);
  void end_row(std::uint32_t row);
  void end_batch();
  [[nodiscard]] bool worth_keeping(std::uint32_t row) const;
  [[nodiscard]] timestamp_ms time_of(side& s);
  [[nodiscard]] timestamp_ms end_of(const side& s, timestamp_ms time) const;
  void fire();
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

  // The batch at hand.
  data::batch_ptr batch_;
  std::uint32_t probe_ = 0;
  bool loaded_ = false;
  std::vector<timestamp_ms> times_;
  timestamp_ms own_time_ = min_watermark;    // how far the batch's input has come
  timestamp_ms other_time_ = min_watermark;  // and the other one
  std::vector<std::uint8_t> alone_;          // rows with a NULL key
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
