#pragma once

#include "core/base/clock.hpp"
#include "core/base/config.hpp"
#include "core/base/result.hpp"

#include <cstdint>

namespace millrace::connectors::nexmark {

/// What the events look like. Names and defaults are those of the public Nexmark benchmark for
/// Flink (github.com/nexmark/nexmark, NexmarkSourceOptions); `seed`, `base-time` and `whole-rows`
/// are our own.
struct generator_config {
  std::uint64_t seed = 0;
  timestamp_ms base_time = 0;               ///< event time of event 0
  std::int64_t events_per_second = 10'000;  ///< of event time
  std::int64_t events = 0;                  ///< how many there are; INT64_MAX: no end
  std::int64_t persons = 1;                 ///< of each group of persons + auctions + bids
  std::int64_t auctions = 3;
  std::int64_t bids = 46;
  std::int64_t hot_auction_ratio = 2;  ///< 1 - 1/ratio of the bids go to the hot auction
  std::int64_t hot_bidder_ratio = 4;
  std::int64_t hot_seller_ratio = 4;
  std::int64_t person_bytes = 200;  ///< mean sizes, reached by the column `extra`
  std::int64_t auction_bytes = 500;
  std::int64_t bid_bytes = 100;
  bool keep_alive = false;     ///< stays open behind the last event
  bool max_emit_speed = true;  ///< else an event is not given before its time has come
  bool whole_rows = true;      ///< makes all columns, whatever the query reads

  [[nodiscard]] std::int64_t group() const { return persons + auctions + bids; }
  [[nodiscard]] bool endless() const { return events == INT64_MAX; }

  /// Errors: 2032.
  [[nodiscard]] static result<generator_config> from(const option_map& options, timestamp_ms now);
};

inline constexpr std::int64_t first_person_id = 1000;
inline constexpr std::int64_t first_auction_id = 1000;
inline constexpr std::int64_t first_category_id = 10;
inline constexpr std::int64_t categories = 5;
/// Persons and auctions that bids may name although they come a little later.
inline constexpr std::int64_t id_lead = 10;
/// Every that many persons or auctions there is a new hot one.
inline constexpr std::int64_t hot_every = 100;
inline constexpr std::int64_t auctions_in_flight = 100;
inline constexpr std::int64_t active_people = 1000;

}  // namespace millrace::connectors::nexmark
