#include "core/connectors/nexmark/generator.hpp"
#include "core/connectors/nexmark/nexmark_connector.hpp"
#include "core/connectors/registry.hpp"

#include <gtest/gtest.h>

#include <set>

namespace millrace::connectors {
namespace {

using data::data_type;
using data::type_id;

plan::table_column column(std::string name, data_type type) {
  plan::table_column out;
  out.name = std::move(name);
  out.type = std::move(type);
  return out;
}

plan::source_spec nexmark_table(option_map options) {
  const auto big = data_type(type_id::bigint);
  const auto text = data_type::string();
  const auto time = data_type::timestamp(3);
  auto table = std::make_shared<plan::table_definition>();
  options.emplace("connector", "nexmark");
  table->name = "events";
  table->options = std::move(options);
  table->columns = {column("event_type", data_type(type_id::integer)),
                    column("person", data_type::row({{"id", big},
                                                     {"name", text},
                                                     {"emailAddress", text},
                                                     {"creditCard", text},
                                                     {"city", text},
                                                     {"state", text},
                                                     {"dateTime", time},
                                                     {"extra", text}})),
                    column("auction", data_type::row({{"id", big},
                                                      {"itemName", text},
                                                      {"description", text},
                                                      {"initialBid", big},
                                                      {"reserve", big},
                                                      {"dateTime", time},
                                                      {"expires", time},
                                                      {"seller", big},
                                                      {"category", big},
                                                      {"extra", text}})),
                    column("bid", data_type::row({{"auction", big},
                                                  {"bidder", big},
                                                  {"price", big},
                                                  {"channel", text},
                                                  {"url", text},
                                                  {"dateTime", time},
                                                  {"extra", text}}))};
  plan::source_spec spec;
  for (std::uint32_t i = 0; i < table->columns.size(); ++i)
    spec.reads.push_back({i, table->columns[i].type});
  spec.table = std::move(table);
  return spec;
}

struct drained {
  std::vector<data::batch_ptr> batches;
  std::uint64_t rows = 0;
};

drained read_all(const plan::source_spec& spec, std::uint32_t parallelism, std::uint32_t rows) {
  drained out;
  manual_clock time;
  operators::operator_context context;
  context.time = &time;
  auto made = make_source(spec, {});
  EXPECT_TRUE(made.ok()) << (made.ok() ? "" : to_text(made.error()));
  auto splits = (*made)->discover(parallelism);
  for (auto& split : *splits) {
    auto reader = (*made)->make_reader(context);
    (*reader)->add_split(split);
    (*reader)->no_more_splits();
    for (;;) {
      auto next = (*reader)->read(rows);
      if (!next.ok() || next->state == read_state::ended) break;
      if (next->state != read_state::batch) continue;
      out.rows += next->batch->stored_rows();
      out.batches.push_back(next->batch);
    }
  }
  return out;
}

// The prices of all bids by the bid's text, which no two bids share.
std::multiset<std::string> bid_set(const drained& from) {
  std::multiset<std::string> out;
  for (const auto& batch : from.batches) {
    const auto& bid = batch->column_at(3);
    for (std::uint32_t row = 0; row < batch->stored_rows(); ++row)
      if (!bid->is_null(row))
        out.insert(std::to_string(bid->children[0]->value<std::int64_t>(row)) + "/" +
                   std::to_string(bid->children[2]->value<std::int64_t>(row)) + "/" +
                   std::string(bid->children[4]->text(row)) +
                   std::string(bid->children[6]->text(row)));
  }
  return out;
}

TEST(nexmark, gives_the_same_events_at_any_parallelism_and_batch_size) {
  const auto spec = nexmark_table({{"events.num", "5000"}});
  const auto one = read_all(spec, 1, 4096);
  const auto three = read_all(spec, 3, 7);
  EXPECT_EQ(one.rows, 5000u);
  EXPECT_EQ(three.rows, 5000u);
  EXPECT_EQ(bid_set(one).size(), 4600u);
  EXPECT_EQ(bid_set(one), bid_set(three));
}

TEST(nexmark, follows_the_proportions_and_id_ranges) {
  const auto all = read_all(nexmark_table({{"events.num", "50000"}}), 1, 4096);
  std::int64_t kinds[3] = {};
  std::int64_t hot = 0;
  double size = 0;
  for (const auto& batch : all.batches) {
    const auto& bid = batch->column_at(3);
    for (std::uint32_t row = 0; row < batch->stored_rows(); ++row) {
      const auto kind = batch->column_at(0)->value<std::int32_t>(row);
      ++kinds[kind];
      ASSERT_EQ(bid->is_null(row), kind != 2);
      ASSERT_EQ(batch->column_at(1)->is_null(row), kind != 0);
      if (kind != 2) continue;
      const auto auction = bid->children[0]->value<std::int64_t>(row);
      ASSERT_GE(auction, 1000);
      ASSERT_LT(auction, 1000 + 3000 + 10);
      hot += auction % 100 == 0 ? 1 : 0;
      size += 32 + static_cast<double>(bid->children[6]->text(row).size());
      ASSERT_GE(bid->children[2]->value<std::int64_t>(row), 100);
      ASSERT_LE(bid->children[2]->value<std::int64_t>(row), 100'000'000);
    }
  }
  EXPECT_EQ(kinds[0], 1000);
  EXPECT_EQ(kinds[1], 3000);
  EXPECT_EQ(kinds[2], 46000);
  EXPECT_NEAR(static_cast<double>(hot) / 46000, 0.5, 0.02);
  EXPECT_NEAR(size / 46000, 100, 1);
}

TEST(nexmark, event_times_follow_the_rate_exactly) {
  const auto config =
      nexmark::generator_config::from({{"first-event.rate", "3000"}, {"base-time", "1000"}}, 0);
  std::int64_t times[7];
  nexmark::fill_times(*config, {299'999, 7}, 1, times);
  for (int i = 0; i < 7; ++i) EXPECT_EQ(times[i], 1000 + (299'999LL + i) * 1000 / 3000);
}

TEST(nexmark, prunes_columns_only_when_asked) {
  auto spec = nexmark_table({{"events.num", "100"}, {"whole-rows", "false"}});
  spec.reads = {{3, data_type::row({{"price", data_type(type_id::bigint)}})}};
  const auto pruned = read_all(spec, 1, 100);
  const auto whole = read_all(nexmark_table({{"events.num", "100"}}), 1, 100);
  ASSERT_EQ(pruned.batches.at(0)->columns().size(), 1u);
  const auto& row = pruned.batches[0]->column_at(0);
  ASSERT_EQ(row->children.size(), 1u);
  for (std::uint32_t i = 4; i < 50; ++i)
    EXPECT_EQ(row->children[0]->value<std::int64_t>(i),
              whole.batches[0]->column_at(3)->children[2]->value<std::int64_t>(i));
}

TEST(nexmark, goes_on_from_a_snapshot) {
  const auto spec = nexmark_table({{"events.num", "3000"}});
  manual_clock time;
  operators::operator_context context;
  context.time = &time;
  auto source = make_source(spec, {});
  auto first = (*source)->make_reader(context);
  (*first)->add_split((*source)->discover(2)->at(1));
  (*first)->no_more_splits();
  ASSERT_EQ((*first)->read(700)->batch->stored_rows(), 700u);
  auto second = (*source)->make_reader(context);
  for (const auto& split : (*first)->snapshot()) (*second)->add_split(split);
  const auto a = (*first)->read(300)->batch;
  const auto b = (*second)->read(300)->batch;
  EXPECT_EQ(bid_set({{a}, 0}), bid_set({{b}, 0}));
}

TEST(nexmark, paces_events_when_told_to) {
  manual_clock time(1000);
  operators::operator_context context;
  context.time = &time;
  auto source =
      make_source(nexmark_table({{"first-event.rate", "1000"}, {"max-emit-speed", "false"}}), {});
  auto reader = (*source)->make_reader(context);
  (*reader)->add_split((*source)->discover(1)->at(0));
  EXPECT_EQ((*reader)->read(4096)->batch->stored_rows(), 1u);
  const auto waiting = (*reader)->read(4096);
  EXPECT_EQ(waiting->state, read_state::pending);
  EXPECT_EQ(waiting->retry_at_us, 1'001'000);
  time.advance(100);
  EXPECT_EQ((*reader)->read(4096)->state, read_state::batch);
}

TEST(nexmark, refuses_columns_it_does_not_have) {
  auto spec = nexmark_table({});
  auto table = std::make_shared<plan::table_definition>(*spec.table);
  table->columns[0].type = data_type(type_id::bigint);
  spec.table = table;
  const auto made = make_source(spec, {});
  ASSERT_FALSE(made.ok());
  EXPECT_EQ(made.error().code, errc::sql_bad_option);
  EXPECT_EQ(made.error().hint, "declare it as event_type INT");
}

}  // namespace
}  // namespace millrace::connectors
