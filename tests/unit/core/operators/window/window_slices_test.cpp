#include "core/operators/window/window_slices.hpp"

#include <gtest/gtest.h>

namespace millrace::operators {
namespace {

plan::window_spec spec_of(plan::window_kind kind, std::int64_t size, std::int64_t slide = 0,
                          std::int64_t offset = 0) {
  plan::window_spec w;
  w.kind = kind;
  w.size = size;
  w.slide = slide;
  w.offset = offset;
  return w;
}

TEST(window_slices, tumble_also_before_1970_and_with_offset) {
  const window_slices s(spec_of(plan::window_kind::tumble, 10, 0, 3));
  EXPECT_EQ(s.slice_of(3), 13);
  EXPECT_EQ(s.slice_of(2), 3);
  EXPECT_EQ(s.slice_of(-8), -7);
  EXPECT_EQ(s.window_start(13), 3);
  EXPECT_EQ(s.first_window(13), 13);
  EXPECT_EQ(s.last_window(13), 13);
}

TEST(window_slices, hop_shares_slices_between_windows) {
  const window_slices s(spec_of(plan::window_kind::hop, 10, 2));
  EXPECT_EQ(s.slice_of(5), 6);
  EXPECT_EQ(s.first_window(6), 6);
  EXPECT_EQ(s.last_window(6), 14);
  EXPECT_EQ(s.first_slice(14), 6);
  EXPECT_EQ(s.window_start(14), 4);
}

TEST(window_slices, hop_that_does_not_divide_its_size) {
  const window_slices s(spec_of(plan::window_kind::hop, 5, 2));
  EXPECT_EQ(s.width(), 1);
  // Windows [-2, 3), [0, 5), [2, 7) hold the time 2.
  EXPECT_EQ(s.first_window(s.slice_of(2)), 3);
  EXPECT_EQ(s.last_window(s.slice_of(2)), 7);
}

TEST(window_slices, hop_with_gaps_has_times_without_a_window) {
  const window_slices s(spec_of(plan::window_kind::hop, 2, 10));
  EXPECT_LE(s.first_window(s.slice_of(1)), s.last_window(s.slice_of(1)));
  EXPECT_GT(s.first_window(s.slice_of(5)), s.last_window(s.slice_of(5)));
}

TEST(window_slices, cumulate_restarts_with_its_largest_window) {
  const window_slices s(spec_of(plan::window_kind::cumulate, 6, 2));
  EXPECT_EQ(s.slice_of(3), 4);
  EXPECT_EQ(s.first_window(4), 4);
  EXPECT_EQ(s.last_window(4), 6);
  EXPECT_EQ(s.window_start(4), 0);
  EXPECT_EQ(s.window_start(6), 0);
  EXPECT_EQ(s.window_start(8), 6);
  EXPECT_EQ(s.first_slice(6), 2);
}

}  // namespace
}  // namespace millrace::operators
