#pragma once

#include "core/data/record_batch.hpp"

#include <cstdint>
#include <vector>

namespace millrace::bench {

/// The batches of the Nexmark generator, all events, as the `memory` source replays them.
struct bid_columns {
  std::vector<data::batch_ptr> batches;
  std::uint64_t events = 0;
};

/// Generates `events` events at `rate` events per second of event time. Ends the process on an
/// error.
[[nodiscard]] bid_columns generate_bids(std::int64_t events, std::int64_t rate);

/// One batch's parts that the hand-written programs read: plain arrays, no copies.
struct bid_view {
  std::uint32_t rows;
  const std::int32_t* event_type;
  const std::int64_t* auction;
  const std::int64_t* bidder;
  const std::int64_t* price;
  const std::int64_t* time;  ///< milliseconds
};
[[nodiscard]] bid_view view_of(const data::record_batch& batch);

}  // namespace millrace::bench
