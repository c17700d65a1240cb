#include "core/connectors/nexmark/event_layout.hpp"

#include <algorithm>

namespace millrace::connectors::nexmark {
namespace {

struct group_part {
  event_kind kind;
  std::int64_t begin;  // within the group
  std::int64_t end;
};

group_part part_at(const generator_config& c, std::int64_t offset) {
  if (offset < c.persons) return {event_kind::person, 0, c.persons};
  if (offset < c.persons + c.auctions)
    return {event_kind::auction, c.persons, c.persons + c.auctions};
  return {event_kind::bid, c.persons + c.auctions, c.group()};
}

event_run run_at(const generator_config& c, std::int64_t event, const group_part& part) {
  const std::int64_t group = event / c.group();
  const std::int64_t within = event % c.group() - part.begin;
  event_run run;
  run.event = event;
  run.last_person = group * c.persons + c.persons - 1;
  run.last_auction = group * c.auctions + c.auctions - 1;
  if (part.kind == event_kind::person) run.last_person = group * c.persons + within;
  if (part.kind == event_kind::auction) run.last_auction = group * c.auctions + within;
  return run;
}

}  // namespace

event_layout lay_out(const generator_config& config, std::span<const event_range> ranges) {
  event_layout out;
  for (const auto& range : ranges) {
    std::int64_t event = range.first;
    const std::int64_t end = range.first + range.count;
    while (event < end) {
      const std::int64_t offset = event % config.group();
      const group_part part = part_at(config, offset);
      event_run run = run_at(config, event, part);
      run.row = out.rows;
      run.count = static_cast<std::uint32_t>(std::min(part.end - offset, end - event));
      out.runs[static_cast<std::size_t>(part.kind)].push_back(run);
      out.rows += run.count;
      event += run.count;
    }
  }
  return out;
}

void fill_times(const generator_config& config, event_range range, std::int64_t scale,
                std::int64_t* to) {
  // One division for the range, then carries: the quotient grows by `step` and the rest by `more`.
  const std::int64_t rate = config.events_per_second;
  const std::int64_t step = 1000 / rate;
  const std::int64_t more = 1000 % rate;
  const auto scaled = static_cast<__int128>(range.first) * 1000;
  auto rest = static_cast<std::int64_t>(scaled % rate);
  timestamp_ms time = config.base_time + static_cast<std::int64_t>(scaled / rate);
  for (std::uint32_t i = 0; i < range.count; ++i) {
    to[i] = time * scale;
    rest += more;
    const std::int64_t carry = rest >= rate ? 1 : 0;
    rest -= carry * rate;
    time += step + carry;
  }
}

}  // namespace millrace::connectors::nexmark
