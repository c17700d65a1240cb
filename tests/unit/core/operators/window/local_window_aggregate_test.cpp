#include "tests/unit/core/operators/calls.hpp"
#include "tests/unit/core/operators/operator_harness.hpp"

#include <gtest/gtest.h>

namespace millrace::operators {
namespace {

using property = plan::window_aggregate_spec::property;

const columns bids = {{"k", string()}, {"v", bigint()}, {"ts", timestamp()}};
const columns partials = {{"k", string()},
                          {"n", data::data_type::bytes()},
                          {"s", data::data_type::bytes()},
                          {"slice_end", bigint()},
                          {"rows", bigint()}};
const columns results = {
    {"k", string()}, {"n", bigint()}, {"s", bigint()}, {"window_end", timestamp()}};

std::string row(const std::string& key, int value, int seconds) {
  return key + " | " + std::to_string(value) + " | 1970-01-01 00:00:" + (seconds < 10 ? "0" : "") +
         std::to_string(seconds) + "\n";
}

plan::window_aggregate_spec spec_of(plan::window_kind kind, plan::aggregate_phase phase) {
  plan::window_aggregate_spec spec;
  spec.window.emplace();
  spec.window->kind = kind;
  spec.window->time_column = 2;
  spec.window->size = 10'000;
  spec.window->slide = kind == plan::window_kind::tumble ? 0 : 5'000;
  spec.groups = {0};
  spec.calls = {aggregate("COUNT", {}, bids), aggregate("SUM", {1}, bids)};
  spec.phase = phase;
  if (phase != plan::aggregate_phase::local) spec.properties = {property::window_end};
  return spec;
}

operator_harness local_of(plan::window_kind kind, drive how) {
  return {spec_of(kind, plan::aggregate_phase::local), {bids}, partials, how};
}
operator_harness global_of(plan::window_kind kind, drive how) {
  return {spec_of(kind, plan::aggregate_phase::global), {partials}, results, how};
}

std::string in_one_phase(plan::window_kind kind, const std::string& rows) {
  operator_harness whole(spec_of(kind, plan::aggregate_phase::single), {bids}, results);
  return whole.rows(rows).watermark(max_watermark).folded();
}

TEST(local_window_aggregate, both_halves_give_what_the_whole_gives) {
  const auto first = row("a", 1, 1) + row("b", 2, 9) + row("a", 3, 9) + row("a", 4, 10);
  const auto second = row("b", 5, 11) + row("a", 6, 22) + row("a", 7, 12);
  for (const auto kind :
       {plan::window_kind::tumble, plan::window_kind::hop, plan::window_kind::cumulate})
    for (const drive how : all_drives) {
      auto local = local_of(kind, how);
      auto global = global_of(kind, how);
      for (const auto& rows : {first, second}) global.rows(local.rows(rows).barrier().take());
      global.rows(local.watermark(max_watermark).take()).watermark(max_watermark);
      EXPECT_EQ(global.folded(), in_one_phase(kind, first + second));
      EXPECT_EQ(local.state_rows(), 0U);
      EXPECT_EQ(global.state_rows(), 0U);
    }
}

TEST(local_window_aggregate, lets_a_slice_go_with_the_watermark_that_closes_it) {
  for (const drive how : all_drives) {
    auto local = local_of(plan::window_kind::tumble, how);
    local.rows(row("a", 1, 1) + row("a", 2, 2));
    EXPECT_EQ(local.watermark(9998).take(), "");
    const auto partial = local.watermark(9999).take();
    EXPECT_TRUE(partial.ends_with(" | 10000 | 2\n")) << partial;
    EXPECT_EQ(local.watermark(20000).take(), "");
  }
}

TEST(local_window_aggregate, leaves_late_rows_to_the_global_half) {
  for (const drive how : all_drives) {
    auto local = local_of(plan::window_kind::tumble, how);
    auto global = global_of(plan::window_kind::tumble, how);
    const auto late = local.watermark(9999).rows(row("a", 1, 1) + row("a", 2, 2)).take();
    EXPECT_NE(late, "");
    EXPECT_EQ(global.rows(late).watermark(9999).folded(), "a | 2 | 3 | 1970-01-01 00:00:10.000\n");
    global.rows(late);
    EXPECT_EQ(global.metrics().late_rows, 2U);
  }
}

}  // namespace
}  // namespace millrace::operators
