#include "tests/bench/single_purpose/bid_columns.hpp"

#include "core/connectors/registry.hpp"

#include <cstdio>
#include <cstdlib>

namespace millrace::bench {
namespace {

using data::data_type;
using data::type_id;

[[noreturn]] void fail(const error& e) {
  std::fprintf(stderr, "%s\n", to_text(e).c_str());
  std::exit(1);
}

data_type bigint() { return data_type(type_id::bigint); }

data_type person_type() {
  const auto s = data_type::string();
  return data_type::row({{"id", bigint()},
                         {"name", s},
                         {"emailAddress", s},
                         {"creditCard", s},
                         {"city", s},
                         {"state", s},
                         {"dateTime", data_type::timestamp(3)},
                         {"extra", s}});
}

data_type auction_type() {
  const auto s = data_type::string();
  const auto t = data_type::timestamp(3);
  return data_type::row({{"id", bigint()},
                         {"itemName", s},
                         {"description", s},
                         {"initialBid", bigint()},
                         {"reserve", bigint()},
                         {"dateTime", t},
                         {"expires", t},
                         {"seller", bigint()},
                         {"category", bigint()},
                         {"extra", s}});
}

data_type bid_type() {
  const auto s = data_type::string();
  return data_type::row({{"auction", bigint()},
                         {"bidder", bigint()},
                         {"price", bigint()},
                         {"channel", s},
                         {"url", s},
                         {"dateTime", data_type::timestamp(3)},
                         {"extra", s}});
}

plan::source_spec events_table(std::int64_t events, std::int64_t rate) {
  auto table = std::make_shared<plan::table_definition>();
  table->name = "events";
  const std::pair<const char*, data_type> columns[] = {{"event_type", data_type(type_id::integer)},
                                                       {"person", person_type()},
                                                       {"auction", auction_type()},
                                                       {"bid", bid_type()}};
  plan::source_spec spec;
  for (const auto& [name, type] : columns) {
    plan::table_column column;
    column.name = name;
    column.type = type;
    spec.reads.push_back({static_cast<std::uint32_t>(table->columns.size()), type});
    table->columns.push_back(std::move(column));
  }
  table->options = {{"connector", "nexmark"},
                    {"events.num", std::to_string(events)},
                    {"first-event.rate", std::to_string(rate)},
                    {"next-event.rate", std::to_string(rate)}};
  spec.table = std::move(table);
  return spec;
}

}  // namespace

bid_columns generate_bids(std::int64_t events, std::int64_t rate) {
  const option_map session;
  auto source =
      connectors::find_connector("nexmark")->make_source(events_table(events, rate), session);
  if (!source.ok()) fail(source.error());
  operators::operator_context context;
  context.time = &system_clock();
  auto reader = (*source)->make_reader(context);
  if (!reader.ok()) fail(reader.error());
  auto splits = (*source)->discover(1);
  if (!splits.ok()) fail(splits.error());
  for (auto& split : *splits) (*reader)->add_split(split);
  (*reader)->no_more_splits();
  bid_columns out;
  while (true) {
    auto read = (*reader)->read(data::default_batch_rows);
    if (!read.ok()) fail(read.error());
    if (read->state == connectors::read_state::ended) return out;
    if (read->state != connectors::read_state::batch) continue;
    out.events += read->batch->row_count();
    out.batches.push_back(std::move(read->batch));
  }
}

bid_view view_of(const data::record_batch& batch) {
  const auto& bid = *batch.column_at(3);
  return {batch.stored_rows(),
          batch.column_at(0)->data<std::int32_t>(),
          bid.children[0]->data<std::int64_t>(),
          bid.children[1]->data<std::int64_t>(),
          bid.children[2]->data<std::int64_t>(),
          bid.children[5]->data<std::int64_t>()};
}

}  // namespace millrace::bench
