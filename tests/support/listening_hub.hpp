#pragma once

#include "net/transport/link_hub.hpp"

#include <gtest/gtest.h>

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace millrace::test {

/// Keeps what a hub tells; waits for it without a time-out: the test's own ends a wait for ever.
class waiting_listener final : public net::link_listener {
 public:
  void on_message(const std::string& from, net::link_message message) override {
    keep([&] { messages_.emplace_back(from, std::move(message)); });
  }
  void on_down(net::link_id link, const error& cause) override {
    keep([&] { downs_.emplace_back(link, cause); });
  }
  void on_stranger(const std::string& address) override {
    keep([&] { strangers_.push_back(address); });
  }

  std::vector<std::pair<std::string, net::link_message>> wait_messages(std::size_t count) {
    return wait(messages_, count);
  }
  std::pair<net::link_id, error> wait_down() { return wait(downs_, 1).front(); }
  std::string wait_stranger() { return wait(strangers_, 1).front(); }

 private:
  template <class F>
  void keep(F&& f) {
    const std::lock_guard lock(mutex_);
    f();
    changed_.notify_all();
  }
  template <class T>
  T wait(const T& heard, std::size_t count) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return heard.size() >= count; });
    return heard;
  }
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::pair<std::string, net::link_message>> messages_;
  std::vector<std::pair<net::link_id, error>> downs_;
  std::vector<std::string> strangers_;
};

/// A hub with its listener. A machine that stands still is no failure of a test: it is patient.
struct listening_hub {
  explicit listening_hub(net::hub_options options) {
    options.silence_ms = 60'000;
    auto opened = net::link_hub::open(std::move(options), heard);
    EXPECT_TRUE(opened.ok());
    hub = std::move(*opened);
  }
  explicit listening_hub(const std::string& name, std::size_t most = 1U << 20,
                         std::int64_t connect_timeout_ms = 60'000)
      : listening_hub(options_of(name, most, connect_timeout_ms)) {}

  std::shared_ptr<waiting_listener> heard = std::make_shared<waiting_listener>();
  std::unique_ptr<net::link_hub> hub;

 private:
  static net::hub_options options_of(const std::string& name, std::size_t most,
                                     std::int64_t connect_timeout_ms) {
    net::hub_options options;
    options.name = name;
    options.max_frame_bytes = most;
    options.connect_timeout_ms = connect_timeout_ms;
    return options;
  }
};

/// The frames of a message as text, a bar behind each.
[[nodiscard]] inline std::string text_of(const net::link_message& message) {
  std::string all;
  for (const auto& frame : message.frames) {
    all.append(reinterpret_cast<const char*>(frame.data()), frame.size());
    all += '|';
  }
  return all;
}

}  // namespace millrace::test
