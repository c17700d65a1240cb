#include "core/operators/rank/window_rank.hpp"

#include "core/operators/column_types.hpp"
#include "core/operators/sort_order.hpp"
#include "core/operators/state_spec.hpp"

#include <algorithm>

namespace millrace::operators {
namespace {

constexpr std::uint32_t windows_at_once = 256;

}  // namespace

window_rank::window_rank(plan::window_rank_spec spec, const operator_inputs& inputs)
    : spec_(std::move(spec)),
      types_(types_of(inputs.inputs[0])),
      input_({0, spec_.rank.partition, spec_.end_column, true, false, spec_.local_zone}, inputs),
      order_(sort_order(spec_.rank.order, types_)),
      codec_(types_),
      range_(spec_.rank) {}

result<void> window_rank::open(operator_context& context) {
  context_ = &context;
  MILLRACE_CHECK(input_.open(context));
  auto spec = state_spec("rows", input_.key_types());
  spec.value_types = types_;
  spec.sequenced = true;
  table_ = &context.tables->open_sorted(std::move(spec));
  timers_ = &context.tables->open_timers(state_spec("timers", input_.key_types()));
  watermark_.open(context);
  return {};
}

result<progress> window_rank::process(input_id, const data::batch_ptr& batch, output& out) {
  batch_ = batch;
  return resume(out);
}

result<progress> window_rank::on_watermark(timestamp_ms time, output& out) {
  watermark_.advance(time);
  return resume(out);
}

result<progress> window_rank::resume(output& out) {
  if (batch_) {
    if (input_.load(*batch_, watermark_.get(), *context_) != tables::readiness::ready)
      return progress::need_state;
    take_rows();
    batch_.reset();
    return progress::need_input;
  }
  return work_through(outbox_, out, [&]() -> result<piece> {
    const piece next = due_.next(*timers_, watermark_.get(), windows_at_once, *context_->tables);
    if (next == piece::done) fire();
    return next;
  });
}

void window_rank::take_rows() {
  context_->metrics->late_rows += input_.late();
  const auto& rows = input_.rows();
  handles_.resize(rows.size());
  table_->locate_or_insert(input_.keys(), handles_);
  orders_.clear();
  order_.encode(*batch_, rows, orders_);
  rows_.clear();
  codec_.encode(*batch_, rows, rows_);
  for (std::uint32_t i = 0; i < rows.size(); ++i) {
    if (range_.is_behind(*table_, handles_[i], orders_[i])) continue;
    if (table_->count(handles_[i]) == 0)
      (void)timers_->add(input_.closes(i), input_.keys().view(i));
    (void)table_->insert(handles_[i], orders_[i], rows_[i]);
    range_.trim(*table_, handles_[i]);
  }
}

// Emits the windows whose timers were popped.
void window_rank::fire() {
  std::vector<tables::key_handle> keys;
  for (std::uint32_t i = 0; i < due_.count(); ++i) keys.push_back(table_->locate(due_.key(i)));
  for (const auto key : keys) {
    if (!key) continue;
    range_.list(*table_, key, listed_);
    for (const auto& r : listed_) {
      events_.add(r.row, data::change_kind::insert);
      ranks_.push_back(r.rank);
    }
  }
  if (!events_.empty()) {
    std::vector<data::column_ptr> appended;
    if (spec_.rank.output_rank) {
      data::column_builder out(data::data_type(data::type_id::bigint, false), events_.size());
      std::ranges::copy(ranks_, out.extend<std::int64_t>(events_.size()));
      appended.push_back(out.finish());
    }
    outbox_.put_split(events_.finish(codec_, std::move(appended)), context_->batch_rows);
  }
  ranks_.clear();
  for (const auto key : keys)
    if (key) table_->clear(key);
}

}  // namespace millrace::operators
