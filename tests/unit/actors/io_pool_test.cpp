#include "actors/system/io_pool.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <thread>

namespace millrace::actors {
namespace {

TEST(io_pool_test, runs_pieces_beside_each_other) {
  io_pool pool(2);
  std::promise<void> first_started;
  std::promise<void> second_ran;
  pool.run([&] {
    first_started.set_value();
    second_ran.get_future().wait();
  });
  first_started.get_future().wait();
  std::promise<void> done;
  pool.run([&] {
    second_ran.set_value();
    done.set_value();
  });
  done.get_future().wait();
}

TEST(io_pool_test, runs_what_it_was_given_before_it_ends) {
  std::atomic<int> ran = 0;
  {
    io_pool pool(1);
    for (int i = 0; i < 100; ++i) pool.run([&] { ++ran; });
  }
  EXPECT_EQ(ran, 100);
}

TEST(io_pool_test, without_threads_runs_at_once) {
  io_pool pool(0);
  std::thread::id where;
  pool.run([&] { where = std::this_thread::get_id(); });
  EXPECT_EQ(where, std::this_thread::get_id());
}

}  // namespace
}  // namespace millrace::actors
