#include "core/operators/window/window_aggregate.hpp"

#include "core/operators/column_types.hpp"
#include "core/operators/live_rows.hpp"
#include "core/operators/state_spec.hpp"
#include "core/operators/time_column.hpp"
#include "core/operators/time_extent.hpp"
#include "core/tables/table_set.hpp"

#include <algorithm>
#include <cstring>
#include <numeric>

namespace millrace::operators {
namespace {

data::data_type bigint() { return data::data_type(data::type_id::bigint, false); }

std::vector<data::data_type> slice_key_types(const std::vector<data::data_type>& groups) {
  std::vector<data::data_type> types = {bigint()};
  types.insert(types.end(), groups.begin(), groups.end());
  return types;
}

// A payload begins with its window's start (only that of windows that are columns is read).
timestamp_ms& start_of(char* payload) { return *reinterpret_cast<timestamp_ms*>(payload); }

data::column_ptr bigint_column(std::shared_ptr<data::buffer> values, std::uint32_t rows) {
  auto c = std::make_shared<data::column>();
  c->type = bigint();
  c->length = rows;
  c->values = std::move(values);
  return c;
}

data::column_ptr constant_bigint(std::int64_t value, std::uint32_t rows) {
  data::column_builder one(bigint(), 1);
  one.append(value);
  return data::constant_of(*one.finish(), 0, rows);
}

}  // namespace

window_aggregate::window_aggregate(plan::window_aggregate_spec spec, const operator_inputs& inputs)
    : spec_(std::move(spec)),
      input_(inputs, 0, spec_.groups),
      output_types_(types_of(inputs.node.columns)),
      calls_(spec_.calls),
      distinct_(calls_, types_of(inputs.inputs[0])),
      encoder_(slice_key_types(input_.types())),
      due_(input_.types()) {
  if (spec_.window) slices_.emplace(*spec_.window);
}

result<void> window_aggregate::open(operator_context& context) {
  context_ = &context;
  hasher_ = sub_key_hasher(context.max_parallelism);
  if (spec_.window ? spec_.window->local_zone : spec_.local_zone) {
    MILLRACE_TRY(axis_, window_axis::local(context.eval.time_zone));
  }
  auto spec = state_spec("slices", slice_key_types(input_.types()));
  spec.slots = {tables::slot_spec::bytes(8)};
  calls_.append_slots(spec.slots);
  table_ = &context.tables->open_hash(std::move(spec));
  timers_ = &context.tables->open_timers(state_spec("windows", input_.types()));
  distinct_.open(slice_key_types(input_.types()), *context.tables);
  watermark_.open(context);
  return {};
}

// Rows in.

result<progress> window_aggregate::process(input_id, const data::batch_ptr& batch, output&) {
  pending_ = batch;
  assign(*batch);
  return absorb();
}

result<progress> window_aggregate::absorb() {
  const data::record_batch& batch = *pending_;
  if (!rows_.empty()) {
    encode_slices(batch);
    if (context_->tables->prefetch(keys_.hash_span()) == tables::readiness::loading)
      return progress::need_state;
    payloads_.resize(rows_.size());
    inserted_.resize(rows_.size());
    table_->find_or_insert(keys_, payloads_, inserted_);
    welcome_new(batch);
    MILLRACE_CHECK(feed(batch));
  }
  pending_.reset();
  return progress::need_input;
}

result<void> window_aggregate::feed(const data::record_batch& batch) {
  if (grouped_) {
    calls_.update_groups(batch, groups_, payloads_);
    return {};
  }
  const bool all = rows_.size() == batch.stored_rows();
  const auto count = static_cast<std::uint32_t>(rows_.size());
  const fed_rows fed{{batch.stored_rows(), all ? nullptr : rows_.data(), count}, payloads_};
  if (spec_.phase == plan::aggregate_phase::global) {
    const std::size_t first = spec_.groups.size();
    for (std::size_t c = 0; c < calls_.size(); ++c)
      MILLRACE_CHECK(calls_.merge_states(c, *batch.column_at(first + c), fed, *table_));
    return {};
  }
  MILLRACE_CHECK(calls_.update(batch, fed, *table_));
  distinct_.add(batch, rows_, keys_, calls_);
  return {};
}

void window_aggregate::assign(const data::record_batch& batch) {
  rows_.clear();
  grouped_ = false;
  hashes_.resize(batch.stored_rows());
  slice_ends_ = data::buffer::allocate(batch.stored_rows() * sizeof(std::int64_t));
  const auto slice = slice_of_all(batch);
  if (slice && assign_groups(batch, *slice)) return;
  input_.hash(batch);
  if (slice) {
    rows_ = live_rows(batch);
    assign_slice(*slice);
  } else if (!slices_)
    assign_columns(batch);
  else if (spec_.phase == plan::aggregate_phase::global)
    assign_slices(batch);
  else if (spec_.window->processing_time)
    assign_now(batch);
  else
    assign_times(batch);
}

window_aggregate::target window_aggregate::target_of(timestamp_ms time) {
  target where;
  where.slice = slices_->slice_of(time);
  where.end = where.slice;
  where.begin = where.slice - slices_->width();
  const timestamp_ms last = slices_->last_window(where.slice);
  where.homeless = last < slices_->first_window(where.slice);
  if (spec_.window->processing_time) return where;
  where.late = axis_.closed(last, watermark_.get());
  // A cumulative slice that has fired is part of the first one since.
  if (slices_->cumulative() && axis_.closed(where.slice, watermark_.get()))
    where.slice = slices_->first_slice(where.slice);
  return where;
}

void window_aggregate::keep(std::uint32_t row, const target& where, std::uint64_t rows) {
  if (where.late || where.homeless) {
    if (where.late) context_->metrics->late_rows.fetch_add(rows, std::memory_order_relaxed);
    return;
  }
  rows_.push_back(row);
  slice_ends_->mutable_as<std::int64_t>()[row] = where.slice;
  hashes_[row] = hasher_(input_.hashes()[row], static_cast<std::uint64_t>(where.slice));
}

void window_aggregate::assign_now(const data::record_batch& batch) {
  const target where = target_of(axis_.of_utc(context_->time->now()));
  for (std::uint32_t i = 0; i < batch.row_count(); ++i) keep(batch.row_at(i), where);
}

// The usual batch: all its times lie in one slice that is open. All stored rows are tried first:
// that is a plain loop.
std::optional<timestamp_ms> window_aggregate::slice_of_all(const data::record_batch& batch) {
  if (!slices_ || spec_.phase == plan::aggregate_phase::global || spec_.window->processing_time ||
      spec_.window->local_zone || batch.row_count() == 0)
    return std::nullopt;
  const time_column times(*batch.column_at(spec_.window->time_column));
  const timestamp_ms* time = times.flat_ms();
  if (time == nullptr) return std::nullopt;
  const auto slice_of = [this](const time_extent& e) -> std::optional<timestamp_ms> {
    constexpr timestamp_ms far = timestamp_ms{1} << 60;  // what a filter left behind may be any
    if (e.least < -far || e.most > far) return std::nullopt;
    const target where = target_of(e.least);
    if (e.most >= where.end || where.late || where.homeless) return std::nullopt;
    return where.slice;
  };
  const auto of_stored = slice_of(extent_of(time, batch.stored_rows()));
  if (of_stored || !batch.selected()) return of_stored;
  time_extent live;
  for (const std::uint32_t row : batch.selection()) live.add(time[row]);
  return slice_of(live);
}

// One row stands for all of its group.
bool window_aggregate::assign_groups(const data::record_batch& batch, timestamp_ms slice) {
  if (!distinct_.empty() || !calls_.take_groups() || !groups_.find(batch, spec_.groups))
    return false;
  grouped_ = true;
  input_.hash(*groups_.first_of_each(batch));
  rows_.assign(groups_.first_rows().begin(), groups_.first_rows().end());
  assign_slice(slice);
  return true;
}

void window_aggregate::assign_slice(timestamp_ms slice) {
  auto* ends = slice_ends_->mutable_as<std::int64_t>();
  for (const std::uint32_t row : rows_) {
    ends[row] = slice;
    hashes_[row] = hasher_(input_.hashes()[row], static_cast<std::uint64_t>(slice));
  }
}

// Neighbours mostly lie in one slice, so only the first one is divided. A row without a time
// belongs to no window.
void window_aggregate::assign_times(const data::record_batch& batch) {
  const time_column times(*batch.column_at(spec_.window->time_column));
  target where;
  for (std::uint32_t i = 0; i < batch.row_count(); ++i) {
    const std::uint32_t row = batch.row_at(i);
    if (times.is_null(row)) continue;
    const timestamp_ms time = axis_.of_utc(times[row]);
    if (time < where.begin || time >= where.end) where = target_of(time);
    keep(row, where);
  }
}

void window_aggregate::assign_columns(const data::record_batch& batch) {
  const time_column ends(*batch.column_at(spec_.end_column));
  for (std::uint32_t i = 0; i < batch.row_count(); ++i) {
    const std::uint32_t row = batch.row_at(i);
    if (ends.is_null(row)) continue;
    target where;
    where.slice = ends[row];
    where.late = axis_.closed(where.slice, watermark_.get());
    keep(row, where);
  }
}

// Each row is the partial state of a slice, and says how many rows it stands for.
void window_aggregate::assign_slices(const data::record_batch& batch) {
  const std::size_t first = spec_.groups.size() + calls_.size();
  const auto& ends = *batch.column_at(first);
  const auto& counts = *batch.column_at(first + 1);
  for (std::uint32_t i = 0; i < batch.row_count(); ++i) {
    const std::uint32_t row = batch.row_at(i);
    keep(row, target_of(ends.value<std::int64_t>(row) - 1),
         static_cast<std::uint64_t>(counts.value<std::int64_t>(row)));
  }
}

void window_aggregate::encode_slices(const data::record_batch& batch) {
  std::vector<data::column_ptr> columns = {bigint_column(slice_ends_, batch.stored_rows())};
  for (const std::uint32_t g : spec_.groups) columns.push_back(batch.column_at(g));
  encoder_.encode_columns(columns, rows_, hashes_.data(), keys_);
}

timestamp_ms window_aggregate::first_open_window(timestamp_ms slice) {
  if (!slices_) return slice;
  timestamp_ms window = slices_->first_window(slice);
  if (spec_.window->processing_time) return window;
  while (axis_.closed(window, watermark_.get())) window = slices_->next_window(window);
  return window;
}

// New slices of groups get a timer for the first window that will show them.
void window_aggregate::welcome_new(const data::record_batch& batch) {
  std::vector<std::uint32_t> fresh;
  const auto* ends = slice_ends_->as<std::int64_t>();
  for (std::size_t i = 0; i < rows_.size(); ++i)
    if (inserted_[i] != 0) fresh.push_back(rows_[i]);
  if (fresh.empty()) return;
  if (!slices_) {
    const time_column starts(*batch.column_at(spec_.start_column));
    for (std::size_t i = 0; i < rows_.size(); ++i)
      if (inserted_[i] != 0) start_of(payloads_[i]) = starts[rows_[i]];
  }
  input_.encode(batch, fresh, new_keys_);
  timestamp_ms slice = ends[fresh[0]];
  timestamp_ms window = first_open_window(slice);
  for (std::uint32_t i = 0; i < fresh.size(); ++i) {
    if (ends[fresh[i]] != slice) {
      slice = ends[fresh[i]];
      window = first_open_window(slice);
    }
    timers_->add(window, new_keys_.view(i));
  }
}

// Results out.

result<progress> window_aggregate::resume(output& out) {
  if (!pending_) return fire(out);
  return absorb();
}

result<progress> window_aggregate::on_watermark(timestamp_ms time, output& out) {
  watermark_.advance(time);
  if (!spec_.window || !spec_.window->processing_time || time == max_watermark) until_ = time;
  return fire(out);
}

timestamp_ms window_aggregate::next_processing_time() const {
  if (!spec_.window || !spec_.window->processing_time) return max_watermark;
  const timestamp_ms next = timers_->next_time();
  return next == max_watermark ? next : axis_.to_utc(next - 1);
}

result<progress> window_aggregate::on_processing_time(timestamp_ms now, output& out) {
  if (!spec_.window || !spec_.window->processing_time) return progress::need_input;
  until_ = now;
  return fire(out);
}

result<progress> window_aggregate::prepare_barrier(output&) {
  watermark_.save();
  return progress::need_input;
}

bool window_aggregate::find_due() {
  if (due_.count() != 0) return true;
  const timestamp_ms next = timers_->next_time();
  if (next == max_watermark || !axis_.closed(next, until_)) return false;
  due_.pop(*timers_, context_->batch_rows);
  return true;
}

result<progress> window_aggregate::fire(output& out) {
  while (true) {
    MILLRACE_TRY(const progress drained, outbox_.drain(out));
    if (drained != progress::need_input) return drained;
    if (!find_due()) return progress::need_input;
    if (!load_due()) return progress::need_state;
    MILLRACE_CHECK(fire_due());
    if (!outbox_.empty() && out.full()) return progress::more_output;
  }
}

// The ends of the slices that the due window is made of.
std::vector<timestamp_ms> window_aggregate::due_slices() const {
  const timestamp_ms end = due_.time();
  if (!slices_ || !slices_->overlapping()) return {end};
  const timestamp_ms first = slices_->first_slice(end);
  if (slices_->cumulative()) return {first, end};
  std::vector<timestamp_ms> slices;
  for (timestamp_ms s = first; s <= end; s += slices_->width()) slices.push_back(s);
  return slices;
}

bool window_aggregate::load_due() {
  if (context_->tables->cold_groups() == 0) return true;
  std::vector<std::uint64_t> wanted;
  for (const timestamp_ms s : due_slices())
    for (const std::uint64_t group : due_.hashes())
      wanted.push_back(hasher_(group, static_cast<std::uint64_t>(s)));
  return context_->tables->prefetch(wanted) == tables::readiness::ready;
}

// The payloads of one slice for all due groups; null where a group has no rows in it.
void window_aggregate::find_slice(timestamp_ms slice, bool insert, std::vector<char*>& payloads) {
  const std::uint32_t count = due_.count();
  std::vector<data::column_ptr> columns = {constant_bigint(slice, count)};
  columns.insert(columns.end(), due_columns_.begin(), due_columns_.end());
  hashes_.resize(count);
  for (std::uint32_t i = 0; i < count; ++i)
    hashes_[i] = hasher_(due_.hashes()[i], static_cast<std::uint64_t>(slice));
  rows_.resize(count);
  std::iota(rows_.begin(), rows_.end(), 0U);
  encoder_.encode_columns(columns, rows_, hashes_.data(), keys_);
  payloads.resize(count);
  inserted_.resize(count);
  if (insert)
    table_->find_or_insert(keys_, payloads, inserted_);
  else
    table_->find_mutable(keys_, payloads);
}

result<void> window_aggregate::fire_due() {
  due_columns_ = due_.columns();
  doomed_.clear();
  std::vector<char*> states;
  if (!slices_ || !slices_->overlapping()) {
    MILLRACE_TRY(states, take_slices());
  } else {
    MILLRACE_TRY(states, slices_->cumulative() ? merge_cumulative() : merge_hop());
  }
  MILLRACE_CHECK(emit_windows(states));
  for (char* payload : doomed_)
    if (payload != nullptr) erase_slice(payload);
  due_.clear();
  return {};
}

// Windows that are slices.
result<std::vector<char*>> window_aggregate::take_slices() {
  std::vector<char*> states;
  find_slice(due_.time(), false, states);
  doomed_ = states;
  if (distinct_.empty()) return states;
  for (char*& payload : states)
    if (payload != nullptr)
      MILLRACE_CHECK(distinct_.feed(std::span(&payload, 1), payload, calls_, *table_, nullptr));
  return states;
}

// Adds up the window's slices, lets go of those that no later window holds, and sets the timer of
// the next window that has rows.
result<std::vector<char*>> window_aggregate::merge_hop() {
  const std::uint32_t count = due_.count();
  const timestamp_ms next = slices_->next_window(due_.time());
  scratch_.make(count, table_->payload_size());
  std::vector<char*> states(count, nullptr);
  std::vector<std::vector<char*>> found(distinct_.empty() ? 0 : count);
  std::vector<std::uint8_t> goes_on(count, 0);
  std::vector<char*> payloads;
  for (const timestamp_ms s : due_slices()) {
    find_slice(s, false, payloads);
    const bool last_use = s < slices_->first_slice(next);
    for (std::uint32_t i = 0; i < count; ++i) {
      if (payloads[i] == nullptr) continue;
      states[i] = scratch_[i];
      calls_.merge(states[i], scratch_.heap, payloads[i]);
      if (!found.empty()) found[i].push_back(payloads[i]);
      if (last_use)
        doomed_.push_back(payloads[i]);
      else
        goes_on[i] = 1;
    }
  }
  for (std::uint32_t i = 0; i < count; ++i)
    if (goes_on[i] != 0) timers_->add(next, due_[i]);
  for (std::uint32_t i = 0; i < found.size(); ++i)
    if (states[i] != nullptr)
      MILLRACE_CHECK(distinct_.feed(found[i], states[i], calls_, *table_, &scratch_.heap));
  return states;
}

// Moves the newest slice into the first one, which is the window's result so far.
result<std::vector<char*>> window_aggregate::merge_cumulative() {
  const timestamp_ms end = due_.time();
  const timestamp_ms first = slices_->first_slice(end);
  std::vector<char*> newest;
  std::vector<char*> sums;
  if (end != first) find_slice(end, false, newest);
  find_slice(first, end != first, sums);
  for (std::size_t i = 0; i < newest.size(); ++i) {
    if (newest[i] == nullptr) continue;
    calls_.merge(sums[i], table_->heap_of(sums[i]), newest[i]);
    distinct_.merge(sums[i], newest[i], *table_);
    doomed_.push_back(newest[i]);
  }
  const timestamp_ms next = slices_->next_window(end);
  const bool complete = next > slices_->last_window(first);
  for (std::uint32_t i = 0; i < due_.count(); ++i) {
    if (complete)
      doomed_.push_back(sums[i]);
    else if (sums[i] != nullptr)
      timers_->add(next, due_[i]);
  }
  return with_distinct(std::move(sums));
}

// DISTINCT calls are fed anew for every window, so they must not be fed in state.
result<std::vector<char*>> window_aggregate::with_distinct(std::vector<char*> sums) {
  if (distinct_.empty()) return sums;
  scratch_.make(sums.size(), table_->payload_size());
  for (std::size_t i = 0; i < sums.size(); ++i) {
    if (sums[i] == nullptr) continue;
    calls_.merge(scratch_[i], scratch_.heap, sums[i]);
    MILLRACE_CHECK(
        distinct_.feed(std::span(&sums[i], 1), scratch_[i], calls_, *table_, &scratch_.heap));
    sums[i] = scratch_[i];
  }
  return sums;
}

result<void> window_aggregate::emit_windows(std::vector<char*> states) {
  std::vector<std::uint32_t> live;
  for (std::uint32_t i = 0; i < states.size(); ++i)
    if (states[i] != nullptr) live.push_back(i);
  if (live.empty()) return {};
  const auto count = static_cast<std::uint32_t>(live.size());
  std::vector<data::column_ptr> columns;
  for (const auto& c : due_columns_)
    columns.push_back(count == states.size() ? c : data::take(*c, live));
  std::erase(states, nullptr);
  for (std::size_t c = 0; c < calls_.size(); ++c) {
    data::column_builder values(output_types_[columns.size()], count);
    MILLRACE_CHECK(calls_.emit(c, states, values));
    columns.push_back(values.finish());
  }
  const timestamp_ms end = due_.time();
  for (const auto p : spec_.properties) {
    const auto& type = output_types_[columns.size()];
    if (!slices_ && p == plan::window_aggregate_spec::property::window_start) {
      data::column_builder starts(type, count);
      for (char* payload : states) append_time(starts, start_of(payload));
      columns.push_back(starts.finish());
      continue;
    }
    const window_bounds window{slices_ ? slices_->window_start(end) : end, end};
    const timestamp_ms value = property_value(p, window, type, axis_, context_->time->now());
    columns.push_back(constant_time(type, value, count));
  }
  outbox_.put(std::make_shared<const data::record_batch>(std::move(columns), count));
  return {};
}

void window_aggregate::erase_slice(char* payload) {
  distinct_.clear(payload, *table_);
  table_->erase(payload);
}

}  // namespace millrace::operators
