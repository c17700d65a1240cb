#include "tests/unit/core/operators/operator_harness.hpp"

#include <gtest/gtest.h>

namespace millrace::operators {
namespace {

const columns events = {{"k", bigint()}, {"ts", timestamp()}};
const columns windowed = {{"k", bigint()},
                          {"ts", timestamp()},
                          {"window_start", timestamp()},
                          {"window_end", timestamp()},
                          {"window_time", timestamp()}};

plan::window_assign_spec spec_of(plan::window_kind kind, std::int64_t size, std::int64_t slide) {
  plan::window_assign_spec spec;
  spec.window.kind = kind;
  spec.window.time_column = 1;
  spec.window.size = size;
  spec.window.slide = slide;
  spec.partition = {0};
  return spec;
}

std::string second(int s) { return "1970-01-01 00:00:0" + std::to_string(s) + ".000"; }
std::string row(int k, int at, int start, int end) {
  return "+I | " + std::to_string(k) + " | " + second(at) + " | " + second(start) + " | " +
         second(end) + " | 1970-01-01 00:00:0" + std::to_string(end - 1) + ".999\n";
}

TEST(window_assign, gives_a_row_once_per_window) {
  for (const drive how : all_drives) {
    operator_harness hop(spec_of(plan::window_kind::hop, 4000, 2000), {events}, windowed, how);
    hop.rows("1 | " + second(5) + "\n2 | NULL\n3 | " + second(2));
    EXPECT_EQ(hop.take(), row(1, 5, 2, 6) + row(1, 5, 4, 8) + row(3, 2, 0, 4) + row(3, 2, 2, 6));
    operator_harness cumulate(spec_of(plan::window_kind::cumulate, 6000, 2000), {events}, windowed,
                              how);
    EXPECT_EQ(cumulate.rows("1 | " + second(3)).take(), row(1, 3, 0, 4) + row(1, 3, 0, 6));
    operator_harness tumble(spec_of(plan::window_kind::tumble, 4000, 0), {events}, windowed, how);
    EXPECT_EQ(tumble.rows("1 | " + second(3)).take(), row(1, 3, 0, 4));
  }
}

TEST(session_assign, holds_rows_until_their_session_has_closed) {
  for (const drive how : all_drives) {
    operator_harness h(spec_of(plan::window_kind::session, 2000, 0), {events}, windowed, how);
    h.rows("1 | " + second(1) + "\n1 | " + second(5) + "\n2 | " + second(4));
    h.rows("1 | " + second(3));  // joins both sessions of 1
    EXPECT_EQ(h.watermark(5999).take(), row(2, 4, 4, 6));
    EXPECT_EQ(h.watermark(6999).take(), row(1, 1, 1, 7) + row(1, 3, 1, 7) + row(1, 5, 1, 7));
    EXPECT_EQ(h.rows("1 | " + second(4)).metrics().late_rows, 1U);
    EXPECT_EQ(h.state_rows(), 0U);
  }
}

}  // namespace
}  // namespace millrace::operators
