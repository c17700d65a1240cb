#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>
#include <string_view>
#include <vector>

namespace millrace::operators {

/// Copies of byte strings that stay where they are until `clear`. Keeps its memory.
class byte_pool {
 public:
  [[nodiscard]] std::string_view keep(std::string_view bytes) {
    if (bytes.size() > room_) grow(bytes.size());
    char* to = at_;
    if (!bytes.empty()) std::memcpy(to, bytes.data(), bytes.size());
    at_ += bytes.size();
    room_ -= bytes.size();
    return {to, bytes.size()};
  }
  void clear() {
    next_ = 0;
    room_ = 0;
  }

 private:
  static constexpr std::size_t block_size = 64 * 1024;
  struct block {
    std::unique_ptr<char[]> bytes;
    std::size_t size;
  };

  void grow(std::size_t need) {
    while (next_ < blocks_.size() && blocks_[next_].size < need) ++next_;
    if (next_ == blocks_.size()) {
      const std::size_t size = std::max(need, block_size);
      blocks_.push_back({std::make_unique<char[]>(size), size});
    }
    at_ = blocks_[next_].bytes.get();
    room_ = blocks_[next_].size;
    ++next_;
  }

  std::vector<block> blocks_;
  std::size_t next_ = 0;
  char* at_ = nullptr;
  std::size_t room_ = 0;
};

}  // namespace millrace::operators
