#include "core/operators/column_compare.hpp"

#include <cstring>

namespace millrace::operators {
namespace {

using data::column;
using data::type_id;
using rows = std::span<const std::uint32_t>;

template <class T>
void compare_fixed(const column& c, rows before, rows after, std::uint8_t* changed) {
  const T* values = c.data<T>();
  for (std::size_t i = 0; i < before.size(); ++i)
    if (values[before[i]] != values[after[i]]) changed[i] = 1;
}

// With nulls, or of variable length: row by row.
bool same(const column& c, std::uint32_t a, std::uint32_t b);

bool same_elements(const column& c, std::uint32_t a, std::uint32_t b) {
  const std::uint32_t* ends = c.offset_data();
  const std::uint32_t count = ends[a + 1] - ends[a];
  if (ends[b + 1] - ends[b] != count) return false;
  for (const auto& child : c.children)
    for (std::uint32_t i = 0; i < count; ++i)
      if (!same(*child, ends[a] + i, ends[b] + i)) return false;
  return true;
}

bool same(const column& c, std::uint32_t a, std::uint32_t b) {
  const bool null = c.is_null(a);
  if (null || c.is_null(b)) return null == c.is_null(b);
  const std::size_t width = data::fixed_width(c.type.id());
  if (width != 0) {
    const column& store = c.layout == data::encoding::dictionary ? *c.children[0] : c;
    const auto* bytes = store.data<char>();
    return std::memcmp(bytes + c.index(a) * width, bytes + c.index(b) * width, width) == 0;
  }
  if (data::is_variable_length(c.type.id())) return c.text(a) == c.text(b);
  if (c.type.id() != type_id::row) return same_elements(c, a, b);
  for (const auto& child : c.children)
    if (!same(*child, a, b)) return false;
  return true;
}

}  // namespace

void note_changes(const column& c, rows before, rows after, std::uint8_t* changed) {
  if (!c.may_have_nulls() && c.layout == data::encoding::flat) {
    switch (data::fixed_width(c.type.id())) {
      case 1: return compare_fixed<std::uint8_t>(c, before, after, changed);
      case 2: return compare_fixed<std::uint16_t>(c, before, after, changed);
      case 4: return compare_fixed<std::uint32_t>(c, before, after, changed);
      case 8: return compare_fixed<std::uint64_t>(c, before, after, changed);
      case 16: return compare_fixed<data::int128>(c, before, after, changed);
      default: break;
    }
  }
  for (std::size_t i = 0; i < before.size(); ++i)
    if (!same(c, before[i], after[i])) changed[i] = 1;
}

}  // namespace millrace::operators
