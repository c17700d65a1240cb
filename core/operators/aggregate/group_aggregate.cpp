#include "core/operators/aggregate/group_aggregate.hpp"

#include "core/operators/column_compare.hpp"
#include "core/operators/column_types.hpp"

#include <algorithm>
#include <cstring>
#include <numeric>

namespace millrace::operators {
namespace {

// A payload begins with the group's index among those touched by the bundle, then, if rows can be
// taken back, how many rows the group has.
std::uint64_t& mark_of(char* payload) { return *reinterpret_cast<std::uint64_t*>(payload); }
std::int64_t& count_of(char* payload) { return *reinterpret_cast<std::int64_t*>(payload + 8); }

constexpr std::int64_t default_bundle_rows = 5000;  // of Flink's examples

data::buffer_ref copy_kinds(const std::vector<data::change_kind>& kinds) {
  auto out = data::buffer::allocate(kinds.size());
  std::memcpy(out->mutable_data(), kinds.data(), kinds.size());
  return out;
}

}  // namespace

group_aggregate::group_aggregate(plan::group_aggregate_spec spec, const operator_inputs& inputs)
    : spec_(std::move(spec)),
      input_(inputs, 0, spec_.groups),
      calls_({spec_.calls, spec_.groups, types_of(inputs.inputs[0]), spec_.retracting_input,
              spec_.ttl_ms}),
      output_types_(types_of(inputs.node.columns)),
      final_(output_types_, spec_.groups.size()) {
  if (spec_.mini_batch && spec_.mini_batch_rows <= 0) spec_.mini_batch_rows = default_bundle_rows;
}

result<void> group_aggregate::open(operator_context& context) {
  context_ = &context;
  std::vector<tables::slot_spec> header(spec_.retracting_input ? 2 : 1,
                                        tables::slot_spec::bytes(8));
  calls_.open(std::move(header), context);
  for (std::size_t i = 0; i < output_types_.size(); ++i)
    (i < spec_.groups.size() ? keys_ : values_).emplace_back(output_types_[i]);
  return {};
}

result<progress> group_aggregate::process(input_id, const data::batch_ptr& batch, output& out) {
  if (bundle_.empty()) bundle_since_ = context_->time->now();
  bundle_.push_back(batch);
  bundle_rows_ += batch->row_count();
  if (spec_.mini_batch && bundle_rows_ < spec_.mini_batch_rows) return progress::need_input;
  return flush(out);
}

result<progress> group_aggregate::finish(input_id, output& out) {
  ended_ = spec_.at_end;
  return resume(out);
}

result<progress> group_aggregate::resume(output& out) {
  MILLRACE_TRY(const auto flushed, flush(out));
  if (flushed != progress::need_input || !ended_) return flushed;
  return work_through(outbox_, out, [this] { return give_groups(); });
}

result<piece> group_aggregate::give_groups() {
  if (spec_.groups.empty() && !total_added_) {
    if (final_groups::add_total(calls_, *context_->tables) == tables::readiness::loading)
      return piece::need_state;
    total_added_ = true;
  }
  return final_.next(calls_, *context_->tables, context_->batch_rows, outbox_);
}

timestamp_ms group_aggregate::next_processing_time() const {
  if (bundle_.empty() || spec_.mini_batch_ms <= 0) return max_watermark;
  return bundle_since_ + spec_.mini_batch_ms;
}

// All keys of the bundle are asked for before anything changes.
bool group_aggregate::load_bundle() {
  if (bundle_.size() == 1) return load(*bundle_[0]);
  bool ready = true;
  if (context_->tables->cold_groups() != 0)
    for (const auto& batch : bundle_) ready &= load(*batch);
  return ready;
}

// Partial states hold no DISTINCT values.
bool group_aggregate::load(const data::record_batch& batch) {
  const bool global = spec_.phase == plan::aggregate_phase::global;
  first_rows_.reset();
  if (!global && calls_.only_plain() && groups_.find(batch, spec_.groups))
    first_rows_ = groups_.first_of_each(batch);
  const auto groups = input_.load(first_rows_ ? *first_rows_ : batch, *context_->tables);
  if (global) return groups == tables::readiness::ready;
  const auto values = calls_.prefetch(batch, input_.hashes(), *context_->tables);
  return groups == tables::readiness::ready && values == tables::readiness::ready;
}

result<progress> group_aggregate::flush(output& out) {
  if (!bundle_.empty()) {
    if (!load_bundle()) return progress::need_state;
    for (const auto& batch : bundle_) {
      if (bundle_.size() > 1) (void)input_.load(*batch, *context_->tables);
      MILLRACE_CHECK(apply(*batch));
    }
    bundle_.clear();
    bundle_rows_ = 0;
    if (!spec_.at_end) MILLRACE_CHECK(make_changes());
  }
  return outbox_.drain(out);
}

result<void> group_aggregate::apply(const data::record_batch& batch) {
  group_payloads_.resize(input_.keys().count());
  inserted_.resize(input_.keys().count());
  calls_.groups().find_or_insert(input_.keys(), group_payloads_, inserted_);
  if (!spec_.at_end) MILLRACE_CHECK(touch(first_rows_ ? *first_rows_ : batch));
  if (feeds_groups(batch)) {
    feed_groups(batch);
    return {};
  }
  spread_payloads();
  return feed(batch, count_rows(batch));
}

bool group_aggregate::feeds_groups(const data::record_batch& batch) const {
  return first_rows_ && calls_.calls().take_groups() &&
         (!spec_.retracting_input || batch.kinds() == nullptr);
}

void group_aggregate::feed_groups(const data::record_batch& batch) {
  if (spec_.retracting_input) {
    std::uint32_t begin = 0;
    for (std::uint32_t g = 0; g < groups_.count(); ++g) {
      count_of(group_payloads_[g]) += groups_.ends()[g] - begin;
      begin = groups_.ends()[g];
    }
  }
  calls_.calls().update_groups(batch, groups_, group_payloads_);
}

// One per row.
void group_aggregate::spread_payloads() {
  if (!first_rows_) {
    payloads_.swap(group_payloads_);
    return;
  }
  const auto group_of = groups_.group_of_rows();
  payloads_.resize(group_of.size());
  for (std::size_t i = 0; i < group_of.size(); ++i) payloads_[i] = group_payloads_[group_of[i]];
}

// Notes the groups that the bundle meets for the first time, and reads the results of those that
// were there before. `keyed`: the rows whose keys were looked up.
result<void> group_aggregate::touch(const data::record_batch& keyed) {
  auto& known = touched_.payloads;
  std::vector<std::uint32_t> first_rows;
  std::vector<char*> existing;
  for (std::uint32_t i = 0; i < keyed.row_count(); ++i) {
    char* payload = group_payloads_[i];
    // The mark may be any old number: what it names decides.
    std::uint64_t& mark = mark_of(payload);
    if (mark < known.size() && known[mark] == payload) continue;
    mark = known.size();
    known.push_back(payload);
    first_rows.push_back(keyed.row_at(i));
    touched_.before.push_back(inserted_[i] != 0 ? none : old_rows_++);
    if (inserted_[i] == 0) existing.push_back(payload);
  }
  for (std::size_t k = 0; k < keys_.size(); ++k)
    keys_[k].append_rows(*keyed.column_at(spec_.groups[k]), first_rows);
  if (existing.empty()) return {};
  for (std::size_t c = 0; c < values_.size(); ++c)
    MILLRACE_CHECK(calls_.emit(c, existing, values_[c]));
  return {};
}

std::int64_t group_aggregate::delta_of(const data::record_batch& batch, std::uint32_t row) const {
  if (spec_.phase == plan::aggregate_phase::global)
    return batch.column_at(batch.columns().size() - 1)->value<std::int64_t>(row);
  return data::adds(batch.kind_at(row)) ? 1 : -1;
}

// Counts the rows of each group and leaves out those that take back a row that is not there (its
// state has expired, or its insert was late).
fed_rows group_aggregate::count_rows(const data::record_batch& batch) {
  const expr::row_set all{batch.stored_rows(),
                          batch.selected() ? batch.selection().data() : nullptr, batch.row_count()};
  if (!spec_.retracting_input) return {all, payloads_};
  fed_rows_.clear();
  fed_payloads_.clear();
  for (std::uint32_t i = 0; i < batch.row_count(); ++i) {
    const std::uint32_t row = batch.row_at(i);
    std::int64_t& count = count_of(payloads_[i]);
    const std::int64_t delta = delta_of(batch, row);
    if (delta < 0 && count == 0) continue;
    count += delta;
    fed_rows_.push_back(row);
    fed_payloads_.push_back(payloads_[i]);
  }
  return {{batch.stored_rows(), fed_rows_.data(), static_cast<std::uint32_t>(fed_rows_.size())},
          fed_payloads_};
}

result<void> group_aggregate::feed(const data::record_batch& batch, const fed_rows& fed) {
  if (spec_.phase == plan::aggregate_phase::global) return merge_partials(batch, fed);
  return calls_.update(batch, fed, input_.hashes());
}

result<void> group_aggregate::merge_partials(const data::record_batch& batch, const fed_rows& fed) {
  for (std::size_t c = 0; c < calls_.size(); ++c)
    MILLRACE_CHECK(calls_.calls().merge_states(c, *batch.column_at(spec_.groups.size() + c), fed,
                                               calls_.groups()));
  return {};
}

bool group_aggregate::is_alive(const char* payload) const {
  return !spec_.retracting_input || count_of(const_cast<char*>(payload)) > 0;
}

void group_aggregate::note_unchanged(const std::vector<data::column_ptr>& values) {
  changed_.assign(touched_.payloads.size(), spec_.ttl_ms > 0 ? 1 : 0);
  if (spec_.ttl_ms > 0 || old_rows_ == 0) return;
  std::vector<std::uint32_t> groups;
  std::vector<std::uint32_t> before;
  std::vector<std::uint32_t> after;
  for (std::uint32_t t = 0; t < touched_.payloads.size(); ++t) {
    if (touched_.before[t] == none) continue;
    groups.push_back(t);
    before.push_back(touched_.before[t]);
    after.push_back(old_rows_ + t);
  }
  std::vector<std::uint8_t> differs(groups.size(), 0);
  for (const auto& column : values) note_changes(*column, before, after, differs.data());
  for (std::size_t i = 0; i < groups.size(); ++i) changed_[groups[i]] = differs[i];
}

void group_aggregate::pick_changes() {
  key_picks_.clear();
  value_picks_.clear();
  kinds_.clear();
  const auto pick = [this](std::uint32_t key, std::uint32_t value, data::change_kind kind) {
    key_picks_.push_back(key);
    value_picks_.push_back(value);
    kinds_.push_back(kind);
  };
  for (std::uint32_t t = 0; t < touched_.payloads.size(); ++t) {
    const std::uint32_t before = touched_.before[t];
    const bool alive = is_alive(touched_.payloads[t]);
    if (before == none) {
      if (alive) pick(t, old_rows_ + t, data::change_kind::insert);
    } else if (!alive) {
      pick(t, before, data::change_kind::remove);
    } else if (changed_[t] != 0) {
      if (spec_.emit_update_before) pick(t, before, data::change_kind::update_before);
      pick(t, old_rows_ + t, data::change_kind::update_after);
    }
  }
}

result<void> group_aggregate::make_changes() {
  std::vector<data::column_ptr> values;
  for (std::size_t c = 0; c < values_.size(); ++c) {
    MILLRACE_CHECK(calls_.emit(c, touched_.payloads, values_[c]));
    values.push_back(values_[c].finish());
  }
  note_unchanged(values);
  pick_changes();
  std::vector<data::column_ptr> columns;
  for (auto& key : keys_) columns.push_back(data::take(*key.finish(), key_picks_));
  for (const auto& value : values) columns.push_back(data::take(*value, value_picks_));
  const bool inserts_only = std::ranges::all_of(
      kinds_, [](data::change_kind k) { return k == data::change_kind::insert; });
  data::batch_ptr made = std::make_shared<const data::record_batch>(
      std::move(columns), static_cast<std::uint32_t>(kinds_.size()));
  if (!inserts_only) made = made->with_kinds(copy_kinds(kinds_));
  outbox_.put_split(made, context_->batch_rows);
  for (char* payload : touched_.payloads)
    if (!is_alive(payload)) calls_.erase(payload);
  touched_.payloads.clear();
  touched_.before.clear();
  old_rows_ = 0;
  return {};
}

}  // namespace millrace::operators
