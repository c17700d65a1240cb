#include "core/expr/string/base64.hpp"

#include <array>
#include <cstdint>

namespace millrace::expr {
namespace {

constexpr std::string_view letters =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

constexpr std::array<std::int8_t, 256> make_values() {
  std::array<std::int8_t, 256> out{};
  for (auto& v : out) v = -1;
  for (std::size_t i = 0; i < letters.size(); ++i)
    out[static_cast<unsigned char>(letters[i])] = static_cast<std::int8_t>(i);
  return out;
}
constexpr auto values = make_values();

}  // namespace

void append_base64(std::string& out, std::string_view bytes) {
  const auto byte = [&](std::size_t i) -> std::uint32_t {
    return i < bytes.size() ? static_cast<unsigned char>(bytes[i]) : 0U;
  };
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::uint32_t word = byte(i) << 16 | byte(i + 1) << 8 | byte(i + 2);
    out += letters[word >> 18];
    out += letters[(word >> 12) & 63];
    out += i + 1 < bytes.size() ? letters[(word >> 6) & 63] : '=';
    out += i + 2 < bytes.size() ? letters[word & 63] : '=';
  }
}

bool append_from_base64(std::string& out, std::string_view text) {
  const std::size_t given = text.size();
  while (!text.empty() && text.back() == '=' && given - text.size() < 2) text.remove_suffix(1);
  const bool padded = text.size() != given;
  if (text.size() % 4 == 1 || (padded && given % 4 != 0)) return false;
  std::uint32_t word = 0;
  int bits = 0;
  for (const char c : text) {
    const int value = values[static_cast<unsigned char>(c)];
    if (value < 0) return false;
    word = (word << 6) | static_cast<std::uint32_t>(value);
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    out += static_cast<char>((word >> bits) & 0xff);
  }
  return true;
}

}  // namespace millrace::expr
