#pragma once

#include "core/operators/due_pieces.hpp"
#include "core/operators/outbox.hpp"
#include "core/operators/window/session_index.hpp"
#include "core/tables/list_table.hpp"
#include "core/tables/row_codec.hpp"

#include <vector>

namespace millrace::operators {

/// SESSION as a table function: rows are held until their session has closed, then leave in the
/// order of their arrival with window_start, window_end and window_time behind their columns.
///
/// State: that of `session_index`; `rows` ((session id, partition) -> rows).
class session_assign final : public physical_operator {
 public:
  session_assign(plan::window_assign_spec spec, const operator_inputs& inputs);
  [[nodiscard]] result<void> open(operator_context& context) override;
  [[nodiscard]] result<progress> process(input_id input, const data::batch_ptr& batch,
                                         output& out) override;
  [[nodiscard]] result<progress> resume(output& out) override;
  [[nodiscard]] result<progress> on_watermark(timestamp_ms time, output& out) override;
  [[nodiscard]] timestamp_ms next_processing_time() const override {
    return index_.next_processing_time();
  }
  [[nodiscard]] result<progress> on_processing_time(timestamp_ms now, output& out) override;
  [[nodiscard]] result<progress> prepare_barrier(output& out) override;

 private:
  [[nodiscard]] result<progress> absorb();
  void merge_sessions(const data::record_batch& batch);
  [[nodiscard]] result<progress> fire(output& out);
  void emit_closed();

  plan::window_assign_spec spec_;
  session_index index_;
  std::vector<data::data_type> output_types_;
  tables::row_codec codec_;
  operator_context* context_ = nullptr;
  tables::list_table* table_ = nullptr;
  data::batch_ptr pending_;  // being absorbed
  outbox outbox_;

  tables::key_batch keys_;  // scratch
  tables::encoded_rows encoded_;
  std::vector<tables::key_handle> handles_;
};

}  // namespace millrace::operators
