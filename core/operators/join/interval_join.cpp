#include "core/operators/join/interval_join.hpp"

#include "core/operators/column_types.hpp"
#include "core/operators/live_rows.hpp"
#include "core/operators/state_spec.hpp"
#include "core/operators/time_column.hpp"
#include "core/tables/order_encoder.hpp"

#include <algorithm>

namespace millrace::operators {
namespace {

using plan::join_kind;

constexpr std::uint32_t timers_at_once = 1024;
constexpr std::int64_t grains_per_interval = 8;

}  // namespace

interval_join::interval_join(plan::interval_join_spec spec, const operator_inputs& inputs)
    : spec_(std::move(spec)),
      sides_{{keyed_input(inputs, 0, spec_.left_keys), spec_.left_time,
              spec_.kind == join_kind::left || spec_.kind == join_kind::full, -spec_.upper_ms,
              -spec_.lower_ms},
             {keyed_input(inputs, 1, spec_.right_keys), spec_.right_time,
              spec_.kind == join_kind::right || spec_.kind == join_kind::full, spec_.lower_ms,
              spec_.upper_ms}},
      reader_(types_of(inputs.inputs[0]), types_of(inputs.inputs[1])) {
  // Rows that nobody will see again may stay a little longer: fewer timers.
  if (spec_.kind == join_kind::inner)
    grain_ = std::max<std::int64_t>(1, (spec_.upper_ms - spec_.lower_ms) / grains_per_interval);
}

result<void> interval_join::open(operator_context& context) {
  context_ = &context;
  constexpr std::string_view names[] = {"left", "right"};
  for (std::uint32_t i = 0; i < 2; ++i) {
    auto spec = state_spec(std::string(names[i]), sides_[i].input.types());
    spec.value_types = (i == 0 ? reader_.left_codec() : reader_.right_codec()).types();
    spec.sequenced = true;
    sides_[i].rows = &context.tables->open_sorted(std::move(spec));
  }
  timers_ = &context.tables->open_timers(state_spec("timers", sides_[0].input.types()));
  watermark_.open(context);
  return reader_.open(spec_.condition, context.eval);
}

timestamp_ms interval_join::end_of(const side& s, timestamp_ms time) const {
  const timestamp_ms end = time + s.to;
  return grain_ == 1 ? end : (end / grain_ + 1) * grain_;
}

timestamp_ms interval_join::output_watermark(timestamp_ms input) const {
  const std::int64_t delay = std::max({std::int64_t{0}, spec_.upper_ms, -spec_.lower_ms});
  if (!spec_.row_time || input == max_watermark || input < min_watermark + delay) return input;
  return input - delay;
}

timestamp_ms interval_join::next_processing_time() const {
  if (spec_.row_time) return max_watermark;
  const timestamp_ms next = timers_->next_time();
  return next == max_watermark ? next : next + 1;
}

result<progress> interval_join::on_processing_time(timestamp_ms now, output& out) {
  if (spec_.row_time) return progress::need_input;
  passed_time_ = now - 1;
  return expire(out);
}

result<progress> interval_join::on_watermark(timestamp_ms time, output& out) {
  watermark_.advance(time);
  if (spec_.row_time || time == max_watermark) passed_time_ = time;
  return expire(out);
}

result<progress> interval_join::process(input_id input, const data::batch_ptr& batch, output& out) {
  batch_ = batch;
  probe_ = input.value;
  loaded_ = false;
  return join_batch(out);
}

result<progress> interval_join::resume(output& out) {
  return batch_ ? join_batch(out) : expire(out);
}

result<progress> interval_join::join_batch(output& out) {
  MILLRACE_TRY(const auto before, outbox_.drain(out));
  if (before != progress::need_input) return before;
  if (!loaded_) {
    if (own().input.load(*batch_, *context_->tables) != tables::readiness::ready)
      return progress::need_state;
    MILLRACE_CHECK(begin_batch());
  }
  while (row_ < batch_->row_count()) {
    fill_chunk();
    MILLRACE_CHECK(join_chunk());
    if (outbox_.empty()) continue;
    if (out.full()) return progress::more_output;
    MILLRACE_TRY(const auto sent, outbox_.drain(out));
    if (sent != progress::need_input) return sent;
  }
  end_batch();
  MILLRACE_TRY(const auto sent, outbox_.drain(out));
  return sent;
}

result<void> interval_join::read_times() {
  times_.assign(batch_->row_count(), context_->time->now());
  if (!spec_.row_time) return {};
  const time_column times(*batch_->column_at(own().time_column));
  for (std::uint32_t i = 0; i < batch_->row_count(); ++i) {
    const std::uint32_t row = batch_->row_at(i);
    if (times.is_null(row))
      return make_error(errc::runtime_null_row_time, "a row of an interval join has no row time",
                        "filter rows whose time is NULL in front of the join");
    times_[i] = times[row];
  }
  return {};
}

result<void> interval_join::begin_batch() {
  loaded_ = true;
  row_ = 0;
  in_row_ = row_met_ = false;
  if (spec_.row_time) passed_time_ = watermark_.get();
  MILLRACE_CHECK(read_times());
  alone_.assign(batch_->row_count(), 0);
  for (const std::uint32_t k : own().input.columns())
    for (std::uint32_t i = 0; i < batch_->row_count(); ++i)
      if (batch_->column_at(k)->is_null(batch_->row_at(i))) alone_[i] = 1;
  met_.assign(batch_->row_count(), 0);
  reader_.begin(batch_, probe_ == 0);
  handles_.resize(batch_->row_count());
  other().rows->locate(own().input.keys(), handles_);
  return {};
}

void interval_join::fill_chunk() {
  pairs_.clear();
  orders_.clear();
  was_met_.clear();
  ends_.clear();
  const tables::sorted_table& rows = *other().rows;
  for (; row_ < batch_->row_count(); ++row_) {
    if (!in_row_) {
      cursor_ = {};
      const auto key = alone_[row_] != 0 ? tables::key_handle{} : handles_[row_];
      if (key) cursor_ = rows.lower_bound(key, tables::order_key_of(times_[row_] + own().from));
      bound_ = tables::order_key_of(times_[row_] + own().to);
      in_row_ = true;
    }
    for (; cursor_.valid() && cursor_.order().substr(0, bound_.size()) <= bound_; cursor_.next()) {
      if (pairs_.size() >= context_->batch_rows) return;
      pairs_.add(batch_->row_at(row_), cursor_.row().substr(1));
      orders_.push_back(cursor_.order());
      was_met_.push_back(static_cast<std::uint8_t>(cursor_.row()[0]));
    }
    in_row_ = false;
    ends_.emplace_back(row_, pairs_.size());
  }
}

result<void> interval_join::join_chunk() {
  MILLRACE_CHECK(reader_.test(pairs_, passed_));
  events_.clear();
  std::uint32_t p = 0;
  for (const auto& [row, end] : ends_) {
    for (; p < end; ++p) note_met(row, p);
    end_row(row);
  }
  for (; p < pairs_.size(); ++p) note_met(row_, p);
  if (events_.size() != 0) outbox_.put_split(reader_.join(events_, {}), context_->batch_rows);
  return {};
}

void interval_join::note_met(std::uint32_t row, std::uint32_t pair) {
  if (passed_[pair] == 0) return;
  row_met_ = true;
  events_.add(pairs_.probes[pair], pairs_.partners[pair]);
  if (other().preserved && was_met_[pair] == 0)
    newly_met_.push_back({row, std::string(orders_[pair])});
}

// A preserved row that will not be kept and met nobody leaves at once.
void interval_join::end_row(std::uint32_t row) {
  met_[row] = row_met_ ? 1 : 0;
  if (!row_met_ && own().preserved && !worth_keeping(row)) events_.add(batch_->row_at(row), {});
  row_met_ = false;
}

bool interval_join::worth_keeping(std::uint32_t row) const {
  const side& s = sides_[probe_];
  return (alone_[row] == 0 || s.preserved) && end_of(s, times_[row]) > passed_time_;
}

void interval_join::end_batch() {
  for (const auto& m : newly_met_) {
    const auto at = other().rows->find(handles_[m.row], m.order);
    if (!at.valid() || at.row()[0] != 0) continue;
    value_ = at.row();
    value_[0] = 1;
    const std::string_view time(m.order.data(),
                                m.order.size() - tables::sorted_table::sequence_size);
    (void)other().rows->erase(handles_[m.row], m.order);
    (void)other().rows->insert(handles_[m.row], time, value_);
  }
  newly_met_.clear();
  const auto stored = live_rows(*batch_);
  tables::encoded_rows rows;
  (probe_ == 0 ? reader_.left_codec() : reader_.right_codec()).encode(*batch_, stored, rows);
  own().rows->locate_or_insert(own().input.keys(), handles_);
  for (std::uint32_t i = 0; i < stored.size(); ++i) {
    if (!worth_keeping(i)) continue;
    value_.assign(1, static_cast<char>(met_[i]));
    value_.append(rows[i]);
    (void)own().rows->insert(handles_[i], tables::order_key_of(times_[i]), value_);
    (void)timers_->add(end_of(own(), times_[i]), own().input.keys().view(i));
  }
  batch_.reset();
  reader_.end();
}

result<progress> interval_join::expire(output& out) {
  for (;;) {
    MILLRACE_TRY(const auto sent, outbox_.drain(out));
    if (sent != progress::need_input) return sent;
    if (!popped_) {
      due_.pop(*timers_, passed_time_, timers_at_once);
      if (due_.count() == 0) return progress::need_input;
      popped_ = true;
    }
    if (!fire()) return progress::need_state;
    if (!outbox_.empty() && out.full()) return progress::more_output;
  }
}

bool interval_join::fire() {
  if (context_->tables->prefetch(due_.hashes()) != tables::readiness::ready) return false;
  popped_ = false;
  for (std::uint32_t i = 0; i < due_.count(); ++i)
    for (std::uint32_t input = 0; input < 2; ++input)
      expire_rows(sides_[input], input, due_.key(i));
  return true;
}

// Drops the rows of a key that can meet nobody any more.
void interval_join::expire_rows(side& s, std::uint32_t input, const tables::key_view& key) {
  const auto handle = s.rows->locate(key);
  if (!handle) return;
  const timestamp_ms last = passed_time_ == max_watermark ? max_watermark : passed_time_ - s.to;
  const std::string bound = tables::order_key_of(last);
  row_pairs padded;
  std::vector<std::string> rows;
  auto at = s.rows->first(handle);
  while (at.valid() && at.order().substr(0, bound.size()) <= bound) {
    if (s.preserved && at.row()[0] == 0) rows.emplace_back(at.row().substr(1));
    s.rows->erase(at);
  }
  if (rows.empty()) return;
  for (const auto& row : rows) padded.add(no_row, row);
  // A batch without rows stands for the side that has nothing to say.
  const auto& none = (input == 0 ? reader_.right_codec() : reader_.left_codec()).types();
  data::batch_builder nobody(none, 1);
  reader_.begin(nobody.finish(), input == 1);
  outbox_.put_split(reader_.join(padded, {}), context_->batch_rows);
  reader_.end();
}

}  // namespace millrace::operators
