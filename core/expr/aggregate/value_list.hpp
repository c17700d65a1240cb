#pragma once

#include "core/expr/aggregate/accumulate.hpp"

#include <cstdint>
#include <string_view>

namespace millrace::expr {

/// State of aggregates that keep every value: a count and one blob of entries [u32 size + 1, 0 for
/// NULL][bytes], in order of arrival.
struct value_list {
  std::int64_t rows;
  data::blob_slot entries;
};

inline void add_value(value_list& list, data::blob_heap& heap, std::string_view bytes, bool null) {
  const auto size = null ? 0U : static_cast<std::uint32_t>(bytes.size() + 1);
  const auto need = static_cast<std::uint32_t>(list.entries.size + sizeof(size) + bytes.size());
  // Doubling, so that n values cost n copies in all.
  if (need > list.entries.capacity) heap.reserve(list.entries, need * 2);
  heap.append(list.entries, {reinterpret_cast<const char*>(&size), sizeof(size)});
  heap.append(list.entries, bytes);
  ++list.rows;
}

/// Calls `f(bytes, is null)` for every entry.
template <class F>
void for_each_value(const value_list& list, F&& f) {
  const char* at = list.entries.bytes;
  const char* const end = at + list.entries.size;
  while (at < end) {
    std::uint32_t size = 0;
    std::memcpy(&size, at, sizeof(size));
    at += sizeof(size);
    const std::size_t bytes = size == 0 ? 0 : size - 1;
    f(std::string_view(at, bytes), size == 0);
    at += bytes;
  }
}

/// Takes the first equal entry out; nothing happens when there is none.
void remove_value(value_list& list, data::blob_heap& heap, std::string_view bytes, bool null);

/// `update` and `merge` of aggregates whose state is a value_list of not NULL values (all values
/// where the overload takes NULL rows).
[[nodiscard]] result<void> update_list(const aggregate_overload&, const aggregate_input&);
void merge_list(const aggregate_overload&, char* into, data::blob_heap* heap, const char* from);

}  // namespace millrace::expr
