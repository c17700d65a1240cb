#pragma once

#include "core/expr/evaluator.hpp"
#include "core/operators/factory.hpp"
#include "core/operators/stored_watermark.hpp"
#include "core/operators/time_column.hpp"

#include <optional>
#include <vector>

namespace millrace::operators {

/// Makes event time: the running maximum of the watermark expression over the rows so far.
///
/// The running watermark is announced after a batch when `interval_ms` of processing time have
/// passed (at once for 0), and always in front of a row that is late against it: the batch is cut
/// there. So what counts as late depends on rows, never on how they were batched. A watermark of
/// the input (only `feed` gives any) moves the running one and is announced at once. Without rows
/// for `idle_timeout_ms` the input is announced idle. Errors: 3005 for a NULL row time.
class watermark_assigner final : public physical_operator {
 public:
  explicit watermark_assigner(plan::watermark_spec spec) : spec_(std::move(spec)) {}
  [[nodiscard]] result<void> open(operator_context& context) override;
  [[nodiscard]] result<progress> process(input_id input, const data::batch_ptr& batch,
                                         output& out) override;
  [[nodiscard]] result<progress> resume(output& out) override;
  [[nodiscard]] result<progress> on_watermark(timestamp_ms time, output& out) override;
  [[nodiscard]] timestamp_ms output_watermark(timestamp_ms input) const override {
    return input == max_watermark ? max_watermark : min_watermark;
  }
  [[nodiscard]] timestamp_ms next_processing_time() const override;
  [[nodiscard]] result<progress> on_processing_time(timestamp_ms now, output& out) override;
  [[nodiscard]] result<progress> prepare_barrier(output& out) override;

 private:
  // The live rows up to `end` go out, then the watermark.
  struct cut {
    std::uint32_t end;
    timestamp_ms watermark;
  };
  [[nodiscard]] bool in_order(const data::record_batch& batch, const time_column& times,
                              const time_column& marks);
  [[nodiscard]] bool in_order_by_delay(const data::record_batch& batch, const time_column& times);
  [[nodiscard]] bool keeps_order(timestamp_ms least_time, timestamp_ms most_mark);
  [[nodiscard]] result<void> find_cuts(const data::record_batch& batch);
  [[nodiscard]] result<void> wake(output& out);
  [[nodiscard]] result<void> announce(timestamp_ms time, output& out);
  [[nodiscard]] result<progress> finish_batch(output& out);

  plan::watermark_spec spec_;
  operator_context* context_ = nullptr;
  stored_watermark stored_;
  timestamp_ms running_ = min_watermark;
  std::optional<expr::evaluator> expression_;
  std::optional<timestamp_ms> delay_;  // if the expression is the row time less a constant
  bool idle_ = false;
  timestamp_ms announced_ = min_watermark;
  timestamp_ms announced_at_ = 0;  // processing times
  timestamp_ms last_row_at_ = 0;
  data::batch_ptr batch_;  // being sent out in parts
  std::vector<cut> cuts_;
  std::size_t next_cut_ = 0;
  std::uint32_t sent_ = 0;  // live rows of batch_
};

}  // namespace millrace::operators
