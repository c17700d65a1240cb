#include "core/operators/rank/top_rows.hpp"

#include "core/operators/sort_order.hpp"

#include <algorithm>

namespace millrace::operators {

using data::change_kind;

top_rows::top_rows(plan::rank_spec spec, const operator_inputs& inputs)
    : kept_rows(inputs, spec.partition, spec.ttl_ms, spec.at_end),
      spec_(std::move(spec)),
      order_(sort_order(spec_.order, types_)),
      range_(spec_),
      by_place_(spec_.output_rank && spec_.what == plan::rank_spec::function::row_number) {}

result<void> top_rows::step() {
  orders_.clear();
  order_.encode(*batch_, stored_rows_, orders_);
  for (std::uint32_t i = 0; i < stored_rows_.size(); ++i)
    data::adds(batch_->kind_at(stored_rows_[i])) ? add(i) : take_back(i);
  if (!spec_.at_end) emit_changes();
  return {};
}

result<std::uint32_t> top_rows::give(tables::key_handle key) {
  range_.list(*rows_, key, listed_);
  for (const auto& row : listed_) change(row, change_kind::insert);
  return events_.size();
}

// Copies what the key shows before its first change in this batch.
void top_rows::touch(tables::key_handle key) {
  if (spec_.at_end) return;
  const auto [at, added] =
      touched_at_.try_emplace(key.payload, static_cast<std::uint32_t>(touched_.size()));
  if (!added) return;
  const auto begin = static_cast<std::uint32_t>(before_.size());
  range_.list(*rows_, key, listed_);
  for (const auto& r : listed_)
    before_.push_back({before_bytes_.keep(r.order), before_bytes_.keep(r.row), r.rank});
  touched_.push_back({key, begin, static_cast<std::uint32_t>(before_.size())});
}

void top_rows::add(std::uint32_t row) {
  const auto key = handles_[row];
  if (!spec_.retracting_input && range_.is_behind(*rows_, key, orders_[row])) return;
  touch(key);
  (void)rows_->insert(key, orders_[row], encoded_[row]);
  if (!spec_.retracting_input) range_.trim(*rows_, key);
}

void top_rows::take_back(std::uint32_t row) {
  const auto key = handles_[row];
  const std::string found = find_row(key, orders_[row], encoded_[row]);
  if (found.empty()) return;
  touch(key);
  (void)rows_->erase(key, found);
}

void top_rows::emit_changes() {
  std::vector<ranked_row> after;
  for (const auto& t : touched_) {
    range_.list(*rows_, t.key, after);
    const auto before = std::span(before_).subspan(t.begin, t.end - t.begin);
    by_place_ ? compare_places(before, after) : compare_rows(before, after);
  }
  emit_given();
  touched_.clear();
  touched_at_.clear();
  before_.clear();
  before_bytes_.clear();
}

void top_rows::emit_given() {
  if (events_.empty()) return;
  std::vector<data::column_ptr> appended;
  if (spec_.output_rank) {
    data::column_builder out(data::data_type(data::type_id::bigint, false), events_.size());
    std::ranges::copy(ranks_, out.extend<std::int64_t>(events_.size()));
    appended.push_back(out.finish());
  }
  outbox_.put_split(events_.finish(codec_, std::move(appended)), context_->batch_rows);
  ranks_.clear();
}

void top_rows::compare_places(std::span<const ranked_row> before,
                              std::span<const ranked_row> after) {
  const std::size_t both = std::min(before.size(), after.size());
  for (std::size_t i = 0; i < both; ++i)
    if (before[i].row != after[i].row) update(before[i], after[i]);
  for (std::size_t i = both; i < before.size(); ++i) change(before[i], change_kind::remove);
  for (std::size_t i = both; i < after.size(); ++i) change(after[i], change_kind::insert);
}

// Both are sorted by their order bytes. What goes comes out before what is new.
void top_rows::compare_rows(std::span<const ranked_row> before, std::span<const ranked_row> after) {
  if (spec_.first == spec_.last && spec_.what == plan::rank_spec::function::row_number)
    return compare_places(before, after);
  std::vector<const ranked_row*> added;
  std::size_t a = 0;
  for (const auto& old : before) {
    while (a < after.size() && after[a].order < old.order) added.push_back(&after[a++]);
    if (a == after.size() || after[a].order != old.order) {
      change(old, change_kind::remove);
      continue;
    }
    if (spec_.output_rank && after[a].rank != old.rank) update(old, after[a]);
    ++a;
  }
  for (; a < after.size(); ++a) added.push_back(&after[a]);
  for (const auto* row : added) change(*row, change_kind::insert);
}

void top_rows::change(const ranked_row& row, change_kind kind) {
  events_.add(row.row, kind);
  if (spec_.output_rank) ranks_.push_back(row.rank);
}

void top_rows::update(const ranked_row& before, const ranked_row& after) {
  if (spec_.emit_update_before) change(before, change_kind::update_before);
  change(after, change_kind::update_after);
}

}  // namespace millrace::operators
