#include "core/connectors/nexmark/generator_config.hpp"

#include "core/connectors/table_options.hpp"

#include <algorithm>

namespace millrace::connectors::nexmark {
namespace {

constexpr timestamp_ms default_base_time = 1'735'689'600'000;  // 2025-01-01 00:00:00
constexpr std::int64_t largest_row = 1 << 20;

result<std::int64_t> row_size(const table_options& from, std::string_view key,
                              std::int64_t otherwise) {
  MILLRACE_TRY(const auto bytes, from.size_bytes(key, otherwise));
  if (bytes > largest_row) return bad_option(key, from.text(key), "is more than 1 mb");
  return bytes;
}

result<timestamp_ms> read_base_time(const table_options& from, timestamp_ms now) {
  if (from.text("base-time") == "now") return now;
  return from.integer("base-time", default_base_time, 0, 1LL << 45);
}

result<std::int64_t> event_count(const table_options& from) {
  MILLRACE_TRY(const auto wanted, from.integer("events.num", 0, 0));
  MILLRACE_TRY(const auto stop_at, from.integer("stop-at", -1));
  const std::int64_t all = wanted == 0 ? INT64_MAX : wanted;
  return stop_at < 0 ? all : std::min(all, stop_at);
}

result<void> read_proportions(const table_options& from, generator_config& into) {
  constexpr std::int64_t most = 1'000'000;
  MILLRACE_TRY(into.persons, from.integer("person.proportion", 1, 0, most));
  MILLRACE_TRY(into.auctions, from.integer("auction.proportion", 3, 0, most));
  MILLRACE_TRY(into.bids, from.integer("bid.proportion", 46, 0, most));
  if (into.group() == 0)
    return bad_option("bid.proportion", "0", "leaves no event to make, all proportions are 0");
  MILLRACE_TRY(into.hot_auction_ratio, from.integer("bid.hot-ratio.auctions", 2, 1, most));
  MILLRACE_TRY(into.hot_bidder_ratio, from.integer("bid.hot-ratio.bidders", 4, 1, most));
  MILLRACE_TRY(into.hot_seller_ratio, from.integer("auction.hot-ratio.sellers", 4, 1, most));
  return {};
}

result<void> read_sizes(const table_options& from, generator_config& into) {
  MILLRACE_TRY(into.person_bytes, row_size(from, "person.avg-size", 200));
  MILLRACE_TRY(into.auction_bytes, row_size(from, "auction.avg-size", 500));
  MILLRACE_TRY(into.bid_bytes, row_size(from, "bid.avg-size", 100));
  return {};
}

}  // namespace

result<generator_config> generator_config::from(const option_map& options, timestamp_ms now) {
  const table_options read(options);
  generator_config out;
  MILLRACE_TRY(const auto seed, read.integer("seed", 0));
  out.seed = static_cast<std::uint64_t>(seed);
  MILLRACE_TRY(out.base_time, read_base_time(read, now));
  MILLRACE_TRY(out.events_per_second, read.integer("first-event.rate", 10'000, 1, 1'000'000'000));
  MILLRACE_TRY(out.events, event_count(read));
  MILLRACE_CHECK(read_proportions(read, out));
  MILLRACE_CHECK(read_sizes(read, out));
  MILLRACE_TRY(out.keep_alive, read.boolean("keep-alive", false));
  MILLRACE_TRY(out.max_emit_speed, read.boolean("max-emit-speed", true));
  MILLRACE_TRY(out.whole_rows, read.boolean("whole-rows", true));
  return out;
}

}  // namespace millrace::connectors::nexmark
