#pragma once

#include "core/operators/keyed_input.hpp"
#include "core/operators/outbox.hpp"
#include "core/operators/table_drain.hpp"
#include "core/tables/row_codec.hpp"
#include "core/tables/sorted_table.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::operators {

/// Base of operators that keep the rows of each key in order and take a batch as one step: what a
/// key showed before the batch is compared with what it shows after it. What an operator does with
/// a batch it says in `step`. At the end only (batch mode), `step` gives nothing, and `give` all
/// that a key shows.
///
/// State: `rows` (key, what the operator sorts by and a sequence number -> row).
class kept_rows : public physical_operator {
 public:
  [[nodiscard]] result<void> open(operator_context& context) override;
  [[nodiscard]] result<progress> process(input_id input, const data::batch_ptr& batch,
                                         output& out) final;
  [[nodiscard]] result<progress> resume(output& out) final;
  [[nodiscard]] result<progress> finish(input_id input, output& out) final;

 protected:
  kept_rows(const operator_inputs& inputs, std::vector<std::uint32_t> keys, std::int64_t ttl_ms,
            bool at_end = false);

  /// Changes `rows_` by the batch, whose keys and rows stand in `handles_` and `encoded_`, and puts
  /// what that shows into `outbox_`.
  [[nodiscard]] virtual result<void> step() = 0;
  /// Adds what a key shows to the rows to be given; how many these are by now.
  [[nodiscard]] virtual result<std::uint32_t> give(tables::key_handle) { return 0U; }
  /// Puts the rows to be given into `outbox_`.
  virtual void emit_given() {}
  /// The full order of the newest of the rows with these sort keys that equal `row` (when it goes,
  /// the others keep their places); empty if there is none.
  [[nodiscard]] std::string find_row(tables::key_handle key, std::string_view order,
                                     std::string_view row) const;

  std::vector<data::data_type> types_;
  keyed_input input_;
  tables::row_codec codec_;
  operator_context* context_ = nullptr;
  tables::sorted_table* rows_ = nullptr;
  outbox outbox_;
  data::batch_ptr batch_;
  std::vector<std::uint32_t> stored_rows_;  // the batch's live rows
  std::vector<tables::key_handle> handles_;
  tables::encoded_rows encoded_;

 private:
  [[nodiscard]] result<piece> give_keys();

  std::int64_t ttl_ms_;
  bool at_end_;
  bool ended_ = false;
  table_drain<tables::sorted_table> drain_;
};

}  // namespace millrace::operators
