#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace millrace::state::format {

// The bytes of a state file, as docs/reference/formats.md describes them. Little endian.
// Header | block ... | footer. Numbers never change their meaning; a new form is a new version.

inline constexpr std::string_view header_magic = "MRSTATE1";
inline constexpr std::string_view footer_magic = "MRSTEND1";
inline constexpr std::uint16_t version = 1;

/// magic 8 | version u16 | kind u8 | 5 zero bytes
inline constexpr std::size_t header_size = 16;
/// stored u32 | raw u32 | entries u32 | first group u16 | last group u16 | codec u8 | 7 zero bytes
/// | checksum u64 over the 24 bytes before and the stored bytes
inline constexpr std::size_t block_head_size = 32;
/// magic 8 | blocks u64 | entries u64 | tombstones u64 | checksum u64 over all bytes in front of
/// the footer | checksum u64 over the 40 bytes before
inline constexpr std::size_t footer_size = 48;

enum class block_codec : std::uint8_t { plain = 0, lz4 = 1 };
/// The marks in front of an entry's bytes.
enum class entry_kind : std::uint8_t { value = 0, tombstone = 1 };

/// A block is closed when its entries reach this many bytes.
inline constexpr std::size_t block_target = 128U << 10;
/// What a reader takes at most for one block.
inline constexpr std::uint32_t block_limit = 1U << 30;

template <class T>
void put(std::string& out, T value) {
  char bytes[sizeof value];
  std::memcpy(bytes, &value, sizeof value);
  out.append(bytes, sizeof value);
}

template <class T>
[[nodiscard]] T get(const char* from) {
  T value;
  std::memcpy(&value, from, sizeof value);
  return value;
}

/// LEB128: seven bits a byte, the lowest first.
inline void put_varint(std::string& out, std::uint64_t value) {
  while (value >= 0x80) {
    out.push_back(static_cast<char>(value | 0x80));
    value >>= 7;
  }
  out.push_back(static_cast<char>(value));
}

/// Takes a number of at most 32 bits off the front; false when the bytes are none.
[[nodiscard]] inline bool take_varint(std::string_view& from, std::uint32_t& value) {
  std::uint64_t sum = 0;
  for (unsigned shift = 0; shift < 35 && !from.empty(); shift += 7) {
    const auto byte = static_cast<std::uint8_t>(from.front());
    from.remove_prefix(1);
    sum |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
    if ((byte & 0x80) == 0) {
      value = static_cast<std::uint32_t>(sum);
      return sum <= UINT32_MAX;
    }
  }
  return false;
}

}  // namespace millrace::state::format
