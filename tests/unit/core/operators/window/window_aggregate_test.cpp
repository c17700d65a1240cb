#include "tests/unit/core/operators/calls.hpp"
#include "tests/unit/core/operators/operator_harness.hpp"

#include <gtest/gtest.h>

namespace millrace::operators {
namespace {

using property = plan::window_aggregate_spec::property;

// Times as seconds of 1970 keep the tables short.
const columns bids = {{"k", string()}, {"v", bigint()}, {"ts", timestamp()}};

std::string at(int seconds) {
  return "1970-01-01 00:00:" + std::string(seconds < 10 ? "0" : "") + std::to_string(seconds);
}
std::string row(const std::string& key, int value, int seconds) {
  return key + " | " + std::to_string(value) + " | " + at(seconds) + "\n";
}
std::string result_row(const std::string& values, int start, int end) {
  return "+I | " + values + " | " + at(start) + ".000 | " + at(end) + ".000\n";
}

plan::window_aggregate_spec spec_of(plan::window_kind kind, int size, int slide = 0) {
  plan::window_aggregate_spec spec;
  spec.window.emplace();
  spec.window->kind = kind;
  spec.window->time_column = 2;
  spec.window->size = size * 1000;
  spec.window->slide = slide * 1000;
  spec.groups = {0};
  spec.calls = {aggregate("COUNT", {}, bids), aggregate("SUM", {1}, bids)};
  spec.properties = {property::window_start, property::window_end};
  return spec;
}
const columns results = {{"k", string()},
                         {"n", bigint()},
                         {"s", bigint()},
                         {"window_start", timestamp()},
                         {"window_end", timestamp()}};

TEST(window_aggregate, tumble_fires_when_the_watermark_reaches_the_end) {
  for (const drive how : all_drives) {
    operator_harness h(spec_of(plan::window_kind::tumble, 10), {bids}, results, how);
    h.rows(row("a", 1, 1) + row("b", 2, 9) + row("a", 3, 9) + row("a", 4, 10));
    EXPECT_EQ(h.watermark(9998).folded(), "");
    h.watermark(9999);
    EXPECT_EQ(h.folded(),
              result_row("a | 2 | 4", 0, 10).substr(5) + result_row("b | 1 | 2", 0, 10).substr(5));
    (void)h.take();
    EXPECT_EQ(h.watermark(max_watermark).take(), result_row("a | 1 | 4", 10, 20));
    EXPECT_EQ(h.state_rows(), 0U);
  }
}

TEST(window_aggregate, batches_of_one_slice_equal_rows) {
  const columns numbered = {{"k", bigint()}, {"v", bigint()}, {"ts", timestamp()}};
  for (const bool grouped : {false, true}) {
    std::string folded[2];
    for (const drive how : {drive::whole, drive::row_by_row}) {
      auto spec = spec_of(plan::window_kind::hop, 10, 2);
      columns out = results;
      out[0].type = bigint();
      if (!grouped) {
        spec.groups.clear();
        out.erase(out.begin());
      }
      operator_harness h(spec, {numbered}, out, how);
      for (const int slice : {0, 2, 4}) {
        std::string text;
        for (int i = 0; i < 100; ++i) text += row(std::to_string(i * 7 % 12), i, slice + i % 2);
        h.rows(text);
      }
      h.watermark(8000).rows(row("3", 1, 1) + row("3", 1, 7)).watermark(max_watermark);
      folded[how == drive::whole ? 0 : 1] = h.folded();
    }
    EXPECT_EQ(folded[0], folded[1]);
    EXPECT_NE(folded[0], "");
  }
}

TEST(window_aggregate, drops_and_counts_rows_of_closed_windows) {
  for (const drive how : all_drives) {
    operator_harness h(spec_of(plan::window_kind::tumble, 10), {bids}, results, how);
    h.watermark(9999).rows(row("a", 1, 9) + row("a", 1, 10));
    EXPECT_EQ(h.metrics().late_rows, 1U);
    EXPECT_EQ(h.watermark(max_watermark).take(), result_row("a | 1 | 1", 10, 20));
  }
}

TEST(window_aggregate, windows_fire_in_the_order_of_their_ends) {
  for (const drive how : all_drives) {
    operator_harness h(spec_of(plan::window_kind::tumble, 10), {bids}, results, how);
    h.rows(row("a", 3, 25) + row("a", 2, 15) + row("a", 1, 5)).watermark(max_watermark);
    EXPECT_EQ(h.take(), result_row("a | 1 | 1", 0, 10) + result_row("a | 1 | 2", 10, 20) +
                            result_row("a | 1 | 3", 20, 30));
  }
}

TEST(window_aggregate, hop_counts_a_row_in_every_window_that_holds_it) {
  for (const drive how : all_drives) {
    operator_harness h(spec_of(plan::window_kind::hop, 10, 5), {bids}, results, how);
    h.rows(row("a", 1, 7) + row("a", 2, 12)).watermark(max_watermark);
    EXPECT_EQ(h.take(), result_row("a | 1 | 1", 0, 10) + result_row("a | 2 | 3", 5, 15) +
                            result_row("a | 1 | 2", 10, 20));
    EXPECT_EQ(h.state_rows(), 0U);
  }
}

TEST(window_aggregate, hop_still_counts_a_late_row_in_open_windows) {
  for (const drive how : all_drives) {
    operator_harness h(spec_of(plan::window_kind::hop, 10, 5), {bids}, results, how);
    h.watermark(9999).rows(row("a", 1, 7)).watermark(max_watermark);
    EXPECT_EQ(h.take(), result_row("a | 1 | 1", 5, 15));
    EXPECT_EQ(h.metrics().late_rows, 0U);
  }
}

TEST(window_aggregate, cumulate_grows_to_its_largest_window) {
  for (const drive how : all_drives) {
    operator_harness h(spec_of(plan::window_kind::cumulate, 15, 5), {bids}, results, how);
    h.rows(row("a", 1, 6) + row("a", 2, 12) + row("b", 4, 13) + row("a", 8, 16));
    h.watermark(max_watermark);
    EXPECT_EQ(h.folded(),
              "a | 1 | 1 | 1970-01-01 00:00:00.000 | 1970-01-01 00:00:10.000\n"
              "a | 1 | 8 | 1970-01-01 00:00:15.000 | 1970-01-01 00:00:20.000\n"
              "a | 1 | 8 | 1970-01-01 00:00:15.000 | 1970-01-01 00:00:25.000\n"
              "a | 1 | 8 | 1970-01-01 00:00:15.000 | 1970-01-01 00:00:30.000\n"
              "a | 2 | 3 | 1970-01-01 00:00:00.000 | 1970-01-01 00:00:15.000\n"
              "b | 1 | 4 | 1970-01-01 00:00:00.000 | 1970-01-01 00:00:15.000\n");
    EXPECT_EQ(h.state_rows(), 0U);
  }
}

TEST(window_aggregate, cumulate_adds_a_late_row_to_its_open_windows) {
  for (const drive how : all_drives) {
    operator_harness h(spec_of(plan::window_kind::cumulate, 15, 5), {bids}, results, how);
    h.rows(row("a", 1, 6)).watermark(9999);
    (void)h.take();
    h.rows(row("a", 2, 7) + row("b", 3, 7)).watermark(max_watermark);
    EXPECT_EQ(h.folded(),
              "a | 1 | 1 | 1970-01-01 00:00:00.000 | 1970-01-01 00:00:10.000\n"
              "a | 2 | 3 | 1970-01-01 00:00:00.000 | 1970-01-01 00:00:15.000\n"
              "b | 1 | 3 | 1970-01-01 00:00:00.000 | 1970-01-01 00:00:15.000\n");
  }
}

TEST(window_aggregate, processing_time_fires_by_the_clock) {
  for (const drive how : all_drives) {
    auto spec = spec_of(plan::window_kind::tumble, 10);
    spec.window->processing_time = true;
    operator_harness h(spec, {bids}, results, how);
    h.rows(row("a", 1, 50)).advance(9000).rows(row("a", 2, 1));
    EXPECT_EQ(h.take(), "");
    EXPECT_EQ(h.advance(999).take(), result_row("a | 2 | 3", 0, 10));
    h.rows(row("a", 4, 1));
    EXPECT_EQ(h.watermark(max_watermark).take(), result_row("a | 1 | 4", 0, 10));
  }
}

TEST(window_aggregate, uses_the_windows_of_an_earlier_operator) {
  const columns windowed = {
      {"k", string()}, {"v", bigint()}, {"window_start", timestamp()}, {"window_end", timestamp()}};
  for (const drive how : all_drives) {
    plan::window_aggregate_spec spec;
    spec.start_column = 2;
    spec.end_column = 3;
    spec.calls = {aggregate("MAX", {1}, windowed)};
    spec.properties = {property::window_start, property::window_end};
    operator_harness h(
        spec, {windowed},
        {{"m", bigint()}, {"window_start", timestamp()}, {"window_end", timestamp()}}, how);
    h.rows("a | 5 | " + at(0) + " | " + at(10) + "\nb | 7 | " + at(0) + " | " + at(10) +
           "\na | 1 | " + at(10) + " | " + at(20));
    EXPECT_EQ(h.watermark(9999).take(), result_row("7", 0, 10));
    h.rows("b | 9 | " + at(0) + " | " + at(10));
    EXPECT_EQ(h.metrics().late_rows, 1U);
    EXPECT_EQ(h.watermark(max_watermark).take(), result_row("1", 10, 20));
  }
}

plan::window_aggregate_spec distinct_spec(plan::window_kind kind) {
  auto spec = spec_of(kind, 10, 5);
  spec.calls[0] = aggregate("COUNT", {1}, bids);
  spec.calls[0].distinct = true;
  return spec;
}

TEST(window_aggregate, unites_the_distinct_values_of_slices) {
  const std::string rows = row("a", 1, 1) + row("a", 1, 2) + row("a", 1, 7) + row("a", 2, 8);
  for (const drive how : all_drives) {
    operator_harness cumulate(distinct_spec(plan::window_kind::cumulate), {bids}, results, how);
    EXPECT_EQ(cumulate.rows(rows).watermark(9999).take(),
              result_row("a | 1 | 2", 0, 5) + result_row("a | 2 | 5", 0, 10));
    operator_harness hop(distinct_spec(plan::window_kind::hop), {bids}, results, how);
    hop.rows(rows).watermark(4999);
    (void)hop.take();
    EXPECT_EQ(hop.watermark(max_watermark).take(),
              result_row("a | 2 | 5", 0, 10) + result_row("a | 2 | 3", 5, 15));
    operator_harness tumble(distinct_spec(plan::window_kind::tumble), {bids}, results, how);
    EXPECT_EQ(tumble.rows(rows).watermark(max_watermark).take(), result_row("a | 2 | 5", 0, 10));
    EXPECT_EQ(hop.state_rows() + tumble.state_rows(), 0U);
  }
}

TEST(window_aggregate, a_local_day_is_an_hour_shorter_when_clocks_change) {
  const columns moments = {
      {"k", string()}, {"v", bigint()}, {"ts", data::data_type::timestamp_ltz(3)}};
  const columns days = {{"n", bigint()},
                        {"window_start", timestamp()},
                        {"window_end", timestamp()},
                        {"window_time", data::data_type::timestamp_ltz(3)}};
  for (const drive how : all_drives) {
    auto spec = spec_of(plan::window_kind::tumble, 86'400);
    spec.window->local_zone = true;
    spec.groups = {};
    spec.calls = {aggregate("COUNT", {}, moments)};
    spec.properties = {property::window_start, property::window_end, property::window_time};
    operator_harness h(spec, {moments}, days, how, "America/New_York");
    // Local midnights around 2024-03-10 are 05:00 and 04:00 UTC.
    h.rows("a | 1 | 2024-03-10 05:00:00\na | 1 | 2024-03-11 03:59:59\na | 1 | 2024-03-11 04:00:00");
    EXPECT_EQ(h.watermark(1'710'129'599'999).take(),
              "+I | 2 | 2024-03-10 00:00:00.000 | 2024-03-11 00:00:00.000 | "
              "2024-03-11 03:59:59.999\n");
  }
}

TEST(window_aggregate, goes_on_with_state_that_was_on_disk) {
  for (const drive how : all_drives) {
    operator_harness h(spec_of(plan::window_kind::hop, 10, 5), {bids}, results, how);
    h.rows(row("a", 1, 7)).spill().rows(row("a", 2, 8)).spill().watermark(max_watermark);
    EXPECT_EQ(h.take(), result_row("a | 2 | 3", 0, 10) + result_row("a | 2 | 3", 5, 15));
    EXPECT_EQ(h.loads(), 2U);
  }
}

TEST(session_aggregate, goes_on_with_state_that_was_on_disk) {
  for (const drive how : all_drives) {
    operator_harness h(spec_of(plan::window_kind::session, 5), {bids}, results, how);
    h.rows(row("a", 1, 7)).spill().rows(row("a", 2, 8)).spill().watermark(max_watermark);
    EXPECT_EQ(h.take(), result_row("a | 2 | 3", 7, 13));
    EXPECT_EQ(h.loads(), 2U);
  }
}

TEST(session_aggregate, sessions_grow_merge_and_close) {
  for (const drive how : all_drives) {
    operator_harness h(spec_of(plan::window_kind::session, 5), {bids}, results, how);
    h.rows(row("a", 1, 1) + row("a", 2, 12) + row("b", 4, 3));
    h.rows(row("a", 8, 6));   // touches [1, 6): exactly one gap apart
    h.rows(row("a", 16, 9));  // bridges [1, 11) and [12, 17)
    EXPECT_EQ(h.watermark(7999).take(), result_row("b | 1 | 4", 3, 8));
    EXPECT_EQ(h.watermark(16999).take(), result_row("a | 4 | 27", 1, 17));
    EXPECT_EQ(h.state_rows(), 0U);
  }
}

TEST(session_aggregate, a_late_row_counts_only_in_an_open_session) {
  for (const drive how : all_drives) {
    operator_harness h(spec_of(plan::window_kind::session, 5), {bids}, results, how);
    h.rows(row("a", 1, 10)).watermark(12999);
    h.rows(row("a", 2, 7) + row("b", 4, 7));
    EXPECT_EQ(h.metrics().late_rows, 1U);
    EXPECT_EQ(h.watermark(max_watermark).take(), result_row("a | 2 | 3", 7, 15));
  }
}

}  // namespace
}  // namespace millrace::operators
