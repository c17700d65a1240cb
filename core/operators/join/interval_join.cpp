#include "core/operators/join/interval_join.hpp"

#include "core/operators/column_types.hpp"
#include "core/operators/live_rows.hpp"
#include "core/operators/state_spec.hpp"
#include "core/operators/time_column.hpp"
#include "core/tables/order_encoder.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace millrace::operators {
namespace {

using plan::join_kind;

constexpr std::uint32_t timers_at_once = 1024;
constexpr std::int64_t grains_per_interval = 8;
constexpr char met_flag = 1;
constexpr char late_flag = 2;

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
  sides_[0].watermark.open(context, "left watermark");
  sides_[1].watermark.open(context, "right watermark");
  return reader_.open(spec_.condition, context.eval);
}

result<progress> interval_join::prepare_barrier(output&) {
  watermark_.save();
  for (side& s : sides_) s.watermark.save();
  return progress::need_input;
}

interval_join::kept_row interval_join::kept_row::parse(std::string_view value) {
  kept_row kept;
  kept.met = (value[0] & met_flag) != 0;
  const bool late = (value[0] & late_flag) != 0;
  if (late) std::memcpy(&kept.watermark, value.data() + 1, sizeof(kept.watermark));
  kept.row = value.substr(late ? 1 + sizeof(kept.watermark) : 1);
  return kept;
}

void interval_join::kept_row::write(std::string& value) const {
  const bool late = watermark != min_watermark;
  value.assign(1, static_cast<char>((met ? met_flag : 0) | (late ? late_flag : 0)));
  if (late) value.append(reinterpret_cast<const char*>(&watermark), sizeof(watermark));
  value.append(row);
}

// How far an input has come: an idle one as far as all others.
timestamp_ms interval_join::time_of(side& s) {
  return spec_.row_time ? std::max(s.watermark.get(), passed_time_) : passed_time_;
}

// The watermark that lets a row go: a row of exactly the last partner's time may still be late.
timestamp_ms interval_join::end_of(const side& s, timestamp_ms time) const {
  const timestamp_ms end = time + s.to + 1;
  return grain_ == 1 ? end : (end / grain_ + 1) * grain_;
}

timestamp_ms interval_join::output_watermark(timestamp_ms input) const {
  // Padded rows leave one millisecond after their last partner's time.
  const std::int64_t wait = spec_.kind == join_kind::inner ? 0 : 1;
  const std::int64_t delay = std::max({std::int64_t{0}, spec_.upper_ms, -spec_.lower_ms}) + wait;
  if (!spec_.row_time || input == max_watermark || input < min_watermark + delay) return input;
  return input - delay;
}

timestamp_ms interval_join::next_processing_time() const {
  return spec_.row_time ? max_watermark : timers_->next_time();
}

result<progress> interval_join::on_processing_time(timestamp_ms now, output& out) {
  if (spec_.row_time) return progress::need_input;
  passed_time_ = now;
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
  own_time_ = time_of(own());
  other_time_ = time_of(other());
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

// Kept rows whose partners are all below the watermark of the batch's input have ended for it.
timestamp_ms interval_join::first_partner(std::uint32_t row) const {
  const timestamp_ms within = times_[row] + sides_[probe_].from;
  timestamp_ms open = min_watermark;
  if (own_time_ == min_watermark ||
      __builtin_sub_overflow(own_time_, sides_[1 - probe_].to, &open)) {
    return within;
  }
  return std::max(within, open);
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
      if (key) cursor_ = rows.lower_bound(key, tables::order_key_of(first_partner(row_)));
      bound_ = tables::order_key_of(times_[row_] + own().to);
      in_row_ = true;
    }
    for (; cursor_.valid() && cursor_.order().substr(0, bound_.size()) <= bound_; cursor_.next()) {
      if (pairs_.size() >= context_->batch_rows) return;
      const auto kept = kept_row::parse(cursor_.row());
      if (kept.watermark > times_[row_] + own().to) continue;
      pairs_.add(batch_->row_at(row_), kept.row);
      orders_.push_back(cursor_.order());
      was_met_.push_back(kept.met ? 1 : 0);
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
  return (alone_[row] == 0 || s.preserved) && times_[row] + s.to >= other_time_;
}

void interval_join::end_batch() {
  for (const auto& m : newly_met_) {
    const auto at = other().rows->find(handles_[m.row], m.order);
    if (!at.valid()) continue;
    auto kept = kept_row::parse(at.row());
    if (std::exchange(kept.met, true)) continue;
    kept.write(value_);
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
    const bool late = spec_.row_time && times_[i] <= own_time_;
    kept_row{met_[i] != 0, late ? own_time_ : min_watermark, rows[i]}.write(value_);
    (void)own().rows->insert(handles_[i], tables::order_key_of(times_[i]), value_);
    (void)timers_->add(end_of(own(), times_[i]), own().input.keys().view(i));
  }
  batch_.reset();
  reader_.end();
}

result<progress> interval_join::expire(output& out) {
  return work_through(outbox_, out, [&]() -> result<piece> {
    const piece next = due_.next(*timers_, passed_time_, timers_at_once, *context_->tables);
    if (next == piece::done) fire();
    return next;
  });
}

void interval_join::fire() {
  for (std::uint32_t i = 0; i < due_.count(); ++i)
    for (std::uint32_t input = 0; input < 2; ++input)
      expire_rows(sides_[input], input, due_.key(i));
}

// Drops the rows of a key that can meet nobody any more.
void interval_join::expire_rows(side& s, std::uint32_t input, const tables::key_view& key) {
  const auto handle = s.rows->locate(key);
  if (!handle) return;
  const timestamp_ms last = passed_time_ == max_watermark ? max_watermark : passed_time_ - s.to - 1;
  const std::string bound = tables::order_key_of(last);
  row_pairs padded;
  std::vector<std::string> rows;
  auto at = s.rows->first(handle);
  while (at.valid() && at.order().substr(0, bound.size()) <= bound) {
    const auto kept = kept_row::parse(at.row());
    if (s.preserved && !kept.met) rows.emplace_back(kept.row);
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
