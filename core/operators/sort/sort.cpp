#include "core/operators/sort/sort.hpp"

#include "core/operators/column_types.hpp"
#include "core/operators/live_rows.hpp"
#include "core/tables/table_set.hpp"

namespace millrace::operators {

sort_operator::sort_operator(const plan::sort_spec& spec, const operator_inputs& inputs)
    : rows_(spec.keys, types_of(inputs.inputs[0])) {}

result<void> sort_operator::open(operator_context& context) {
  context_ = &context;
  rows_.open(context);
  return {};
}

result<progress> sort_operator::process(input_id, const data::batch_ptr& batch, output&) {
  pending_ = batch;
  if (rows_.ready(*context_) == tables::readiness::loading) return progress::need_state;
  rows_.apply(*batch, live_rows(*batch));
  pending_.reset();
  return progress::need_input;
}

result<progress> sort_operator::resume(output& out) {
  return pending_ ? process(input_id(0), data::batch_ptr(pending_), out) : finish(input_id(0), out);
}

result<progress> sort_operator::finish(input_id, output& out) {
  for (bool first = true;; first = false) {
    if (!first && out.full()) return progress::more_output;
    if (rows_.ready(*context_) == tables::readiness::loading) return progress::need_state;
    data::batch_ptr batch = rows_.take_first(context_->batch_rows, {});
    if (!batch) return progress::need_input;
    MILLRACE_CHECK(out.emit(std::move(batch)));
  }
}

}  // namespace millrace::operators
