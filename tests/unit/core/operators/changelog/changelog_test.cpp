#include "tests/unit/core/operators/operator_harness.hpp"

#include <gtest/gtest.h>

namespace millrace::operators {
namespace {

const columns pairs = {{"k", bigint()}, {"v", string()}};

TEST(changelog_normalize, puts_the_old_row_in_front) {
  for (const drive how : all_drives) {
    operator_harness h(plan::changelog_normalize_spec{{0}, true, 0}, {pairs}, pairs, how);
    h.rows("1 | a\n+U | 1 | b\n+U | 1 | b\n-D | 1 | NULL\n-D | 2 | x\n+U | 1 | c");
    EXPECT_EQ(h.take(), "+I | 1 | a\n-U | 1 | a\n+U | 1 | b\n-D | 1 | b\n+I | 1 | c\n");
  }
}

TEST(changelog_normalize, forgets_deleted_keys) {
  operator_harness h(plan::changelog_normalize_spec{{0}, false, 0}, {pairs}, pairs);
  h.rows("1 | a\n2 | b\n+U | 1 | c\n-D | 1 | c\n-D | 2 | b");
  EXPECT_EQ(h.take(), "+I | 1 | a\n+I | 2 | b\n+U | 1 | c\n-D | 1 | c\n-D | 2 | b\n");
  EXPECT_EQ(h.state_rows(), 0U);
}

std::string run(plan::set_kind kind, bool all, drive how) {
  operator_harness h(plan::set_operation_spec{kind, all, true}, {pairs, pairs}, pairs, how);
  h.rows("1 | a\n1 | a\n2 | b\n3 | c", 0).rows("1 | a\n3 | c\n3 | c\n4 | d", 1);
  h.rows("-D | 3 | c\n-D | 4 | d", 1).rows("5 | e\n-D | 5 | e", 0);
  return h.folded();
}

TEST(set_operation, counts_rows_on_both_sides) {
  for (const drive how : all_drives) {
    EXPECT_EQ(run(plan::set_kind::intersect, true, how), "1 | a\n3 | c\n");
    EXPECT_EQ(run(plan::set_kind::intersect, false, how), "1 | a\n3 | c\n");
    EXPECT_EQ(run(plan::set_kind::except, true, how), "1 | a\n2 | b\n");
    EXPECT_EQ(run(plan::set_kind::except, false, how), "2 | b\n");
  }
}

TEST(set_operation, takes_results_back_and_frees_state) {
  operator_harness h(plan::set_operation_spec{plan::set_kind::except, false, true}, {pairs, pairs},
                     pairs);
  EXPECT_EQ(h.rows("1 | NULL", 0).take(), "+I | 1 | NULL\n");
  EXPECT_EQ(h.rows("1 | NULL", 1).take(), "-D | 1 | NULL\n");
  EXPECT_EQ(h.rows("-D | 1 | NULL", 1).take(), "+I | 1 | NULL\n");
  EXPECT_EQ(h.rows("-D | 1 | NULL", 0).take(), "-D | 1 | NULL\n");
  EXPECT_EQ(h.state_rows(), 0U);
}

TEST(single_row, gives_its_row_or_nulls) {
  operator_harness h(plan::single_row_spec{}, {pairs}, pairs);
  EXPECT_EQ(h.rows("1 | a").take(), "+I | 1 | a\n");
  EXPECT_EQ(h.rows("-U | 1 | a\n+U | 2 | b").take(), "-U | 1 | a\n+U | 2 | b\n");
  EXPECT_EQ(h.rows("-D | 2 | b").take(), "-U | 2 | b\n+U | NULL | NULL\n");
  EXPECT_EQ(h.finish().take(), "");
}

TEST(single_row, an_empty_input_ends_as_nulls) {
  operator_harness h(plan::single_row_spec{}, {pairs}, pairs);
  EXPECT_EQ(h.finish().take(), "+I | NULL | NULL\n");
}

TEST(single_row, refuses_a_second_row) {
  for (const drive how : {drive::whole, drive::paused}) {
    operator_harness h(plan::single_row_spec{}, {pairs}, pairs, how);
    EXPECT_EQ(h.rows("1 | a\n1 | a").take(), "error 3010\n");
  }
}

}  // namespace
}  // namespace millrace::operators
