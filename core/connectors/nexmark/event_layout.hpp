#pragma once

#include "core/connectors/nexmark/generator_config.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace millrace::connectors::nexmark {

enum class event_kind : std::uint8_t { person = 0, auction = 1, bid = 2 };

/// Event numbers [first, first + count).
struct event_range {
  std::int64_t first = 0;
  std::uint32_t count = 0;
};

/// Neighbouring events of one kind within one group of persons, auctions and bids: rows
/// [row, row + count) of the batch.
struct event_run {
  std::uint32_t row = 0;
  std::uint32_t count = 0;
  std::int64_t event = 0;
  std::int64_t last_person = 0;   ///< number of the newest person, from 0; -1: none
  std::int64_t last_auction = 0;  ///< of the newest auction; for auctions, of the first of the run
};

/// A batch cut into its runs, by kind.
struct event_layout {
  std::vector<event_run> runs[3];
  std::uint32_t rows = 0;

  [[nodiscard]] const std::vector<event_run>& of(event_kind kind) const {
    return runs[static_cast<std::size_t>(kind)];
  }
};

[[nodiscard]] event_layout lay_out(const generator_config& config,
                                   std::span<const event_range> ranges);

/// Event time of an event, milliseconds.
[[nodiscard]] inline timestamp_ms time_of(const generator_config& config, std::int64_t event) {
  return config.base_time +
         static_cast<std::int64_t>(static_cast<__int128>(event) * 1000 / config.events_per_second);
}
/// Event times of a range, multiplied by `scale` (ticks per millisecond).
void fill_times(const generator_config& config, event_range range, std::int64_t scale,
                std::int64_t* to);

}  // namespace millrace::connectors::nexmark
