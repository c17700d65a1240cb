#pragma once

#include "core/base/result.hpp"

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace millrace::tables {

/// One change of state. The key is, big endian, `key_group u16 | table u16 | hash u64 | nulls u8 |
/// key size u32 | key bytes | sub-key bytes`, so that memcmp order is key group first. The value is
/// `[write time i64, only with TTL] | payload`; a tombstone has none.
/// Group 65535 holds what is not keyed (`task_state`).
struct delta_entry {
  std::string_view key;
  std::string_view value;
  bool tombstone = false;
};

inline constexpr std::uint16_t unkeyed_group = 0xffff;
/// The key group in the first two bytes of a delta key.
[[nodiscard]] inline std::uint16_t group_of_key(std::string_view key) {
  return static_cast<std::uint16_t>((static_cast<std::uint8_t>(key[0]) << 8) |
                                    static_cast<std::uint8_t>(key[1]));
}
/// The ordinal of the table in the operator's set.
[[nodiscard]] inline std::uint16_t table_of_key(std::string_view key) {
  return static_cast<std::uint16_t>((static_cast<std::uint8_t>(key[2]) << 8) |
                                    static_cast<std::uint8_t>(key[3]));
}

/// Takes a delta: entries in strictly ascending key order, in blocks. Used by one thread at a time.
class delta_writer {
 public:
  virtual ~delta_writer() = default;
  /// The bytes are only valid during the call. Errors: state_io.
  [[nodiscard]] virtual result<void> append(std::span<const delta_entry> entries) = 0;
};

/// Gives a delta (or a snapshot: a delta since nothing) in strictly ascending key order.
class delta_reader {
 public:
  virtual ~delta_reader() = default;
  /// The next block, empty at the end. The bytes are valid until the next call.
  /// Errors: state_io, state_corrupt.
  [[nodiscard]] virtual result<std::span<const delta_entry>> next() = 0;
};

/// Reads entries from memory (small deltas in an acknowledgement, tests).
class vector_reader final : public delta_reader {
 public:
  explicit vector_reader(std::span<const delta_entry> entries) : rest_(entries) {}
  [[nodiscard]] result<std::span<const delta_entry>> next() override {
    const auto block = rest_;
    rest_ = {};
    return block;
  }

 private:
  std::span<const delta_entry> rest_;
};

}  // namespace millrace::tables
