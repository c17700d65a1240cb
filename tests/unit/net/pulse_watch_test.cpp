#include "net/http/pulse_watch.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <future>

namespace millrace::net {
namespace {

using std::chrono::milliseconds;

TEST(pulse_watch_test, gives_up_where_the_pulse_stops) {
  int beats = 0;
  std::promise<void> given_up;
  pulse_watch watch(
      milliseconds(1), [&] { return ++beats < 4; },
      [&, first = true]() mutable {
        if (first) given_up.set_value();
        first = false;
      });
  given_up.get_future().wait();
  EXPECT_TRUE(watch.end());
  EXPECT_EQ(beats, 4);
}

TEST(pulse_watch_test, gives_up_again_for_requests_that_begin_late) {
  int calls = 0;
  std::promise<void> third;
  pulse_watch watch(
      milliseconds(1), [] { return false; },
      [&] {
        if (++calls == 3) third.set_value();
      });
  third.get_future().wait();
  EXPECT_TRUE(watch.end());
}

TEST(pulse_watch_test, an_answer_ends_it_at_once) {
  pulse_watch watch(
      std::chrono::hours(1), [] { return false; }, [] {});
  EXPECT_FALSE(watch.end());
}

}  // namespace
}  // namespace millrace::net
