#include "core/tables/timer_queue.hpp"

#include "core/tables/order_encoder.hpp"

#include <algorithm>

namespace millrace::tables {
namespace {

// A timer's order bytes: time, hash, NULL mask, key bytes. All timers of a key group stand under
// one key without bytes, whose hash is the group's number.
constexpr std::size_t time_size = 8;
constexpr std::size_t head_size = time_size + 8 + 1;

}  // namespace

timer_queue::timer_queue(table_spec spec, std::uint16_t ordinal, const table_context& context,
                         segment_host& host)
    : sorted_table(std::move(spec), ordinal, context, host, prefix_form::timer),
      first_(context.range.count, max_watermark) {}

key_view timer_queue::group_key(std::uint32_t index) const {
  return {context_.range.first + index, nullptr, 0, 0};
}

std::uint32_t timer_queue::encode(timestamp_ms at, const key_view& key) {
  order_.resize(head_size);
  order_encoder::put_bigint(at, order_.data());
  const std::uint64_t hash = __builtin_bswap64(key.hash);
  std::memcpy(order_.data() + time_size, &hash, sizeof hash);
  order_[head_size - 1] = static_cast<char>(key.nulls);
  order_.append(key.bytes());
  return context_.range.group_of(key.hash) - context_.range.first;
}

bool timer_queue::add(timestamp_ms at, const key_view& key) {
  if (stale_) find_earliest();
  const std::uint32_t index = encode(at, key);
  if (!put(locate_or_insert(group_key(index)), order_, {})) return false;
  first_[index] = std::min(first_[index], at);
  if (first_[index] < first_[earliest_] ||
      (first_[index] == first_[earliest_] && index < earliest_)) {
    earliest_ = index;
  }
  return true;
}

bool timer_queue::erase(timestamp_ms at, const key_view& key) {
  const std::uint32_t index = encode(at, key);
  if (!sorted_table::erase(locate(group_key(index)), order_)) return false;
  if (!stale_ && first_[index] == at) {
    refresh(index);
    if (index == earliest_) find_earliest();
  }
  return true;
}

bool timer_queue::contains(timestamp_ms at, const key_view& key) {
  const std::uint32_t index = encode(at, key);
  return find(locate(group_key(index)), order_).valid();
}

void timer_queue::refresh(std::uint32_t index) {
  const sorted_cursor c = first(locate(group_key(index)));
  first_[index] = c.valid() ? order_encoder::get_bigint(c.order().data()) : max_watermark;
}

void timer_queue::find_earliest() {
  if (stale_) {
    for (std::uint32_t i = 0; i < first_.size(); ++i) refresh(i);
    stale_ = false;
  }
  earliest_ =
      static_cast<std::uint32_t>(std::min_element(first_.begin(), first_.end()) - first_.begin());
}

timestamp_ms timer_queue::next_time() {
  if (stale_) find_earliest();
  return first_.empty() ? max_watermark : first_[earliest_];
}

bool timer_queue::pop(timestamp_ms until, timestamp_ms& at, key_view& key) {
  if (next_time() > until) return false;
  sorted_cursor c = first(locate(group_key(earliest_)));
  if (!c.valid()) return false;
  popped_ = c.order();
  sorted_table::erase(c);
  at = order_encoder::get_bigint(popped_.data());
  std::uint64_t hash;
  std::memcpy(&hash, popped_.data() + time_size, sizeof hash);
  key = {__builtin_bswap64(hash), popped_.data() + head_size,
         static_cast<std::uint32_t>(popped_.size() - head_size),
         static_cast<std::uint8_t>(popped_[head_size - 1])};
  first_[earliest_] = c.valid() ? order_encoder::get_bigint(c.order().data()) : max_watermark;
  // The group stays the earliest while its next timer has the same time.
  if (first_[earliest_] != at) find_earliest();
  return true;
}

bool timer_queue::valid_sub(std::string_view sub) const { return sub.size() >= head_size; }

}  // namespace millrace::tables
