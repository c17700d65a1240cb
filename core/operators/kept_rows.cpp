#include "core/operators/kept_rows.hpp"

#include "core/operators/column_types.hpp"
#include "core/operators/live_rows.hpp"
#include "core/operators/state_spec.hpp"

namespace millrace::operators {

kept_rows::kept_rows(const operator_inputs& inputs, std::vector<std::uint32_t> keys,
                     std::int64_t ttl_ms, bool at_end)
    : types_(types_of(inputs.inputs[0])),
      input_(inputs, 0, std::move(keys)),
      codec_(types_),
      ttl_ms_(ttl_ms),
      at_end_(at_end) {}

result<void> kept_rows::open(operator_context& context) {
  context_ = &context;
  auto spec = state_spec("rows", input_.types(), ttl_ms_);
  spec.value_types = types_;
  spec.sequenced = true;
  rows_ = &context.tables->open_sorted(std::move(spec));
  return {};
}

result<progress> kept_rows::process(input_id, const data::batch_ptr& batch, output& out) {
  batch_ = batch;
  return resume(out);
}

result<progress> kept_rows::resume(output& out) {
  if (batch_) {
    if (input_.load(*batch_, *context_->tables) != tables::readiness::ready)
      return progress::need_state;
    stored_rows_ = live_rows(*batch_);
    handles_.resize(stored_rows_.size());
    rows_->locate_or_insert(input_.keys(), handles_);
    encoded_.clear();
    codec_.encode(*batch_, stored_rows_, encoded_);
    MILLRACE_CHECK(step());
    batch_.reset();
  }
  if (!ended_) return outbox_.drain(out);
  return work_through(outbox_, out, [this] { return give_keys(); });
}

result<progress> kept_rows::finish(input_id, output& out) {
  ended_ = at_end_;
  return resume(out);
}

// As many keys as make a batch of rows.
result<piece> kept_rows::give_keys() {
  MILLRACE_TRY(const piece step, drain_.next(*rows_, *context_->tables, context_->batch_rows));
  if (step != piece::done) return step;
  std::size_t given = 0;
  for (std::uint32_t rows = 0; given < drain_.keys().size() && rows < context_->batch_rows;
       ++given) {
    MILLRACE_TRY(rows, give(drain_.keys()[given]));
  }
  emit_given();
  for (const auto key : drain_.keys().first(given)) rows_->clear(key);
  if (given < drain_.keys().size()) drain_.give_back();
  return step;
}

std::string kept_rows::find_row(tables::key_handle key, std::string_view order,
                                std::string_view row) const {
  std::string found;
  for (auto at = rows_->lower_bound(key, order);
       at.valid() && at.order().substr(0, order.size()) == order; at.next())
    if (at.row() == row) found = at.order();
  return found;
}

}  // namespace millrace::operators
