#include "tests/unit/core/operators/operator_harness.hpp"

#include <gtest/gtest.h>

namespace millrace::operators {
namespace {

const columns pairs = {{"a", bigint()}, {"b", string()}};
const columns events = {{"ts", timestamp()}, {"v", bigint()}};

TEST(sort, gives_rows_in_order_at_the_end) {
  for (const drive how : all_drives) {
    plan::sort_spec spec{{{0, true, false}, {1, false, true}}};
    operator_harness h(spec, {pairs}, pairs, how);
    h.rows("1 | x\n3 | z\n3 | a\nNULL | q").rows("2 | y\n3 | NULL");
    EXPECT_EQ(h.take(), "");
    EXPECT_EQ(h.finish().take(),
              "+I | 3 | NULL\n+I | 3 | a\n+I | 3 | z\n+I | 2 | y\n+I | 1 | x\n+I | NULL | q\n");
    EXPECT_EQ(h.state_rows(), 0U);
  }
}

TEST(sort, keeps_equal_rows_in_order_of_arrival_and_takes_rows_back) {
  for (const drive how : all_drives) {
    operator_harness h(plan::sort_spec{{{0, false, true}}}, {pairs}, pairs, how);
    h.rows("1 | z\n1 | a\n1 | m\n0 | c").rows("-D | 1 | a\n-D | 7 | a");
    EXPECT_EQ(h.finish().take(), "+I | 0 | c\n+I | 1 | z\n+I | 1 | m\n");
  }
}

TEST(temporal_sort, releases_rows_behind_the_watermark) {
  for (const drive how : all_drives) {
    plan::temporal_sort_spec spec{{{0, false, true}, {1, true, false}}};
    operator_harness h(spec, {events}, events, how);
    h.rows("1970-01-01 00:00:02 | 1\n1970-01-01 00:00:01 | 2\n1970-01-01 00:00:01 | 3");
    EXPECT_EQ(h.watermark(1999).take(),
              "+I | 1970-01-01 00:00:01.000 | 3\n+I | 1970-01-01 00:00:01.000 | 2\n");
    h.rows("1970-01-01 00:00:01.999 | 9");
    EXPECT_EQ(h.metrics().late_rows, 1U);
    EXPECT_EQ(h.watermark(max_watermark).take(), "+I | 1970-01-01 00:00:02.000 | 1\n");
  }
}

}  // namespace
}  // namespace millrace::operators
