#include "core/connectors/nexmark/cell_writers.hpp"
#include "core/connectors/nexmark/row_writers.hpp"

namespace millrace::connectors::nexmark {
namespace {

enum lane : std::uint64_t { number_lane = 0, price_lane, text_lane };

std::uint64_t word_of(const batch_frame& f, std::int64_t event, lane which) {
  return random_word(f.config.seed, static_cast<std::uint64_t>(event), which);
}

std::size_t count_rows(const std::vector<event_run>& runs) {
  std::size_t sum = 0;
  for (const auto& run : runs) sum += run.count;
  return sum;
}

// Ids that the bids of a run may draw; the same for all of them.
struct id_ranges {
  std::int64_t hot_auction, auction_base, hot_bidder, bidder_base;
  std::uint32_t auctions, bidders;

  explicit id_ranges(const event_run& run) {
    const std::int64_t oldest = std::max<std::int64_t>(run.last_auction - auctions_in_flight, 0);
    const std::int64_t people = run.last_person + 1;
    const std::int64_t active = std::min(people, active_people);
    // The public generator adds the first person's id twice to a bidder: so do we.
    constexpr std::int64_t bidder_offset = 2 * first_person_id;
    hot_auction = run.last_auction / hot_every * hot_every + first_auction_id;
    auction_base = oldest + first_auction_id;
    auctions = static_cast<std::uint32_t>(run.last_auction - oldest + 1 + id_lead);
    hot_bidder = run.last_person / hot_every * hot_every + 1 + bidder_offset;
    bidder_base = people - active + bidder_offset;
    bidders = static_cast<std::uint32_t>(active + id_lead);
  }
};

void write_numbers(const batch_frame& f, row_cells& to) {
  number_cells auction(f.layout.rows);
  number_cells bidder(f.layout.rows);
  const auto auction_ratio = static_cast<std::uint32_t>(f.config.hot_auction_ratio);
  const auto bidder_ratio = static_cast<std::uint32_t>(f.config.hot_bidder_ratio);
  for (const auto& run : f.layout.of(event_kind::bid)) {
    const id_ranges ids(run);
    std::int64_t* auctions = auction.at(run.row);
    std::int64_t* bidders = bidder.at(run.row);
    for (std::uint32_t i = 0; i < run.count; ++i) {
      const std::uint64_t word = word_of(f, run.event + i, number_lane);
      dice a = low_dice(word);
      dice b = high_dice(word);
      const bool hot_a = a.roll(auction_ratio) > 0;
      const bool hot_b = b.roll(bidder_ratio) > 0;
      const std::int64_t any_a = ids.auction_base + a.roll(ids.auctions);
      const std::int64_t any_b = ids.bidder_base + b.roll(ids.bidders);
      auctions[i] = hot_a ? ids.hot_auction : any_a;
      bidders[i] = hot_b ? ids.hot_bidder : any_b;
    }
  }
  to.fields[0] = auction.finish();
  to.fields[1] = bidder.finish();
}

void write_prices(const batch_frame& f, row_cells& to) {
  number_cells price(f.layout.rows);
  for (const auto& run : f.layout.of(event_kind::bid)) {
    std::int64_t* prices = price.at(run.row);
    for (std::uint32_t i = 0; i < run.count; ++i)
      prices[i] = f.text.price(word_of(f, run.event + i, price_lane));
  }
  to.fields[2] = price.finish();
}

void write_channels(const batch_frame& f, row_cells& to) {
  const auto& runs = f.layout.of(event_kind::bid);
  const std::size_t bids = count_rows(runs);
  text_cells channel(f.layout.rows, bids, sizeof(channel_entry::channel));
  text_cells url(f.layout.rows, bids, channel_entry::url_room);
  for (const auto& run : runs) {
    for (std::uint32_t i = 0; i < run.count; ++i) {
      dice d = low_dice(word_of(f, run.event + i, text_lane));
      const bool hot = d.roll(2) > 0;
      const std::uint32_t number = d.roll(hot ? text_tables::hot_channels : text_tables::channels);
      const auto* entry = f.text.channel(number + (hot ? text_tables::channels : 0));
      std::memcpy(channel.begin(run.row + i), entry->channel, channel_entry::channel_room);
      channel.end(entry->channel_size);
      std::memcpy(url.begin(run.row + i), entry->url, channel_entry::url_room);
      url.end(entry->url_size);
    }
  }
  to.fields[3] = channel.finish();
  to.fields[4] = url.finish();
}

void write_extra(const batch_frame& f, row_cells& to) {
  const auto& runs = f.layout.of(event_kind::bid);
  const extra_size size(32, f.config.bid_bytes);
  text_cells extra(f.layout.rows, count_rows(runs), size.longest());
  for (const auto& run : runs) {
    for (std::uint32_t i = 0; i < run.count; ++i) {
      dice d = high_dice(word_of(f, run.event + i, text_lane));
      const std::size_t bytes = size.least + d.roll(size.spread);
      copy_letters(extra.begin(run.row + i), f.text.letters(d.roll(text_tables::starts)), bytes);
      extra.end(bytes);
    }
  }
  to.fields[6] = extra.finish();
}

}  // namespace

row_cells write_bids(const batch_frame& frame, const bid_parts& parts) {
  row_cells out;
  if (parts.numbers) write_numbers(frame, out);
  if (parts.price) write_prices(frame, out);
  if (parts.channels) write_channels(frame, out);
  out.fields[5].values = frame.times;
  if (parts.extra) write_extra(frame, out);
  return out;
}

}  // namespace millrace::connectors::nexmark
