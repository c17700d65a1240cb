#include "core/operators/stateless/limit.hpp"

#include "core/operators/operator_context.hpp"
#include "core/operators/state_spec.hpp"
#include "core/tables/table_set.hpp"
#include "core/tables/task_state.hpp"

#include <algorithm>
#include <charconv>

namespace millrace::operators {

result<void> limit_operator::open(operator_context& context) {
  state_ = &context.tables->open_task_state(state_spec("limit"));
  state_->declare("seen", tables::redistribution::split);
  return {};
}

result<progress> limit_operator::process(input_id, const data::batch_ptr& batch, output& out) {
  if (seen_ < 0) {
    seen_ = 0;
    const std::string_view stored = state_->get("seen");
    std::from_chars(stored.data(), stored.data() + stored.size(), seen_);
  }
  const std::int64_t rows = batch->row_count();
  const std::int64_t begin = std::clamp<std::int64_t>(spec_.offset - seen_, 0, rows);
  const std::int64_t end = std::clamp<std::int64_t>(spec_.offset + spec_.limit - seen_, 0, rows);
  seen_ += rows;
  if (begin >= end) return progress::need_input;
  MILLRACE_CHECK(out.emit(data::live_slice(batch, static_cast<std::uint32_t>(begin),
                                           static_cast<std::uint32_t>(end - begin))));
  return progress::need_input;
}

result<progress> limit_operator::prepare_barrier(output&) {
  if (seen_ >= 0) state_->set("seen", std::to_string(seen_));
  return progress::need_input;
}

}  // namespace millrace::operators
