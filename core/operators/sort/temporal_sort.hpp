#pragma once

#include "core/operators/sort/row_sorter.hpp"
#include "core/operators/stored_watermark.hpp"

#include <string>

namespace millrace::operators {

/// ORDER BY an ascending row time and further keys: rows leave when the watermark passes them. A
/// row at or below the watermark is late: dropped and counted.
class temporal_sort final : public physical_operator {
 public:
  temporal_sort(const plan::temporal_sort_spec& spec, const operator_inputs& inputs);
  [[nodiscard]] result<void> open(operator_context& context) override;
  [[nodiscard]] result<progress> process(input_id input, const data::batch_ptr& batch,
                                         output& out) override;
  [[nodiscard]] result<progress> resume(output& out) override;
  [[nodiscard]] result<progress> on_watermark(timestamp_ms time, output& out) override;
  [[nodiscard]] result<progress> prepare_barrier(output& out) override;

 private:
  [[nodiscard]] result<progress> release(output& out);

  std::uint32_t time_column_;
  std::int64_t ticks_per_ms_;
  row_sorter rows_;
  operator_context* context_ = nullptr;
  stored_watermark watermark_;
  std::string bound_;  // order bytes of the watermark
  data::batch_ptr pending_;
};

}  // namespace millrace::operators
