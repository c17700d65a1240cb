#pragma once

#include "actors/system/io_pool.hpp"

#include <cstddef>
#include <functional>
#include <vector>

namespace millrace::sim {

/// Keeps blocking work until the simulation lets one piece run, in any order: a slow disk.
/// One thread.
class held_io final : public actors::io_pool {
 public:
  held_io() : io_pool(0) {}
  void run(std::function<void()> work) override { held_.push_back(std::move(work)); }

  [[nodiscard]] std::size_t held() const { return held_.size(); }
  void run_one(std::size_t index) {
    const auto work = std::move(held_[index]);
    held_.erase(held_.begin() + static_cast<std::ptrdiff_t>(index));
    work();
  }

 private:
  std::vector<std::function<void()>> held_;
};

}  // namespace millrace::sim
