#include "tests/unit/core/operators/operator_harness.hpp"

#include <gtest/gtest.h>

namespace millrace::operators {
namespace {

const columns input = {{"k", bigint()}, {"v", integer()}, {"s", string()}};
columns ranked() {
  auto out = input;
  out.push_back({"rank", bigint()});
  return out;
}

plan::rank_spec top(std::int64_t last, bool output_rank = false, bool retracts = false) {
  plan::rank_spec spec;
  spec.partition = {0};
  spec.order = {{1, true, false}};
  spec.last = last;
  spec.output_rank = output_rank;
  spec.retracting_input = retracts;
  return spec;
}

class rank_test : public ::testing::TestWithParam<drive> {
 protected:
  [[nodiscard]] static operator_harness of(const plan::rank_spec& spec) {
    return operator_harness(spec, {input}, spec.output_rank ? ranked() : input, GetParam());
  }
};

TEST_P(rank_test, the_best_row_is_replaced_by_a_better_one) {
  auto rank = of(top(1));
  rank.rows("1 | 5 | a\n2 | 1 | b\n");
  EXPECT_EQ(rank.take(), "+I | 1 | 5 | a\n+I | 2 | 1 | b\n");
  rank.rows("1 | 4 | c\n1 | 5 | d\n2 | 3 | e\n");
  EXPECT_EQ(rank.take(), "-U | 2 | 1 | b\n+U | 2 | 3 | e\n");
}

TEST_P(rank_test, an_upsert_reader_gets_no_old_rows) {
  auto spec = top(1);
  spec.emit_update_before = false;
  auto rank = of(spec);
  rank.rows("1 | 5 | a\n").rows("1 | 6 | b\n");
  EXPECT_EQ(rank.take(), "+I | 1 | 5 | a\n+U | 1 | 6 | b\n");
}

TEST_P(rank_test, without_rank_only_rows_that_come_and_go_are_told) {
  auto rank = of(top(2));
  rank.rows("1 | 5 | a\n1 | 3 | b\n");
  EXPECT_EQ(rank.take(), "+I | 1 | 5 | a\n+I | 1 | 3 | b\n");
  rank.rows("1 | 4 | c\n1 | 2 | d\n");
  EXPECT_EQ(rank.take(), "-D | 1 | 3 | b\n+I | 1 | 4 | c\n");
  EXPECT_EQ(rank.state_rows(), 2U);
}

TEST_P(rank_test, places_shift_below_a_new_row) {
  auto rank = of(top(3, true));
  rank.rows("1 | 5 | a\n").rows("1 | 3 | b\n").rows("1 | 4 | c\n");
  EXPECT_EQ(rank.take(),
            "+I | 1 | 5 | a | 1\n+I | 1 | 3 | b | 2\n"
            "-U | 1 | 3 | b | 2\n+U | 1 | 4 | c | 2\n+I | 1 | 3 | b | 3\n");
  rank.rows("1 | 1 | d\n");
  EXPECT_EQ(rank.take(), "");
}

TEST_P(rank_test, rows_taken_back_let_others_up) {
  auto rank = of(top(2, false, true));
  rank.rows("1 | 5 | a\n1 | 4 | b\n1 | 3 | c\n").rows("-D | 1 | 5 | a\n");
  EXPECT_EQ(rank.folded(), "1 | 3 | c\n1 | 4 | b\n");
  rank.rows("-U | 1 | 4 | b\n+U | 1 | 1 | b\n").rows("-D | 1 | 9 | unknown\n");
  EXPECT_EQ(rank.folded(), "1 | 1 | b\n1 | 3 | c\n");
}

TEST_P(rank_test, a_range_may_begin_behind_the_first) {
  auto spec = top(3);
  spec.first = 2;
  auto rank = of(spec);
  rank.rows("1 | 5 | a\n1 | 4 | b\n1 | 3 | c\n1 | 6 | d\n");
  EXPECT_EQ(rank.folded(), "1 | 4 | b\n1 | 5 | a\n");
}

TEST_P(rank_test, ties_share_a_rank) {
  auto spec = top(2, true);
  spec.what = plan::rank_spec::function::rank;
  auto rank = of(spec);
  rank.rows("1 | 5 | a\n1 | 5 | b\n1 | 4 | c\n").rows("1 | 6 | d\n");
  EXPECT_EQ(rank.folded(), "1 | 5 | a | 2\n1 | 5 | b | 2\n1 | 6 | d | 1\n");
  spec.what = plan::rank_spec::function::dense_rank;
  auto dense = of(spec);
  dense.rows("1 | 5 | a\n1 | 5 | b\n1 | 4 | c\n1 | 3 | d\n");
  EXPECT_EQ(dense.folded(), "1 | 4 | c | 2\n1 | 5 | a | 1\n1 | 5 | b | 1\n");
}

TEST_P(rank_test, nulls_are_smallest) {
  auto spec = top(2);
  spec.order = {{1, false, true}};
  auto rank = of(spec);
  rank.rows("1 | 5 | a\n1 | NULL | n\n1 | 3 | c\n");
  EXPECT_EQ(rank.folded(), "1 | 3 | c\n1 | NULL | n\n");
}

TEST_P(rank_test, without_partition_it_is_order_by_limit) {
  auto spec = top(2, false, true);
  spec.partition = {};
  auto rank = of(spec);
  rank.rows("1 | 5 | a\n2 | 4 | b\n3 | 6 | c\n");
  EXPECT_EQ(rank.folded(), "1 | 5 | a\n3 | 6 | c\n");
}

const columns timed = {{"k", bigint()}, {"t", timestamp()}, {"s", string()}};

plan::deduplicate_spec keep(bool last, bool row_time) {
  plan::deduplicate_spec spec;
  spec.keys = {0};
  spec.order_column = 1;
  spec.keep_last = last;
  spec.row_time = row_time;
  return spec;
}

class deduplicate_test : public ::testing::TestWithParam<drive> {
 protected:
  [[nodiscard]] static operator_harness of(const plan::deduplicate_spec& spec) {
    return operator_harness(spec, {timed}, timed, GetParam());
  }
};

std::string row(int key, int second, std::string_view text) {
  return std::to_string(key) + " | 1970-01-01 00:00:0" + std::to_string(second) + ".000 | " +
         std::string(text) + "\n";
}

TEST_P(deduplicate_test, the_first_row_in_row_time_leaves_with_the_watermark) {
  auto first = of(keep(false, true));
  first.rows(row(1, 5, "a") + row(1, 3, "b") + row(2, 4, "c") + row(1, 3, "d"));
  EXPECT_EQ(first.take(), "");
  first.watermark(3500);
  EXPECT_EQ(first.take(), "+I | " + row(1, 3, "b"));
  first.rows(row(1, 4, "e") + row(2, 2, "late")).watermark(max_watermark);
  EXPECT_EQ(first.take(), "+I | " + row(2, 4, "c"));
  EXPECT_EQ(first.metrics().late_rows, 1U);
}

TEST_P(deduplicate_test, the_last_row_in_row_time_wins_ties) {
  auto last = of(keep(true, true));
  last.rows(row(1, 5, "a")).rows(row(1, 3, "b")).rows(row(1, 5, "c"));
  EXPECT_EQ(last.take(),
            "+I | " + row(1, 5, "a") + "-U | " + row(1, 5, "a") + "+U | " + row(1, 5, "c"));
}

TEST_P(deduplicate_test, processing_time_is_the_order_of_arrival) {
  auto first = of(keep(false, false));
  first.rows(row(1, 5, "a")).rows(row(1, 3, "b"));
  EXPECT_EQ(first.take(), "+I | " + row(1, 5, "a"));
  auto last = of(keep(true, false));
  last.rows(row(1, 5, "a")).rows(row(1, 3, "b"));
  EXPECT_EQ(last.folded(), row(1, 3, "b"));
}

INSTANTIATE_TEST_SUITE_P(drives, rank_test, ::testing::ValuesIn(all_drives));
INSTANTIATE_TEST_SUITE_P(drives, deduplicate_test, ::testing::ValuesIn(all_drives));

}  // namespace
}  // namespace millrace::operators
