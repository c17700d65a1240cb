#include "core/operators/join/temporal_join.hpp"

#include "core/operators/column_types.hpp"
#include "core/operators/live_rows.hpp"
#include "core/operators/state_spec.hpp"
#include "core/operators/time_column.hpp"
#include "core/tables/order_encoder.hpp"

namespace millrace::operators {
namespace {

constexpr std::uint32_t timers_at_once = 1024;

std::string_view time_part(std::string_view order, std::string_view like) {
  return order.substr(0, like.size());
}

}  // namespace

temporal_join::temporal_join(plan::temporal_join_spec spec, const operator_inputs& inputs)
    : spec_(std::move(spec)),
      inputs_{keyed_input(inputs, 0, spec_.left_keys), keyed_input(inputs, 1, spec_.right_keys)},
      reader_(types_of(inputs.inputs[0]), types_of(inputs.inputs[1])) {}

result<void> temporal_join::open(operator_context& context) {
  context_ = &context;
  auto left = state_spec("left", inputs_[0].types());
  left.value_types = reader_.left_codec().types();
  left.sequenced = true;
  left_ = &context.tables->open_sorted(std::move(left));
  auto versions = state_spec("versions", inputs_[0].types());
  versions.value_types = reader_.right_codec().types();
  versions_ = &context.tables->open_sorted(std::move(versions));
  timers_ = &context.tables->open_timers(state_spec("timers", inputs_[0].types()));
  watermark_.open(context);
  return reader_.open(spec_.condition, context.eval);
}

result<progress> temporal_join::process(input_id input, const data::batch_ptr& batch, output& out) {
  batch_ = batch;
  input_ = input.value;
  return resume(out);
}

result<progress> temporal_join::on_watermark(timestamp_ms time, output& out) {
  watermark_.advance(time);
  return resume(out);
}

result<progress> temporal_join::resume(output& out) {
  if (batch_) {
    if (inputs_[input_].load(*batch_, *context_->tables) != tables::readiness::ready)
      return progress::need_state;
    MILLRACE_CHECK(take_rows());
    batch_.reset();
    return progress::need_input;
  }
  return work_through(outbox_, out, [&]() -> result<piece> {
    const piece next = due_.next(*timers_, watermark_.get(), timers_at_once, *context_->tables);
    if (next == piece::done) MILLRACE_CHECK(fire());
    return next;
  });
}

result<void> temporal_join::take_rows() {
  const bool is_left = input_ == 0;
  const time_column times(*batch_->column_at(is_left ? spec_.left_time : spec_.right_time));
  const auto stored = live_rows(*batch_);
  handles_.resize(stored.size());
  (is_left ? left_ : versions_)->locate_or_insert(inputs_[input_].keys(), handles_);
  rows_.clear();
  (is_left ? reader_.left_codec() : reader_.right_codec()).encode(*batch_, stored, rows_);
  for (std::uint32_t i = 0; i < stored.size(); ++i) {
    if (times.is_null(stored[i]))
      return make_error(errc::runtime_null_row_time, "a row of a temporal join has no row time",
                        "filter rows whose time is NULL in front of the join");
    const timestamp_ms time = times[stored[i]];
    is_left ? take_left(i, handles_[i], time) : take_version(i, stored[i], handles_[i], time);
  }
  return {};
}

// A late row may have lost its version already.
void temporal_join::take_left(std::uint32_t i, tables::key_handle key, timestamp_ms time) {
  if (time <= watermark_.get()) {
    ++context_->metrics->late_rows;
    return;
  }
  (void)left_->insert(key, tables::order_key_of(time), rows_[i]);
  (void)timers_->add(time, inputs_[0].keys().view(i));
}

void temporal_join::take_version(std::uint32_t i, std::uint32_t row, tables::key_handle key,
                                 timestamp_ms time) {
  const auto kind = batch_->kind_at(row);
  if (kind == data::change_kind::update_before) return;
  value_.assign(1, kind == data::change_kind::remove ? 1 : 0);
  value_.append(rows_[i]);
  (void)versions_->put(key, tables::order_key_of(time), value_);
  if (time > watermark_.get()) (void)timers_->add(time, inputs_[1].keys().view(i));
}

// The version valid at a time; null data when there is none.
std::string_view temporal_join::version_at(tables::key_handle key, std::string_view time) const {
  if (!key) return {};
  auto at = versions_->upper_bound(key, time);
  if (at.valid()) {
    at.previous();
  } else {
    at = versions_->last(key);
  }
  if (!at.valid() || at.row()[0] != 0) return {};
  return at.row().substr(1);
}

// Joins the rows of the timers that were popped.
result<void> temporal_join::fire() {
  pairs_.clear();
  std::vector<std::string_view> left_rows;
  for (std::uint32_t i = 0; i < due_.count(); ++i) {
    const auto key = left_->locate(due_.key(i));
    if (!key) continue;
    const std::string time = tables::order_key_of(due_.time(i));
    const auto versions = versions_->locate(due_.key(i));
    for (auto at = left_->lower_bound(key, time); at.valid() && time_part(at.order(), time) == time;
         at.next()) {
      pairs_.add(static_cast<std::uint32_t>(left_rows.size()), version_at(versions, time));
      left_rows.push_back(at.row());
    }
  }
  if (!left_rows.empty()) MILLRACE_CHECK(emit(left_rows));
  for (std::uint32_t i = 0; i < due_.count(); ++i) forget(due_.key(i));
  return {};
}

result<void> temporal_join::emit(const std::vector<std::string_view>& left_rows) {
  const auto count = static_cast<std::uint32_t>(left_rows.size());
  data::batch_builder left(reader_.left_codec().types(), count);
  reader_.left_codec().decode(left_rows, left);
  left.end_rows(count);
  reader_.begin(left.finish(), true);
  MILLRACE_CHECK(reader_.test(pairs_, passed_));
  for (std::uint32_t p = 0; p < pairs_.size(); ++p) {
    if (passed_[p] != 0 && pairs_.partners[p].data() != nullptr) continue;
    pairs_.partners[p] = {};
    passed_[p] = spec_.kind == plan::join_kind::left ? 1 : 0;
  }
  pairs_.keep(passed_);
  if (pairs_.size() != 0) outbox_.put_split(reader_.join(pairs_, {}), context_->batch_rows);
  reader_.end();
  return {};
}

// Drops left rows that have left and versions that no row can ask for any more.
void temporal_join::forget(const tables::key_view& key) {
  // All timers up to the last one popped are done, but later ones may still wait their turn.
  const std::string done = tables::order_key_of(due_.time(due_.count() - 1));
  if (const auto left = left_->locate(key)) {
    auto at = left_->first(left);
    while (at.valid() && time_part(at.order(), done) < done) left_->erase(at);
    // Rows of the last time itself: only the keys popped with it are done.
    if (timers_->contains(due_.time(due_.count() - 1), key)) return;
    while (at.valid() && time_part(at.order(), done) == done) left_->erase(at);
  }
  const auto versions = versions_->locate(key);
  if (!versions) return;
  auto newest = versions_->upper_bound(versions, done);
  if (newest.valid()) {
    newest.previous();
  } else {
    newest = versions_->last(versions);
  }
  if (newest.valid()) (void)versions_->erase_range(versions, {}, std::string(newest.order()));
}

}  // namespace millrace::operators
