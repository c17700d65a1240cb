#include "core/tables/delta_key.hpp"

#include <bit>

namespace millrace::tables {
namespace {

template <class T>
void put_big(char* to, T value) {
  for (std::size_t i = sizeof(T); i-- > 0; value = static_cast<T>(value >> (sizeof(T) > 1 ? 8 : 0)))
    to[i] = static_cast<char>(value);
}

template <class T>
T get_big(const char* from) {
  T value = 0;
  for (std::size_t i = 0; i < sizeof(T); ++i)
    value = static_cast<T>((std::uint64_t{value} << 8) | static_cast<std::uint8_t>(from[i]));
  return value;
}

}  // namespace

void append_delta_key(std::string& out, std::uint32_t group, std::uint16_t table,
                      const key_view& key, std::string_view sub) {
  char head[delta_key_head];
  put_big(head, static_cast<std::uint16_t>(group));
  put_big(head + 2, table);
  put_big(head + 4, key.hash);
  head[12] = static_cast<char>(key.nulls);
  put_big(head + 13, key.size);
  out.append(head, sizeof head);
  out.append(key.data, key.size);
  out.append(sub);
}

std::optional<delta_key> parse_delta_key(std::string_view bytes) {
  if (bytes.size() < delta_key_head) return std::nullopt;
  delta_key k;
  k.group = get_big<std::uint16_t>(bytes.data());
  k.table = get_big<std::uint16_t>(bytes.data() + 2);
  k.key.hash = get_big<std::uint64_t>(bytes.data() + 4);
  k.key.nulls = static_cast<std::uint8_t>(bytes[12]);
  k.key.size = get_big<std::uint32_t>(bytes.data() + 13);
  if (bytes.size() - delta_key_head < k.key.size) return std::nullopt;
  k.key.data = bytes.data() + delta_key_head;
  k.sub = bytes.substr(delta_key_head + k.key.size);
  return k;
}

}  // namespace millrace::tables
