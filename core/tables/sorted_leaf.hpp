#pragma once

#include "core/tables/sorted_table.hpp"

#include <cstdint>
#include <cstring>

namespace millrace::tables {

/// A block of at most 64 rows of one key, in order: of each a number that compares like its first
/// order bytes (`prefix_of`), and the row's item. Most comparisons need no look at the item.
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

/// The same for order bytes that begin with a time in milliseconds and a hash. Many timers share a
/// time, so the number holds 42 bits of time and the first 22 of the hash; all times before 1970
/// have one number, and all from 2109 on.
[[nodiscard]] inline std::uint64_t timer_prefix(std::string_view order) {
  constexpr int hash_bits = 22;
  const std::uint64_t time = order_prefix(order) ^ (std::uint64_t{1} << 63);
  if (static_cast<std::int64_t>(time) < 0) return 0;
  if (time >> (64 - hash_bits) != 0) return UINT64_MAX;
  const std::uint64_t hash = order.size() > 8 ? order_prefix(order.substr(8)) : 0;
  return time << hash_bits | hash >> (64 - hash_bits);
}

inline std::uint64_t sorted_table::prefix_of(std::string_view order) const {
  return prefix_ == prefix_form::timer ? timer_prefix(order) : order_prefix(order);
}

}  // namespace millrace::tables
