#pragma once

#include "core/connectors/nexmark/event_layout.hpp"
#include "core/connectors/nexmark/text_tables.hpp"
#include "core/data/column.hpp"

#include <array>
#include <cstdint>
#include <memory>
#include <span>

namespace millrace::connectors::nexmark {

/// The cells of one ROW column of a batch, field by field; entries of fields not made are empty.
struct row_cells {
  struct cell {
    data::buffer_ref values;
    data::buffer_ref offsets;
  };
  std::array<cell, 10> fields;
};

/// What the writers of all kinds share.
struct batch_frame {
  const generator_config& config;
  const text_tables& text;
  const event_layout& layout;
  data::buffer_ref times;  ///< of every row, in ticks
  std::int64_t scale = 1;  ///< ticks per millisecond
};

/// Fields in the order of the benchmark's tables: id, name, emailAddress, creditCard, city, state,
/// dateTime, extra.
[[nodiscard]] row_cells write_persons(const batch_frame& frame);
/// id, itemName, description, initialBid, reserve, dateTime, expires, seller, category, extra.
[[nodiscard]] row_cells write_auctions(const batch_frame& frame);

/// Which parts of bids to make.
struct bid_parts {
  bool numbers = true;  ///< auction, bidder
  bool price = true;
  bool channels = true;  ///< channel, url
  bool extra = true;
};
/// auction, bidder, price, channel, url, dateTime, extra.
[[nodiscard]] row_cells write_bids(const batch_frame& frame, const bid_parts& parts);

}  // namespace millrace::connectors::nexmark
