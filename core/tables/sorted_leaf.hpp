#pragma once

#include "core/tables/sorted_table.hpp"

#include <cstdint>
#include <cstring>

namespace millrace::tables {

/// A block of at most 64 rows of one key, in order: the first eight order bytes of each, as a
/// number that compares like them, and the row's item. Most comparisons need no look at the item.
struct sorted_table::leaf_view {
  struct head {
    std::uint16_t count;
    std::uint16_t room;
    std::uint32_t unused;
  };
  static constexpr std::uint32_t smallest = 4;
  static constexpr std::uint32_t largest = 64;
  /// Leaves that together have no more rows become one.
  static constexpr std::uint32_t merged = 48;

  char* bytes;

  [[nodiscard]] static std::size_t size_for(std::uint32_t room) {
    return sizeof(head) + std::size_t{room} * 12;
  }
  [[nodiscard]] head& info() const { return *reinterpret_cast<head*>(bytes); }
  [[nodiscard]] std::uint32_t count() const { return info().count; }
  [[nodiscard]] std::uint32_t room() const { return info().room; }
  [[nodiscard]] std::uint64_t* prefixes() const {
    return reinterpret_cast<std::uint64_t*>(bytes + sizeof(head));
  }
  [[nodiscard]] arena::ref* blocks() const {
    return reinterpret_cast<arena::ref*>(bytes + sizeof(head) + std::size_t{room()} * 8);
  }
  void begin(std::uint32_t room) const { info() = {0, static_cast<std::uint16_t>(room), 0}; }
  void resize(std::uint32_t rows) const { info().count = static_cast<std::uint16_t>(rows); }

  /// Copies rows [from, from + n) of another leaf to place `to`.
  void copy(std::uint32_t to, const leaf_view& other, std::uint32_t from, std::uint32_t n) const {
    std::memmove(prefixes() + to, other.prefixes() + from, std::size_t{n} * 8);
    std::memmove(blocks() + to, other.blocks() + from, std::size_t{n} * 4);
  }
  void set(std::uint32_t at, std::uint64_t prefix, arena::ref block) const {
    prefixes()[at] = prefix;
    blocks()[at] = block;
  }
};

/// The first eight bytes as a number that compares as they do; short ones are padded with zeros.
[[nodiscard]] inline std::uint64_t order_prefix(std::string_view order) {
  std::uint64_t word = 0;
  if (!order.empty()) std::memcpy(&word, order.data(), order.size() < 8 ? order.size() : 8);
  return __builtin_bswap64(word);
}

}  // namespace millrace::tables
