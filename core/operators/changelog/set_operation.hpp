#pragma once

#include "core/operators/keyed_input.hpp"
#include "core/operators/outbox.hpp"
#include "core/operators/table_drain.hpp"
#include "core/tables/hash_table.hpp"

namespace millrace::operators {

/// INTERSECT and EXCEPT, with ALL or distinct, over changelogs: counts every row on both sides; the
/// result has it min(l, r) or max(l - r, 0) times (distinct: once or not), so a row that comes or
/// goes changes the result by one row at most. EXCEPT ALL of a single input gives the rows that its
/// changes leave. At the end only (batch mode): the result of the final counts.
///
/// State: `rows` (row -> count left, count right).
class set_operation final : public physical_operator {
 public:
  set_operation(plan::set_operation_spec spec, const operator_inputs& inputs);
  [[nodiscard]] result<void> open(operator_context& context) override;
  [[nodiscard]] result<progress> process(input_id input, const data::batch_ptr& batch,
                                         output& out) override;
  [[nodiscard]] result<progress> resume(output& out) override;
  [[nodiscard]] result<progress> finish(input_id input, output& out) override;

 private:
  [[nodiscard]] result<piece> give_rows();
  [[nodiscard]] data::batch_ptr rows_of_drain();
  [[nodiscard]] std::int64_t copies(const std::int64_t* counts) const;
  void count_rows(const data::record_batch& batch);
  void erase_unused();

  plan::set_operation_spec spec_;
  std::vector<keyed_input> sides_;
  operator_context* context_ = nullptr;
  tables::hash_table* table_ = nullptr;
  data::batch_ptr pending_;  // waits for state
  std::uint32_t side_ = 0;
  outbox outbox_;
  tables::key_decoder decoder_;
  table_drain<tables::hash_table> drain_;
  std::uint32_t ended_sides_ = 0;

  std::vector<char*> payloads_;  // scratch
  std::vector<std::uint8_t> inserted_;
};

}  // namespace millrace::operators
