#include "core/operators/window/slice_table.hpp"

#include "core/operators/state_spec.hpp"
#include "core/operators/time_column.hpp"
#include "core/tables/table_set.hpp"

#include <numeric>

namespace millrace::operators {
namespace {

data::data_type bigint() { return data::data_type(data::type_id::bigint, false); }

std::vector<data::data_type> slice_key_types(const std::vector<data::data_type>& groups) {
  std::vector<data::data_type> types = {bigint()};
  types.insert(types.end(), groups.begin(), groups.end());
  return types;
}

data::column_ptr constant_bigint(std::int64_t value, std::uint32_t rows) {
  data::column_builder one(bigint(), 1);
  one.append(value);
  return data::constant_of(*one.finish(), 0, rows);
}

// A payload begins with its window's start (only that of windows that are columns is read).
void set_start(char* payload, timestamp_ms time) {
  *reinterpret_cast<timestamp_ms*>(payload) = time;
}

}  // namespace

timestamp_ms slice_table::start_of(const char* state) {
  return *reinterpret_cast<const timestamp_ms*>(state);
}

slice_table::slice_table(const window_shape& shape, std::vector<data::data_type> group_types,
                         std::vector<data::data_type> input_types)
    : shape_(shape),
      key_types_(slice_key_types(group_types)),
      group_types_(std::move(group_types)),
      calls_(shape.spec.calls),
      distinct_(calls_, std::move(input_types)),
      encoder_(key_types_) {}

void slice_table::open(operator_context& context) {
  context_ = &context;
  auto spec = state_spec("slices", key_types_);
  spec.slots = {tables::slot_spec::bytes(8)};
  calls_.append_slots(spec.slots);
  table_ = &context.tables->open_hash(std::move(spec));
  timers_ = &context.tables->open_timers(state_spec("windows", group_types_));
  distinct_.open(key_types_, *context.tables);
}

// Rows in.

result<tables::readiness> slice_table::add(const data::record_batch& batch, slice_rows& rows) {
  if (rows.rows().empty()) return tables::readiness::ready;
  rows.encode_slices(batch, encoder_, keys_);
  const auto readiness = context_->tables->prefetch(keys_.hash_span());
  if (readiness == tables::readiness::loading) return readiness;
  payloads_.resize(rows.rows().size());
  inserted_.resize(rows.rows().size());
  table_->find_or_insert(keys_, payloads_, inserted_);
  welcome_new(batch, rows);
  MILLRACE_CHECK(feed(batch, rows));
  return readiness;
}

result<void> slice_table::feed(const data::record_batch& batch, slice_rows& rows) {
  if (rows.grouped()) {
    calls_.update_groups(batch, rows.groups(), payloads_);
    return {};
  }
  const bool all = rows.rows().size() == batch.stored_rows();
  const auto count = static_cast<std::uint32_t>(rows.rows().size());
  const fed_rows fed{{batch.stored_rows(), all ? nullptr : rows.rows().data(), count}, payloads_};
  if (shape_.global()) {
    const std::size_t first = shape_.spec.groups.size();
    for (std::size_t c = 0; c < calls_.size(); ++c)
      MILLRACE_CHECK(calls_.merge_states(c, *batch.column_at(first + c), fed, *table_));
    return {};
  }
  MILLRACE_CHECK(calls_.update(batch, fed, *table_));
  distinct_.add(batch, rows.rows(), keys_, calls_);
  return {};
}

// New slices of groups get a timer for the first window that will show them.
void slice_table::welcome_new(const data::record_batch& batch, slice_rows& rows) {
  std::vector<std::uint32_t> fresh;
  for (std::size_t i = 0; i < inserted_.size(); ++i)
    if (inserted_[i] != 0) fresh.push_back(rows.rows()[i]);
  if (fresh.empty()) return;
  if (!shape_.slices) {
    const time_column starts(*batch.column_at(shape_.spec.start_column));
    for (std::size_t i = 0; i < inserted_.size(); ++i)
      if (inserted_[i] != 0) set_start(payloads_[i], starts[rows.rows()[i]]);
  }
  set_timers(batch, rows, fresh);
}

void slice_table::set_timers(const data::record_batch& batch, slice_rows& rows,
                             std::span<const std::uint32_t> fresh) {
  rows.encode_groups(batch, fresh, new_keys_);
  timestamp_ms slice = rows.slice_of(fresh[0]);
  timestamp_ms window = rows.first_open_window(slice);
  for (std::uint32_t i = 0; i < fresh.size(); ++i) {
    if (rows.slice_of(fresh[i]) != slice) {
      slice = rows.slice_of(fresh[i]);
      window = rows.first_open_window(slice);
    }
    timers_->add(window, new_keys_.view(i));
  }
}

// Windows out.

std::vector<timestamp_ms> slice_table::slices_of(timestamp_ms window_end) const {
  if (!shape_.slices || !shape_.slices->overlapping()) return {window_end};
  const timestamp_ms first = shape_.slices->first_slice(window_end);
  if (shape_.slices->cumulative()) return {first, window_end};
  std::vector<timestamp_ms> slices;
  for (timestamp_ms s = first; s <= window_end; s += shape_.slices->width()) slices.push_back(s);
  return slices;
}

tables::readiness slice_table::load(const due_keys& due) {
  if (context_->tables->cold_groups() == 0) return tables::readiness::ready;
  std::vector<std::uint64_t> wanted;
  for (const timestamp_ms s : slices_of(due.time()))
    for (const std::uint64_t group : due.hashes())
      wanted.push_back(shape_.hasher(group, static_cast<std::uint64_t>(s)));
  return context_->tables->prefetch(wanted);
}

// The payloads of one slice for all due groups; null where a group has no rows in it.
void slice_table::find(const due_keys& due, timestamp_ms slice, bool insert,
                       std::vector<char*>& payloads) {
  const std::uint32_t count = due.count();
  std::vector<data::column_ptr> columns = {constant_bigint(slice, count)};
  columns.insert(columns.end(), due_columns_.begin(), due_columns_.end());
  hashes_.resize(count);
  for (std::uint32_t i = 0; i < count; ++i)
    hashes_[i] = shape_.hasher(due.hashes()[i], static_cast<std::uint64_t>(slice));
  places_.resize(count);
  std::iota(places_.begin(), places_.end(), 0U);
  encoder_.encode_columns(columns, places_, hashes_.data(), keys_);
  payloads.resize(count);
  inserted_.resize(count);
  if (insert)
    table_->find_or_insert(keys_, payloads, inserted_);
  else
    table_->find_mutable(keys_, payloads);
}

result<std::vector<char*>> slice_table::merge(const due_keys& due) {
  due_columns_ = due.columns();
  done_.clear();
  if (!shape_.slices || !shape_.slices->overlapping()) return take_slices(due);
  return shape_.slices->cumulative() ? merge_cumulative(due) : merge_hop(due);
}

void slice_table::drop_done() {
  for (char* payload : done_) {
    if (payload == nullptr) continue;
    distinct_.clear(payload, *table_);
    table_->erase(payload);
  }
  done_.clear();
}

// Windows that are slices.
result<std::vector<char*>> slice_table::take_slices(const due_keys& due) {
  std::vector<char*> states;
  find(due, due.time(), false, states);
  done_ = states;
  if (distinct_.empty()) return states;
  for (char*& payload : states)
    if (payload != nullptr)
      MILLRACE_CHECK(distinct_.feed(std::span(&payload, 1), payload, calls_, *table_, nullptr));
  return states;
}

// Adds up the window's slices, lets go of those that no later window holds, and sets the timer of
// the next window that has rows.
result<std::vector<char*>> slice_table::merge_hop(const due_keys& due) {
  const std::uint32_t count = due.count();
  const timestamp_ms next = shape_.slices->next_window(due.time());
  scratch_.make(count, table_->payload_size());
  std::vector<char*> states(count, nullptr);
  std::vector<std::vector<char*>> found(distinct_.empty() ? 0 : count);
  std::vector<std::uint8_t> goes_on(count, 0);
  std::vector<char*> payloads;
  for (const timestamp_ms s : slices_of(due.time())) {
    find(due, s, false, payloads);
    const bool last_use = s < shape_.slices->first_slice(next);
    for (std::uint32_t i = 0; i < count; ++i) {
      if (payloads[i] == nullptr) continue;
      states[i] = scratch_[i];
      calls_.merge(states[i], scratch_.heap, payloads[i]);
      if (!found.empty()) found[i].push_back(payloads[i]);
      if (last_use)
        done_.push_back(payloads[i]);
      else
        goes_on[i] = 1;
    }
  }
  for (std::uint32_t i = 0; i < count; ++i)
    if (goes_on[i] != 0) timers_->add(next, due[i]);
  for (std::uint32_t i = 0; i < found.size(); ++i)
    if (states[i] != nullptr)
      MILLRACE_CHECK(distinct_.feed(found[i], states[i], calls_, *table_, &scratch_.heap));
  return states;
}

// Moves the newest slice into the first one, which is the window's result so far.
result<std::vector<char*>> slice_table::merge_cumulative(const due_keys& due) {
  const timestamp_ms end = due.time();
  const timestamp_ms first = shape_.slices->first_slice(end);
  std::vector<char*> newest;
  std::vector<char*> sums;
  if (end != first) find(due, end, false, newest);
  find(due, first, end != first, sums);
  for (std::size_t i = 0; i < newest.size(); ++i) {
    if (newest[i] == nullptr) continue;
    calls_.merge(sums[i], table_->heap_of(sums[i]), newest[i]);
    distinct_.merge(sums[i], newest[i], *table_);
    done_.push_back(newest[i]);
  }
  const timestamp_ms next = shape_.slices->next_window(end);
  const bool complete = next > shape_.slices->last_window(first);
  for (std::uint32_t i = 0; i < due.count(); ++i) {
    if (complete)
      done_.push_back(sums[i]);
    else if (sums[i] != nullptr)
      timers_->add(next, due[i]);
  }
  return with_distinct(std::move(sums));
}

// DISTINCT calls are fed anew for every window, so they must not be fed in state.
result<std::vector<char*>> slice_table::with_distinct(std::vector<char*> sums) {
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

}  // namespace millrace::operators
