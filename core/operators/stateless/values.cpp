#include "core/operators/stateless/values.hpp"

#include "core/operators/operator_context.hpp"
#include "core/operators/state_spec.hpp"
#include "core/tables/table_set.hpp"
#include "core/tables/task_state.hpp"

namespace millrace::operators {

result<void> values_operator::open(operator_context& context) {
  context_ = &context;
  state_ = &context.tables->open_task_state(state_spec("given"));
  state_->declare("given", tables::redistribution::unite);
  return {};
}

result<progress> values_operator::finish(input_id, output& out) {
  if (context_->subtask != 0 || !state_->get("given").empty()) return progress::need_input;
  state_->set("given", "yes");
  outbox_.put_split(std::make_shared<const data::record_batch>(spec_.columns, spec_.rows),
                    context_->batch_rows);
  return outbox_.drain(out);
}

}  // namespace millrace::operators
