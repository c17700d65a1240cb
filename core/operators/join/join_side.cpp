#include "core/operators/join/join_side.hpp"

#include "core/operators/column_types.hpp"
#include "core/operators/live_rows.hpp"
#include "core/operators/row_events.hpp"
#include "core/operators/state_spec.hpp"

#include <cstring>

namespace millrace::operators {
namespace {

using plan::join_side_layout;

constexpr std::size_t counts_size = sizeof(join_side::row_counts);

join_side::row_counts read_counts(std::string_view value) {
  join_side::row_counts counts;
  std::memcpy(&counts, value.data(), counts_size);
  return counts;
}

std::vector<data::data_type> picked(const std::vector<data::data_type>& types,
                                    const std::vector<std::uint32_t>& columns) {
  std::vector<data::data_type> out;
  for (const std::uint32_t c : columns) out.push_back(types[c]);
  return out;
}

}  // namespace

join_side::join_side(settings s)
    : settings_(std::move(s)),
      codec_(settings_.row_types),
      unique_codec_(picked(settings_.row_types, settings_.unique_key)),
      sub_key_is_row_(settings_.layout == join_side_layout::no_unique_key) {}

void join_side::open(const std::vector<data::data_type>& key_types, tables::table_set& tables) {
  auto spec = state_spec(settings_.name, key_types, settings_.ttl_ms);
  spec.value_types = settings_.row_types;
  if (!settings_.retracts && !settings_.counts_matches) {
    list_ = &tables.open_list(std::move(spec));
    return;
  }
  if (sub_key_is_row_) {
    spec.sub_key_types = std::move(spec.value_types);
    spec.value_types = {};
  }
  map_ = &tables.open_map(std::move(spec));
}

void join_side::locate(const tables::key_batch& keys, std::vector<tables::key_handle>& handles) {
  handles.resize(keys.count());
  list_ ? list_->locate(keys, handles) : map_->locate(keys, handles);
}

join_side::cursor join_side::rows(tables::key_handle key) const {
  cursor at;
  if (!key) return at;
  if (list_) {
    at.list = list_->rows(key);
  } else {
    at.map = map_->items(key);
  }
  return at;
}

std::string_view join_side::next(cursor& at, std::string_view& sub_key, bool& last_copy) const {
  if (list_) {
    if (!at.list.valid()) return {};
    const std::string_view row = at.list.row();
    at.list.next();
    return row;
  }
  if (!at.map.valid()) return {};
  sub_key = at.map.sub_key();
  const std::string_view value = at.map.value();
  last_copy = ++at.copy >= read_counts(value).copies;
  if (last_copy) {
    at.copy = 0;
    at.map.next();
  }
  return sub_key_is_row_ ? sub_key : value.substr(counts_size);
}

join_side::row_counts join_side::counts_of(tables::key_handle key, std::string_view sub_key) const {
  return read_counts(map_->find(key, sub_key).view());
}

void join_side::set_matches(tables::key_handle key, std::string_view sub_key,
                            std::uint32_t matches) {
  const auto value = map_->find_mutable(key, sub_key);
  row_counts counts = read_counts(value.view());
  counts.matches = matches;
  std::memcpy(value.data, &counts, counts_size);
}

result<void> join_side::store(const data::record_batch& batch, const tables::key_batch& keys,
                              std::span<const std::uint8_t> skip,
                              std::span<const std::uint32_t> matches) {
  const std::uint32_t count = batch.row_count();
  stored_rows_ = live_rows(batch);
  handles_.resize(count);
  rows_.clear();
  codec_.encode(batch, stored_rows_, rows_);
  if (list_) {
    if (batch.kinds() != nullptr)
      for (const std::uint32_t row : stored_rows_)
        if (!data::adds(batch.kind_at(row)))
          return make_error(errc::internal,
                            "a join input that never takes rows back took one back");
    list_->locate_or_insert(keys, handles_);
    for (std::uint32_t i = 0; i < count; ++i)
      if (skip.empty() || skip[i] == 0) list_->append(handles_[i], rows_[i]);
    return {};
  }
  sub_keys_.clear();
  if (settings_.layout == join_side_layout::has_unique_key)
    unique_codec_.encode(batch, settings_.unique_key, stored_rows_, sub_keys_);
  map_->locate_or_insert(keys, handles_);
  for (std::uint32_t i = 0; i < count; ++i) {
    if (!skip.empty() && skip[i] != 0) continue;
    std::string_view sub_key;
    if (sub_key_is_row_) sub_key = rows_[i];
    if (settings_.layout == join_side_layout::has_unique_key) sub_key = sub_keys_[i];
    if (data::adds(batch.kind_at(stored_rows_[i]))) {
      add(handles_[i], sub_key, rows_[i], matches.empty() ? 0 : matches[i]);
    } else {
      take_back(handles_[i], sub_key);
    }
  }
  return {};
}

// A second row with the same unique key replaces the first: the key says there is only one.
void join_side::add(tables::key_handle key, std::string_view sub_key, std::string_view row,
                    std::uint32_t matches) {
  row_counts counts{1, matches};
  if (sub_key_is_row_) {
    const auto value = map_->upsert(key, sub_key, counts_size);
    counts.copies = read_counts(value.view()).copies + 1;
    std::memcpy(value.data, &counts, counts_size);
    return;
  }
  value_.assign(reinterpret_cast<const char*>(&counts), counts_size);
  value_.append(row);
  map_->put(key, sub_key, value_);
}

void join_side::take_back(tables::key_handle key, std::string_view sub_key) {
  const auto value = map_->find_mutable(key, sub_key);
  if (!value) return;
  row_counts counts = read_counts(value.view());
  if (--counts.copies == 0) {
    map_->erase(key, sub_key);
    return;
  }
  std::memcpy(value.data, &counts, counts_size);
}

}  // namespace millrace::operators
