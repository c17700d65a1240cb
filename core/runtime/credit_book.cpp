#include "core/runtime/credit_book.hpp"

#include <algorithm>
#include <utility>

namespace millrace::runtime {

credit_book::credit_book(std::uint32_t channels, credit_limits limits)
    : limits_(limits), floating_(limits.floating), channels_(channels) {}

std::int64_t credit_book::on_arrival(channel_id channel, std::int64_t bytes) {
  entry& e = channels_[channel.value];
  e.queued += bytes;
  const std::int64_t lent = std::min(bytes, floating_);
  if (lent <= 0) return 0;
  floating_ -= lent;
  e.lent += lent;
  e.owed += lent;
  return settle(e);
}

std::int64_t credit_book::on_consumed(channel_id channel, std::int64_t bytes) {
  entry& e = channels_[channel.value];
  e.queued -= bytes;
  const std::int64_t returned = std::max<std::int64_t>(0, e.lent - e.queued);
  e.lent -= returned;
  floating_ += returned;
  e.owed += bytes - returned;
  return settle(e);
}

// Half of the exclusive credit: a sender whose bytes have all been consumed has at least the other
// half, so saving up never stops it.
std::int64_t credit_book::settle(entry& e) {
  if (e.owed * 2 < limits_.exclusive) return 0;
  return std::exchange(e.owed, 0);
}

}  // namespace millrace::runtime
