#pragma once

#include "core/operators/due_timers.hpp"
#include "core/operators/join/row_pairs.hpp"
#include "core/operators/outbox.hpp"
#include "core/operators/stored_watermark.hpp"
#include "core/operators/windowed_input.hpp"
#include "core/tables/list_table.hpp"

#include <cstdint>
#include <vector>

namespace millrace::operators {

/// Join of the rows of equal windows. Rows wait in lists per key and window; when the watermark
/// closes the window its pairs leave, inserts only, and both lists are dropped.
///
/// Windows are worked on in groups: the left rows of a group become one batch that probes the right
/// lists in chunks of at most a batch of pairs, so a pause stands inside of a group.
/// Source: Flink documentation, "Window JOIN".
///
/// State: `left`, `right` (key and window -> rows), `timers`, `watermark`.
class window_join final : public physical_operator {
 public:
  window_join(plan::window_join_spec spec, const operator_inputs& inputs);
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
  // A window of one key whose pairs are being made.
  struct open_window {
    tables::key_handle left;
    tables::key_handle right;
    std::uint32_t left_end;  // one behind its last left row in the probing batch
  };
  [[nodiscard]] windowed_input::settings input_of(bool left) const;
  void take_rows();
  [[nodiscard]] result<piece> next_piece();
  void begin_group();
  void end_group();
  void fill_chunk();
  void add_left_row();
  [[nodiscard]] result<void> join_chunk();
  void end_left_row(std::uint32_t row, std::uint32_t begin, std::uint32_t end);
  void end_window(tables::key_handle right);

  plan::window_join_spec spec_;
  std::vector<data::data_type> types_[2];
  bool left_preserved_;
  bool right_preserved_;
  bool semi_or_anti_;
  windowed_input inputs_[2];
  pair_reader reader_;
  operator_context* context_ = nullptr;
  tables::list_table* lists_[2] = {nullptr, nullptr};
  tables::timer_queue* timers_ = nullptr;
  stored_watermark watermark_;
  outbox outbox_;
  data::batch_ptr batch_;
  std::uint32_t input_ = 0;
  due_timers due_;

  // The group at hand, and where its pairs have got to.
  bool in_group_ = false;
  std::vector<open_window> windows_;
  std::uint32_t window_ = 0;
  std::uint32_t left_row_ = 0;
  std::vector<std::uint8_t> right_met_;  // right rows of the window, by place

  // A chunk of pairs: where the pairs of a left row end, or (`left_row` is `no_row`) a window.
  struct cut {
    std::uint32_t pair;
    std::uint32_t left_row;
    tables::key_handle right;
  };
  row_pairs pairs_;
  std::vector<cut> cuts_;
  std::vector<std::uint8_t> passed_;
  row_pairs events_;
  tables::encoded_rows rows_;
  std::vector<tables::key_handle> handles_;
};

}  // namespace millrace::operators
