#include "core/runtime/barrier_aligner.hpp"
#include "core/runtime/watermark_merger.hpp"

#include <gtest/gtest.h>

namespace millrace::runtime {
namespace {

using std::nullopt;

std::vector<input_id> one_input(int channels) {
  return std::vector<input_id>(static_cast<std::size_t>(channels), input_id(0));
}

TEST(watermark_merger_test, forwards_the_least_of_all_channels) {
  watermark_merger m(one_input(2));
  EXPECT_EQ(m.on_watermark(channel_id(0), 10).watermark, nullopt);
  EXPECT_EQ(m.on_watermark(channel_id(1), 4).watermark, 4);
  EXPECT_EQ(m.on_watermark(channel_id(1), 4).watermark, nullopt);
  EXPECT_EQ(m.on_watermark(channel_id(1), 20).watermark, 10);
}

TEST(watermark_merger_test, tells_how_far_each_of_several_inputs_has_come) {
  watermark_merger m({input_id(0), input_id(1)});
  const auto ahead = m.on_watermark(channel_id(0), 10);
  EXPECT_EQ(ahead.input_watermark, 10);
  EXPECT_EQ(ahead.watermark, nullopt);
  const auto behind = m.on_watermark(channel_id(1), 4);
  EXPECT_EQ(behind.input_watermark, 4);
  EXPECT_EQ(behind.watermark, 4);
  watermark_merger alone(one_input(1));
  EXPECT_EQ(alone.on_watermark(channel_id(0), 4).input_watermark, nullopt);
}

TEST(watermark_merger_test, leaves_idle_channels_out) {
  watermark_merger m(one_input(2));
  (void)m.on_watermark(channel_id(0), 10);
  (void)m.on_watermark(channel_id(1), 4);
  EXPECT_EQ(m.on_idleness(channel_id(1), true).watermark, 10);
  const auto all = m.on_idleness(channel_id(0), true);
  EXPECT_EQ(all.idle, true);
  EXPECT_EQ(m.on_idleness(channel_id(0), false).idle, false);
}

TEST(watermark_merger_test, a_channel_that_is_back_waits_until_it_has_caught_up) {
  watermark_merger m(one_input(2));
  (void)m.on_watermark(channel_id(0), 10);
  (void)m.on_idleness(channel_id(1), true);
  EXPECT_EQ(m.on_idleness(channel_id(1), false).watermark, nullopt);
  EXPECT_EQ(m.on_watermark(channel_id(0), 12).watermark, 12);
  EXPECT_EQ(m.on_watermark(channel_id(1), 5).watermark, nullopt);
  EXPECT_EQ(m.on_watermark(channel_id(1), 12).watermark, nullopt);
  EXPECT_EQ(m.on_watermark(channel_id(0), 20).watermark, nullopt);
}

TEST(watermark_merger_test, an_ended_channel_counts_as_the_end_of_time) {
  watermark_merger m({input_id(0), input_id(1)});
  EXPECT_EQ(m.on_end(channel_id(0)).watermark, nullopt);
  EXPECT_EQ(m.on_watermark(channel_id(1), 3).watermark, 3);
  EXPECT_EQ(m.on_end(channel_id(1)).watermark, max_watermark);
}

TEST(watermark_merger_test, the_newest_watermark_counts_when_all_are_idle) {
  watermark_merger m(one_input(2));
  (void)m.on_watermark(channel_id(0), 10);
  (void)m.on_watermark(channel_id(1), 30);
  (void)m.on_idleness(channel_id(1), true);
  const auto change = m.on_idleness(channel_id(0), true);
  EXPECT_EQ(change.watermark, 30);
  EXPECT_EQ(change.idle, true);
}

TEST(barrier_aligner_test, completes_with_the_last_channel) {
  barrier_aligner a(2);
  EXPECT_EQ(a.on_barrier(channel_id(0), checkpoint_id(1)), alignment_action::block);
  EXPECT_TRUE(a.blocked(channel_id(0)));
  EXPECT_FALSE(a.blocked(channel_id(1)));
  EXPECT_EQ(a.on_barrier(channel_id(1), checkpoint_id(1)), alignment_action::complete);
  EXPECT_FALSE(a.blocked(channel_id(0)));
}

TEST(barrier_aligner_test, ended_channels_have_delivered_every_barrier) {
  barrier_aligner a(2);
  EXPECT_EQ(a.on_barrier(channel_id(0), checkpoint_id(1)), alignment_action::block);
  EXPECT_EQ(a.on_end(channel_id(1)), alignment_action::complete);
  EXPECT_EQ(a.on_barrier(channel_id(0), checkpoint_id(2)), alignment_action::complete);
}

TEST(barrier_aligner_test, a_newer_barrier_ends_an_older_alignment) {
  barrier_aligner a(2);
  (void)a.on_barrier(channel_id(0), checkpoint_id(1));
  EXPECT_EQ(a.on_barrier(channel_id(1), checkpoint_id(2)), alignment_action::block);
  EXPECT_FALSE(a.blocked(channel_id(0)));
  EXPECT_EQ(a.on_barrier(channel_id(1), checkpoint_id(1)), alignment_action::ignore);
  EXPECT_EQ(a.on_barrier(channel_id(0), checkpoint_id(2)), alignment_action::complete);
}

TEST(barrier_aligner_test, barriers_of_a_cancelled_checkpoint_pass_freely) {
  barrier_aligner a(2);
  (void)a.on_barrier(channel_id(0), checkpoint_id(5));
  a.cancel(checkpoint_id(5));
  EXPECT_FALSE(a.blocked(channel_id(0)));
  EXPECT_EQ(a.on_barrier(channel_id(1), checkpoint_id(5)), alignment_action::ignore);
}

}  // namespace
}  // namespace millrace::runtime
