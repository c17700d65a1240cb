#include "core/expr/aggregate/value_list.hpp"

namespace millrace::expr {

void remove_value(value_list& list, data::blob_heap&, std::string_view bytes, bool null) {
  std::size_t at = 0;
  while (at < list.entries.size) {
    std::uint32_t size = 0;
    std::memcpy(&size, list.entries.bytes + at, sizeof(size));
    const std::size_t length = sizeof(size) + (size == 0 ? 0 : size - 1);
    const std::string_view value(list.entries.bytes + at + sizeof(size), length - sizeof(size));
    if ((size == 0) == null && value == bytes) {
      std::memmove(list.entries.bytes + at, list.entries.bytes + at + length,
                   list.entries.size - at - length);
      list.entries.size -= static_cast<std::uint32_t>(length);
      --list.rows;
      return;
    }
    at += length;
  }
}

result<void> update_list(const aggregate_overload& o, const aggregate_input& in) {
  const auto& argument = *in.arguments[0];
  for_each_fed(in, o.takes_null_rows ? nullptr : &argument,
               [&](std::uint32_t i, std::uint32_t row, std::int64_t sign) {
                 auto& list = state_at<value_list>(in.states[i]);
                 const bool null = argument.is_null(row);
                 const auto value = null ? std::string_view() : bytes_of(argument, row);
                 if (sign > 0)
                   add_value(list, *in.heaps[i], value, null);
                 else
                   remove_value(list, *in.heaps[i], value, null);
               });
  return {};
}

void merge_list(const aggregate_overload&, char* into, data::blob_heap* heap, const char* from) {
  auto& list = state_at<value_list>(into);
  for_each_value(state_at<value_list>(from),
                 [&](std::string_view value, bool null) { add_value(list, *heap, value, null); });
}

}  // namespace millrace::expr
