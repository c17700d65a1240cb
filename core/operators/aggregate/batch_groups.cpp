#include "core/operators/aggregate/batch_groups.hpp"

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <utility>

namespace millrace::operators {
namespace {

constexpr std::uint32_t fewest_rows = 32;
constexpr std::uint32_t batches_of_pause = 16;
constexpr std::uint32_t first_slots_bits = 10;

}  // namespace

bool batch_groups::find(const data::record_batch& batch, std::span<const std::uint32_t> columns) {
  if (batch.row_count() < fewest_rows) return false;
  if (pause_ > 0) {
    --pause_;
    return false;
  }
  begin(batch);
  for (const std::uint32_t i : columns)
    if (!add_column(*batch.column_at(i))) return false;
  return true;
}

// All rows are one group until a column says otherwise.
void batch_groups::begin(const data::record_batch& batch) {
  live_ = batch.selection();
  live_count_ = batch.row_count();
  first_rows_.assign(1, batch.row_at(0));
  group_of_.assign(live_count_, 0);
  ends_.clear();
  rows_.clear();
}

bool batch_groups::add_column(const data::column& c) {
  using data::type_id;
  if (c.is_constant()) return true;
  if (c.may_have_nulls()) return false;
  if (c.layout == data::encoding::dictionary) return number_column(c.values->as<std::uint32_t>());
  switch (c.type.id()) {
    case type_id::integer:
    case type_id::date:
    case type_id::time: return number_column(c.data<std::int32_t>());
    case type_id::bigint:
    case type_id::timestamp:
    case type_id::timestamp_ltz: return number_column(c.data<std::int64_t>());
    default: return false;
  }
}

template <class T>
bool batch_groups::number_column(const T* values) {
  const bool first = count() == 1;
  if (!first) before_.swap(group_of_);
  const auto of_column = [&](std::uint32_t, std::uint32_t row) {
    return static_cast<std::uint64_t>(values[row]);
  };
  if (!number(of_column)) return false;
  if (first) return true;
  // A pair of numbers is a number again.
  return number([this](std::uint32_t i, std::uint32_t) {
    return std::uint64_t{before_[i]} << 32 | group_of_[i];
  });
}

// Puts the number of each live row's value, in the order of first rows, into `group_of_`.
template <class ValueOf>
bool batch_groups::number(ValueOf value_of) {
  next_stamp();
  first_rows_.clear();
  values_.clear();
  group_of_.resize(live_count_);
  std::uint32_t* groups = group_of_.data();
  const std::uint32_t* live = live_.empty() ? nullptr : live_.data();
  for (std::uint32_t i = 0; i < live_count_; ++i) {
    const std::uint32_t row = live != nullptr ? live[i] : i;
    const std::uint64_t value = value_of(i, row);
    const slot& found = slot_of(value);
    groups[i] = found.stamp == stamp_ ? found.group : count();
    if (found.stamp != stamp_ && !add_group(row, value)) return false;
  }
  return true;
}

batch_groups::slot& batch_groups::slot_of(std::uint64_t value) {
  const auto mask = static_cast<std::uint32_t>(slots_.size() - 1);
  std::uint32_t at = place_of(value);
  while (slots_[at].stamp == stamp_ && slots_[at].value != value) at = (at + 1) & mask;
  return slots_[at];
}

bool batch_groups::add_group(std::uint32_t row, std::uint64_t value) {
  if (count() == live_count_ / 2) {
    pause_ = batches_of_pause;
    return false;
  }
  slot_of(value) = {value, count(), stamp_};
  first_rows_.push_back(row);
  values_.push_back(value);
  if (2 * std::size_t{count()} > slots_.size()) grow();
  return true;
}

void batch_groups::next_stamp() {
  if (slots_.empty()) {
    slots_.assign(std::size_t{1} << first_slots_bits, {});
    shift_ = 64 - first_slots_bits;
  }
  if (++stamp_ != 0) return;
  std::ranges::fill(slots_, slot{});
  stamp_ = 1;
}

void batch_groups::grow() {
  slots_.assign(slots_.size() * 2, {});
  --shift_;
  stamp_ = 1;
  for (std::uint32_t g = 0; g < values_.size(); ++g) slot_of(values_[g]) = {values_[g], g, stamp_};
}

data::batch_ptr batch_groups::first_of_each(const data::record_batch& batch) const {
  const std::span rows(first_rows_);
  return batch.with_selection(data::buffer::copy_of(std::as_bytes(rows)), count());
}

std::span<const std::uint32_t> batch_groups::ends() {
  if (count() == 1) {
    ends_.assign(1, live_count_);
  } else if (ends_.empty()) {
    ends_.assign(count(), 0);
    for (const std::uint32_t g : group_of_) ++ends_[g];
    std::partial_sum(ends_.begin(), ends_.end(), ends_.begin());
  }
  return ends_;
}

const std::uint32_t* batch_groups::rows() {
  if (count() == 1 && !live_.empty()) return live_.data();
  if (!rows_.empty()) return rows_.data();
  rows_.resize(live_count_);
  if (count() == 1) {
    std::iota(rows_.begin(), rows_.end(), 0U);
    return rows_.data();
  }
  // From the last row to the first, each goes in front of what is there.
  std::vector<std::uint32_t> next(ends().begin(), ends().end());
  for (std::uint32_t i = live_count_; i-- > 0;)
    rows_[--next[group_of_[i]]] = live_.empty() ? i : live_[i];
  return rows_.data();
}

}  // namespace millrace::operators
