#include "tests/unit/core/operators/operator_harness.hpp"

#include <gtest/gtest.h>

namespace millrace::operators {
namespace {

using plan::join_kind;

const columns timed = {{"k", bigint()}, {"t", timestamp()}, {"s", string()}};

columns both() {
  columns out = timed;
  out.insert(out.end(), timed.begin(), timed.end());
  return out;
}
std::string at(int second) {
  return "1970-01-01 00:00:" + std::string(second < 10 ? "0" : "") + std::to_string(second) +
         ".000";
}
std::string row(std::string_view key, int second, std::string_view text) {
  return std::string(key) + " | " + at(second) + " | " + std::string(text) + "\n";
}
std::string pair(std::string_view key, int l, std::string_view a, int r, std::string_view b) {
  auto out = "+I | " + row(key, l, a);
  out.back() = ' ';
  return out + "| " + row(key, r, b);
}
std::string alone(std::string_view key, int second, std::string_view text) {
  auto out = "+I | " + row(key, second, text);
  out.back() = ' ';
  return out + "| NULL | NULL | NULL\n";
}

class timed_join_test : public ::testing::TestWithParam<drive> {
 protected:
  [[nodiscard]] static operator_harness of(plan::operator_spec spec, columns output = both()) {
    return operator_harness(std::move(spec), {timed, timed}, std::move(output), GetParam());
  }
};

plan::interval_join_spec interval(join_kind kind) {
  plan::interval_join_spec spec;
  spec.kind = kind;
  spec.left_keys = spec.right_keys = {0};
  spec.left_time = spec.right_time = 1;
  spec.lower_ms = -2000;  // right is at most two seconds later and one earlier
  spec.upper_ms = 1000;
  return spec;
}

TEST_P(timed_join_test, interval_bounds_are_inclusive) {
  auto join = of(interval(join_kind::inner));
  join.rows(row("1", 10, "a")).rows(row("1", 8, "x") + row("1", 9, "y"), 1);
  join.rows(row("1", 12, "z") + row("1", 13, "w") + row("2", 10, "v"), 1);
  EXPECT_EQ(join.take(), pair("1", 10, "a", 9, "y") + pair("1", 10, "a", 12, "z"));
}

TEST_P(timed_join_test, interval_pads_when_no_partner_can_come) {
  auto join = of(interval(join_kind::left));
  join.rows(row("1", 10, "a") + row("1", 11, "b") + row("NULL", 10, "n"));
  join.rows(row("1", 13, "x"), 1).watermark(12000);
  EXPECT_EQ(join.take(), pair("1", 11, "b", 13, "x"));
  join.watermark(12001);
  EXPECT_EQ(join.folded(), alone("1", 10, "a").substr(5) + pair("1", 11, "b", 13, "x").substr(5) +
                               alone("NULL", 10, "n").substr(5));
  join.watermark(max_watermark);
  EXPECT_EQ(join.state_rows(), 0U);
}

TEST_P(timed_join_test, interval_row_as_late_as_the_watermark_meets_its_partner) {
  auto join = of(interval(join_kind::inner));
  join.rows(row("1", 10, "a")).input_watermark(20000, 0);
  join.rows(row("1", 12, "x"), 1).input_watermark(12000, 1).watermark(12000);
  join.rows(row("1", 12, "y"), 1);
  EXPECT_EQ(join.take(), pair("1", 10, "a", 12, "x") + pair("1", 10, "a", 12, "y"));
}

// The right row y of second 9 comes when its input has reached 12: the left rows up to 9 have ended
// for it, whether they were read before or come later.
TEST_P(timed_join_test, interval_late_row_does_not_hang_on_what_was_read_first) {
  const std::string left = row("1", 9, "a") + row("1", 10, "b");
  const auto expected = pair("1", 10, "b", 9, "y");
  auto left_first = of(interval(join_kind::inner));
  left_first.rows(left).input_watermark(max_watermark, 0);
  left_first.input_watermark(12000, 1).watermark(12000).rows(row("1", 9, "y"), 1);
  EXPECT_EQ(left_first.take(), expected);
  auto right_first = of(interval(join_kind::inner));
  right_first.input_watermark(12000, 1).rows(row("1", 9, "y"), 1);
  right_first.rows(left).input_watermark(max_watermark, 0).watermark(12000);
  EXPECT_EQ(right_first.take(), expected);
}

plan::window_join_spec windowed(join_kind kind) {
  plan::window_join_spec spec;
  spec.kind = kind;
  spec.left_keys = spec.right_keys = {0};
  spec.left_window_end = spec.right_window_end = 1;
  return spec;
}

TEST_P(timed_join_test, windows_join_when_they_close) {
  auto join = of(windowed(join_kind::inner));
  join.rows(row("1", 10, "a") + row("1", 20, "b")).rows(row("1", 10, "x") + row("1", 10, "y"), 1);
  EXPECT_EQ(join.take(), "");
  join.watermark(9999);
  EXPECT_EQ(join.take(), pair("1", 10, "a", 10, "x") + pair("1", 10, "a", 10, "y"));
  join.rows(row("1", 10, "late")).watermark(max_watermark);
  EXPECT_EQ(join.take(), "");
  EXPECT_EQ(join.metrics().late_rows, 1U);
  EXPECT_EQ(join.state_rows(), 0U);
}

TEST_P(timed_join_test, windows_pad_and_keep_null_keys_apart) {
  auto join = of(windowed(join_kind::full));
  join.rows(row("1", 10, "a") + row("NULL", 10, "n")).rows(row("2", 10, "x"), 1);
  join.rows(row("NULL", 10, "m"), 1).watermark(max_watermark);
  EXPECT_EQ(join.folded(), alone("1", 10, "a").substr(5) + alone("NULL", 10, "n").substr(5) +
                               "NULL | NULL | NULL | " + row("2", 10, "x") +
                               "NULL | NULL | NULL | " + row("NULL", 10, "m"));
}

TEST_P(timed_join_test, windows_semi_and_anti) {
  for (const auto kind : {join_kind::semi, join_kind::anti}) {
    auto join = of(windowed(kind), timed);
    join.rows(row("1", 10, "a") + row("2", 10, "b")).rows(row("1", 10, "x") + row("1", 10, "y"), 1);
    join.watermark(max_watermark);
    EXPECT_EQ(join.take(),
              "+I | " + (kind == join_kind::semi ? row("1", 10, "a") : row("2", 10, "b")));
  }
}

plan::temporal_join_spec temporal(join_kind kind) {
  plan::temporal_join_spec spec;
  spec.kind = kind;
  spec.left_keys = spec.right_keys = {0};
  spec.left_time = spec.right_time = 1;
  return spec;
}

TEST_P(timed_join_test, a_row_meets_the_version_of_its_time) {
  auto join = of(temporal(join_kind::inner));
  join.rows(row("1", 5, "a") + row("1", 10, "b") + row("1", 3, "early"));
  join.rows(row("1", 10, "v2") + row("1", 4, "v1"), 1).watermark(7000);
  EXPECT_EQ(join.take(), pair("1", 5, "a", 4, "v1"));
  join.rows(row("1", 8, "c")).watermark(max_watermark);
  EXPECT_EQ(join.take(), pair("1", 8, "c", 4, "v1") + pair("1", 10, "b", 10, "v2"));
  EXPECT_EQ(join.state_rows(), 1U);
}

TEST_P(timed_join_test, a_deleted_version_is_none) {
  auto join = of(temporal(join_kind::left));
  join.rows(row("1", 4, "v1") + "-D | " + row("1", 6, "v1"), 1);
  join.rows(row("1", 5, "a") + row("1", 7, "b")).watermark(max_watermark);
  EXPECT_EQ(join.take(), pair("1", 5, "a", 4, "v1") + alone("1", 7, "b"));
}

TEST_P(timed_join_test, window_rank_shows_the_best_of_each_window) {
  plan::window_rank_spec spec;
  spec.rank.partition = {0};
  spec.rank.order = {{2, false, true}};
  spec.rank.last = 2;
  spec.end_column = 1;
  operator_harness rank(spec, {timed}, timed, GetParam());
  rank.rows(row("1", 10, "c") + row("1", 10, "a") + row("1", 20, "z") + row("1", 10, "b"));
  rank.watermark(9998);
  EXPECT_EQ(rank.take(), "");
  rank.watermark(9999).rows(row("1", 10, "late"));
  EXPECT_EQ(rank.take(), "+I | " + row("1", 10, "a") + "+I | " + row("1", 10, "b"));
  rank.watermark(max_watermark);
  EXPECT_EQ(rank.take(), "+I | " + row("1", 20, "z"));
  EXPECT_EQ(rank.state_rows(), 0U);
}

INSTANTIATE_TEST_SUITE_P(drives, timed_join_test, ::testing::ValuesIn(all_drives));

}  // namespace
}  // namespace millrace::operators
