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

/// FOR SYSTEM_TIME AS OF a row time: each left row meets the version of the right side that was
/// valid at its time.
///
/// Left rows wait until the watermark (of both inputs) has passed them, since an earlier version
/// may still come. A right -D is a version too: from its time on there is no row. -U is not needed:
/// the +U behind it is the next version. Of the versions at or below the watermark only the newest
/// is kept. Source: Flink's TemporalRowTimeJoinOperator.
///
/// State: `left` (key, time and a sequence number -> row), `versions` (key, time -> one byte:
/// deleted, then the row), `timers` (times of waiting rows and of versions), `watermark`.
class temporal_join final : public physical_operator {
 public:
  temporal_join(plan::temporal_join_spec spec, const operator_inputs& inputs);
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
  void take_left(std::uint32_t i, tables::key_handle key, timestamp_ms time);
  void take_version(std::uint32_t i, std::uint32_t row, tables::key_handle key, timestamp_ms time);
  [[nodiscard]] result<void> fire();
  [[nodiscard]] std::string_view version_at(tables::key_handle key, std::string_view time) const;
  void forget(const tables::key_view& key);
  [[nodiscard]] result<void> emit(const std::vector<std::string_view>& left_rows);

  plan::temporal_join_spec spec_;
  keyed_input inputs_[2];
  pair_reader reader_;
  operator_context* context_ = nullptr;
  tables::sorted_table* left_ = nullptr;
  tables::sorted_table* versions_ = nullptr;
  tables::timer_queue* timers_ = nullptr;
  stored_watermark watermark_;
  outbox outbox_;
  data::batch_ptr batch_;
  std::uint32_t input_ = 0;
  due_timers due_;

  std::vector<tables::key_handle> handles_;  // scratch of one batch
  tables::encoded_rows rows_;
  std::string value_;
  row_pairs pairs_;
  std::vector<std::uint8_t> passed_;
};

}  // namespace millrace::operators
