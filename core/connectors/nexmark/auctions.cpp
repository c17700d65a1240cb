#include "core/connectors/nexmark/cell_writers.hpp"
#include "core/connectors/nexmark/row_writers.hpp"

namespace millrace::connectors::nexmark {
namespace {

enum lane : std::uint64_t { seller_lane = 20, price_lane, reserve_lane, length_lane, text_lane };

// The columns of auctions and how one row of each is made.
struct auction_cells {
  const batch_frame& frame;
  number_cells id, first_bid, reserve, expires, seller, category;
  text_cells name, description, extra;

  auction_cells(const batch_frame& f, std::size_t auctions)
      : frame(f),
        id(f.layout.rows),
        first_bid(f.layout.rows),
        reserve(f.layout.rows),
        expires(f.layout.rows),
        seller(f.layout.rows),
        category(f.layout.rows),
        name(f.layout.rows, auctions, 20),
        description(f.layout.rows, auctions, 100),
        extra(f.layout.rows, auctions, extra_size(0, f.config.auction_bytes).longest()) {}

  [[nodiscard]] std::uint64_t word(std::int64_t event, lane which) const {
    return random_word(frame.config.seed, static_cast<std::uint64_t>(event), which);
  }
  void write_seller(std::uint32_t row, std::int64_t event, std::int64_t last_person) {
    const std::uint64_t bits = word(event, seller_lane);
    dice d = low_dice(bits);
    const bool hot = d.roll(static_cast<std::uint32_t>(frame.config.hot_seller_ratio)) > 0;
    const std::int64_t person =
        hot ? last_person / hot_every * hot_every : random_person(last_person, d);
    *seller.at(row) = person + first_person_id;
    *category.at(row) = first_category_id + high_dice(bits).roll(categories);
  }
  void write_prices(std::uint32_t row, std::int64_t event) {
    const std::int64_t price = frame.text.price(word(event, price_lane));
    *first_bid.at(row) = price;
    *reserve.at(row) = price + frame.text.price(word(event, reserve_lane));
  }
  // An auction lasts as long as it takes, on average, to make the auctions in flight.
  void write_expires(std::uint32_t row, std::int64_t event) {
    const auto& c = frame.config;
    const timestamp_ms now = time_of(c, event);
    const std::int64_t ahead = auctions_in_flight * c.group() / c.auctions;
    const std::int64_t horizon = std::max<std::int64_t>(2 * (time_of(c, event + ahead) - now), 1);
    const auto bits = static_cast<unsigned __int128>(word(event, length_lane));
    const auto length = static_cast<std::int64_t>(bits * static_cast<std::uint64_t>(horizon) >> 64);
    *expires.at(row) = (now + 1 + length) * frame.scale;
  }
  void write_texts(std::uint32_t row, std::int64_t event) {
    const std::uint64_t bits = word(event, text_lane);
    dice first = low_dice(bits);
    dice second = high_dice(bits);
    const std::size_t name_size = copy_words(name.begin(row), frame.text, first, 20);
    name.end(name_size);
    const std::size_t about_size = copy_words(description.begin(row), frame.text, second, 100);
    description.end(about_size);
    const auto used = static_cast<std::int64_t>(8 + name_size + about_size + 40);
    const extra_size size(used, frame.config.auction_bytes);
    dice d = low_dice(word(event, seller_lane) * 0x9e3779b97f4a7c15ULL >> 7);
    const std::size_t bytes = size.least + d.roll(size.spread);
    std::memcpy(extra.begin(row), frame.text.letters(d.roll(text_tables::starts)), bytes);
    extra.end(bytes);
  }
};

}  // namespace

row_cells write_auctions(const batch_frame& frame) {
  const auto& runs = frame.layout.of(event_kind::auction);
  std::size_t auctions = 0;
  for (const auto& run : runs) auctions += run.count;
  auction_cells cells(frame, auctions);
  for (const auto& run : runs) {
    for (std::uint32_t i = 0; i < run.count; ++i) {
      *cells.id.at(run.row + i) = run.last_auction + i + first_auction_id;
      cells.write_seller(run.row + i, run.event + i, run.last_person);
      cells.write_prices(run.row + i, run.event + i);
      cells.write_expires(run.row + i, run.event + i);
      cells.write_texts(run.row + i, run.event + i);
    }
  }
  row_cells out;
  out.fields[0] = cells.id.finish();
  out.fields[1] = cells.name.finish();
  out.fields[2] = cells.description.finish();
  out.fields[3] = cells.first_bid.finish();
  out.fields[4] = cells.reserve.finish();
  out.fields[5].values = frame.times;
  out.fields[6] = cells.expires.finish();
  out.fields[7] = cells.seller.finish();
  out.fields[8] = cells.category.finish();
  out.fields[9] = cells.extra.finish();
  return out;
}

}  // namespace millrace::connectors::nexmark
