#include "core/connectors/nexmark/nexmark_connector.hpp"

#include "core/connectors/nexmark/generator_config.hpp"

#include <array>

namespace millrace::connectors::nexmark {
namespace {

using enum option_kind;

constexpr std::array<option_info, 21> options{{
    {"events.num", integer, "0", "number of events; 0: no end"},
    {"stop-at", integer, "-1", "ends after that many events; -1: not before events.num"},
    {"keep-alive", boolean, "false", "stays open behind the last event"},
    {"first-event.rate", integer, "10000", "events per second of event time"},
    {"next-event.rate", integer, "10000", "accepted, as in Flink without effect"},
    {"max-emit-speed", boolean, "true", "false: an event is not given before its time has come"},
    {"person.proportion", integer, "1", "persons in each group of events"},
    {"auction.proportion", integer, "3", "auctions in each group of events"},
    {"bid.proportion", integer, "46", "bids in each group of events"},
    {"person.avg-size", size, "200b", "mean size of a person"},
    {"auction.avg-size", size, "500b", "mean size of an auction"},
    {"bid.avg-size", size, "100b", "mean size of a bid"},
    {"bid.hot-ratio.auctions", integer, "2", "1 - 1/n of the bids go to the hot auction"},
    {"bid.hot-ratio.bidders", integer, "4", "1 - 1/n of the bids come from the hot bidder"},
    {"auction.hot-ratio.sellers", integer, "4", "1 - 1/n of the auctions are the hot seller's"},
    {"rate.shape", text, "SQUARE", "accepted, as in Flink without effect"},
    {"rate.period", duration, "600 s", "accepted, as in Flink without effect"},
    {"rate.limited", boolean, "false", "accepted, as in Flink without effect"},
    {"seed", integer, "0", "another seed, other events of the same kind"},
    {"base-time", text, "1735689600000",
     "time of the first event in ms since 1970, or `now` as in Flink"},
    {"whole-rows", boolean, "true",
     "false: columns that the query does not read are not made (not comparable with Flink)"},
}};

result<plan::table_traits> traits(const plan::table_definition& table) {
  MILLRACE_TRY(const auto config, generator_config::from(table.options, 0));
  plan::table_traits out;
  out.readable = true;
  out.bounded = !config.endless() && !config.keep_alive;
  return out;
}

}  // namespace

constinit const connector nexmark_connector{
    .name = "nexmark",
    .summary = "auction events of the Nexmark benchmark, seeded and equal at any parallelism",
    .options = options,
    .takes_format = false,
    .traits = traits,
    .make_source = make_source,
    .make_sink = nullptr,
};

}  // namespace millrace::connectors::nexmark
