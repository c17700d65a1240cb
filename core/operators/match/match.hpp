#pragma once

#include "core/operators/due_timers.hpp"
#include "core/operators/keyed_input.hpp"
#include "core/operators/match/match_lane.hpp"
#include "core/operators/match/match_values.hpp"
#include "core/operators/outbox.hpp"
#include "core/operators/stored_watermark.hpp"
#include "core/tables/hash_table.hpp"
#include "core/tables/order_encoder.hpp"
#include "core/tables/sorted_table.hpp"

#include <cstdint>
#include <memory>
#include <vector>

namespace millrace::operators {

/// MATCH_RECOGNIZE: finds rows that follow a pattern, per partition in the order of time.
///
/// Rows wait until the watermark has passed them (in processing time they are looked at as they
/// come). Then all due partitions go on in step, one row each: what all their runs ask of that row
/// is evaluated together. A partition keeps its rows from the earliest undecided start on; runs are
/// not kept but found again from those starts, which gives the same runs: a start is undecided only
/// while nothing has come of it. WITHIN ends runs also when no row comes.
///
/// State: `rows` (partition, time, further keys and a sequence number -> row), `partitions`
/// (-> number of rows looked at, undecided starts among them), `timers` (times of waiting rows and
/// ends of WITHIN), `watermark`.
class match_operator final : public physical_operator {
 public:
  match_operator(const plan::match_operator_spec& spec, const operator_inputs& inputs);
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
  // A run that asks whether row `lane.at` is one for an element of the pattern.
  struct question {
    std::uint32_t turn;  // index among the lanes that have a row left
    std::uint32_t run;   // index among the lane's asking runs
    std::uint32_t element;
  };

  [[nodiscard]] result<void> take_rows();
  [[nodiscard]] result<void> fire();
  [[nodiscard]] result<void> load_lanes();
  void add_lane(const tables::key_view& key, std::vector<std::string_view>& views);
  [[nodiscard]] result<void> step();
  void ask(std::uint32_t turn, std::vector<match_run>& asking);
  [[nodiscard]] result<void> answer(std::vector<std::vector<match_run>>& asking);
  void advance(match_lane& lane, const match_run& run, std::span<const std::uint8_t> takes);
  [[nodiscard]] result<void> emit();
  void store(match_lane& lane);

  std::shared_ptr<const plan::match_spec> spec_;
  std::vector<data::data_type> types_;
  keyed_input input_;
  tables::order_encoder further_order_;
  tables::row_codec codec_;
  match_pattern pattern_;
  match_values values_;
  operator_context* context_ = nullptr;
  tables::sorted_table* rows_ = nullptr;
  tables::hash_table* partitions_ = nullptr;
  tables::timer_queue* timers_ = nullptr;
  stored_watermark watermark_;
  timestamp_ms until_ = min_watermark;  // rows up to here are due
  outbox outbox_;
  data::batch_ptr batch_;
  due_timers due_;

  std::vector<match_lane> lanes_;     // scratch of one firing
  std::vector<std::uint32_t> turns_;  // lanes that have a row left
  std::vector<question> questions_;
  std::vector<std::uint8_t> answers_;
  std::vector<tables::key_handle> handles_;
  tables::encoded_rows encoded_;
  tables::encoded_rows orders_;
};

}  // namespace millrace::operators
