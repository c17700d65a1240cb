#pragma once

#include "core/tables/delta.hpp"
#include "core/tables/key_batch.hpp"

#include <optional>
#include <string>

namespace millrace::tables {

/// A delta key taken apart; refers to its bytes.
struct delta_key {
  std::uint16_t group = 0;
  std::uint16_t table = 0;
  key_view key;
  std::string_view sub;
};

/// Bytes in front of the key bytes.
inline constexpr std::size_t delta_key_head = 2 + 2 + 8 + 1 + 4;

void append_delta_key(std::string& out, std::uint32_t group, std::uint16_t table,
                      const key_view& key, std::string_view sub);
/// Nothing when the bytes are too short for what they say.
[[nodiscard]] std::optional<delta_key> parse_delta_key(std::string_view bytes);

}  // namespace millrace::tables
