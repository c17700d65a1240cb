#include "core/operators/over/over.hpp"
#include "core/operators/over/partition_rows.hpp"
#include "core/operators/sort_order.hpp"
#include "core/operators/time_column.hpp"

#include <numeric>

namespace millrace::operators {

using data::change_kind;

over_value::over_value(plan::over_spec spec, const operator_inputs& inputs)
    : kept_rows(inputs, spec.over.partition, spec.ttl_ms, spec.at_end),
      spec_(std::move(spec)),
      order_(sort_order(spec_.over.order, types_)),
      calls_(spec_.over),
      result_codec_(calls_.types()) {}

result<void> over_value::open(operator_context& context) {
  MILLRACE_CHECK(calls_.open(context.eval));
  std::vector<tables::slot_spec> slots = {tables::slot_spec::bytes(8)};
  calls_.append_slots(slots);
  return kept_rows::open(context);
}

result<void> over_value::step() {
  orders_.clear();
  order_.encode(*batch_, stored_rows_, orders_);
  for (std::uint32_t i = 0; i < stored_rows_.size(); ++i) {
    if (!spec_.at_end) MILLRACE_CHECK(touch(handles_[i]));
    if (data::adds(batch_->kind_at(stored_rows_[i]))) {
      (void)rows_->insert(handles_[i], orders_[i], encoded_[i]);
      continue;
    }
    const std::string found = find_row(handles_[i], orders_[i], encoded_[i]);
    if (!found.empty()) (void)rows_->erase(handles_[i], found);
  }
  return spec_.at_end ? result<void>() : emit_changes();
}

result<void> over_value::touch(tables::key_handle key) {
  const auto [at, added] =
      touched_at_.try_emplace(key.payload, static_cast<std::uint32_t>(touched_.size()));
  if (!added) return {};
  touched_.push_back({key, {}});
  return evaluate(key, touched_.back().before);
}

// All rows of a partition with their results, as copies.
result<void> over_value::evaluate(tables::key_handle key, std::vector<told_row>& out) {
  std::vector<std::string_view> views;
  std::vector<std::uint32_t> peers;
  std::string_view before;
  for (auto at = rows_->first(key); at.valid(); at.next()) {
    const std::string_view keys =
        at.order().substr(0, at.order().size() - tables::sorted_table::sequence_size);
    peers.push_back(peers.empty() ? 0 : peers.back() + (keys == before ? 0 : 1));
    before = keys;
    views.push_back(at.row());
    out.push_back({bytes_.keep(at.order()), bytes_.keep(at.row()), {}});
  }
  if (views.empty()) return {};
  scratch_.make(1, std::max<std::size_t>(8, calls_.payload_size()));
  std::vector<data::column_builder> results;
  for (const auto& type : calls_.types()) results.emplace_back(type);
  auto read = calls_.columns();
  std::vector<std::int64_t> times;
  const bool timed = spec_.over.frame.preceding && !spec_.over.frame.rows;
  if (timed) read.push_back(spec_.over.order[0].column);
  const auto rows = decode_columns(codec_, views, read);
  if (timed) {
    const time_column column(*rows->column_at(spec_.over.order[0].column));
    for (std::uint32_t i = 0; i < views.size(); ++i) times.push_back(column[i]);
  }
  const ordered_rows in{rows, 0, times, peers};
  MILLRACE_CHECK(calls_.run(in, scratch_[0], scratch_.heap, results));
  std::vector<data::column_ptr> columns;
  for (auto& r : results) columns.push_back(r.finish());
  std::vector<std::uint32_t> all(views.size());
  std::iota(all.begin(), all.end(), 0U);
  tables::encoded_rows encoded;
  result_codec_.encode_columns(columns, all, encoded);
  for (std::size_t i = 0; i < out.size(); ++i) out[i].results = bytes_.keep(encoded[i]);
  return {};
}

result<void> over_value::emit_changes() {
  for (const auto& t : touched_) {
    std::vector<told_row> after;
    MILLRACE_CHECK(evaluate(t.key, after));
    compare(t.before, after);
  }
  emit_given();
  touched_.clear();
  touched_at_.clear();
  return {};
}

result<std::uint32_t> over_value::give(tables::key_handle key) {
  std::vector<told_row> rows;
  MILLRACE_CHECK(evaluate(key, rows));
  for (const auto& row : rows) tell(row, change_kind::insert);
  return static_cast<std::uint32_t>(kinds_.size());
}

void over_value::emit_given() {
  if (!kinds_.empty()) {
    const auto count = static_cast<std::uint32_t>(kinds_.size());
    auto all = types_;
    all.insert(all.end(), calls_.types().begin(), calls_.types().end());
    data::batch_builder out(all, count);
    codec_.decode(told_rows_, out);
    result_codec_.decode(told_results_, out, static_cast<std::uint32_t>(types_.size()));
    for (const auto kind : kinds_) out.end_row(kind);
    outbox_.put_split(out.finish(), context_->batch_rows);
  }
  told_rows_.clear();
  told_results_.clear();
  kinds_.clear();
  bytes_.clear();
}

// Both are sorted by their order bytes.
void over_value::compare(const std::vector<told_row>& before, const std::vector<told_row>& after) {
  std::size_t a = 0;
  for (const auto& old : before) {
    for (; a < after.size() && after[a].order < old.order; ++a) tell(after[a], change_kind::insert);
    if (a == after.size() || after[a].order != old.order) {
      tell(old, change_kind::remove);
      continue;
    }
    if (after[a].results != old.results) {
      tell(old, change_kind::update_before);
      tell(after[a], change_kind::update_after);
    }
    ++a;
  }
  for (; a < after.size(); ++a) tell(after[a], change_kind::insert);
}

void over_value::tell(const told_row& row, change_kind kind) {
  if (kind == change_kind::update_before && !spec_.emit_update_before) return;
  told_rows_.push_back(row.row);
  told_results_.push_back(row.results);
  kinds_.push_back(kind);
}

}  // namespace millrace::operators
