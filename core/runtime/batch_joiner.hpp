#pragma once

#include "core/runtime/channel.hpp"

#include <cstdint>
#include <deque>

namespace millrace::runtime {

/// How many parcels at the front of the queue are batches worth joining: small ones, together not
/// above `batch_rows` rows. Less than 2: nothing to join.
[[nodiscard]] std::size_t joinable(const std::deque<parcel>& queue, std::uint32_t batch_rows);

/// The first `count` batches copied into one, with change kinds and key hashes.
[[nodiscard]] data::batch_ptr join_front(const std::deque<parcel>& queue, std::size_t count);

}  // namespace millrace::runtime
