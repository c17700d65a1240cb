#include "core/expr/comparison/value_order.hpp"

#include "core/expr/kernel.hpp"

#include <algorithm>
#include <cmath>

namespace millrace::expr {
namespace {

template <class T>
int order(T a, T b) {
  if constexpr (std::is_floating_point_v<T>) {
    if (std::isnan(a) || std::isnan(b)) return int{std::isnan(a)} - int{std::isnan(b)};
  }
  return a < b ? -1 : (b < a ? 1 : 0);
}

struct span_of_rows {
  std::uint32_t begin;
  std::uint32_t count;
};

span_of_rows range_of(const data::column& c, std::uint32_t row) {
  const auto* offsets = c.offset_data();
  return {offsets[row], offsets[row + 1] - offsets[row]};
}

int compare_lists(const data::column& a, std::uint32_t i, const data::column& b, std::uint32_t j) {
  const auto x = range_of(a, i), y = range_of(b, j);
  for (std::uint32_t k = 0; k < std::min(x.count, y.count); ++k) {
    const int c = compare_values(*a.children[0], x.begin + k, *b.children[0], y.begin + k);
    if (c != 0) return c;
  }
  return order(x.count, y.count);
}

std::vector<std::uint32_t> sorted_entries(const data::column& keys, span_of_rows range) {
  std::vector<std::uint32_t> rows(range.count);
  for (std::uint32_t k = 0; k < range.count; ++k) rows[k] = range.begin + k;
  std::sort(rows.begin(), rows.end(),
            [&](std::uint32_t p, std::uint32_t q) { return compare_values(keys, p, keys, q) < 0; });
  return rows;
}

// Maps and multisets: by their entries in the order of the keys.
int compare_maps(const data::column& a, std::uint32_t i, const data::column& b, std::uint32_t j) {
  const auto x = sorted_entries(*a.children[0], range_of(a, i));
  const auto y = sorted_entries(*b.children[0], range_of(b, j));
  for (std::size_t k = 0; k < std::min(x.size(), y.size()); ++k) {
    for (std::size_t part = 0; part < 2; ++part) {
      const int c = compare_values(*a.children[part], x[k], *b.children[part], y[k]);
      if (c != 0) return c;
    }
  }
  return order(x.size(), y.size());
}

int compare_rows(const data::column& a, std::uint32_t i, const data::column& b, std::uint32_t j) {
  for (std::size_t k = 0; k < a.children.size(); ++k) {
    const int c = compare_values(*a.children[k], i, *b.children[k], j);
    if (c != 0) return c;
  }
  return 0;
}

const data::column& storage(const data::column& c) {
  return c.layout == data::encoding::dictionary ? *c.children[0] : c;
}

}  // namespace

int compare_values(const data::column& a, std::uint32_t row_a, const data::column& b,
                   std::uint32_t row_b) {
  const bool null_a = a.is_null(row_a), null_b = b.is_null(row_b);
  if (null_a || null_b) return int{null_b} - int{null_a};
  if (data::is_variable_length(a.type.id())) {
    const int c = a.text(row_a).compare(b.text(row_b));
    return c < 0 ? -1 : (c > 0 ? 1 : 0);
  }
  if (!data::is_nested(a.type.id())) {
    return with_physical(a.type.id(), [&](auto* tag) {
      using T = std::remove_pointer_t<decltype(tag)>;
      return order(a.value<T>(row_a), b.value<T>(row_b));
    });
  }
  const auto &x = storage(a), &y = storage(b);
  const auto i = a.index(row_a), j = b.index(row_b);
  switch (a.type.id()) {
    case data::type_id::array: return compare_lists(x, i, y, j);
    case data::type_id::row: return compare_rows(x, i, y, j);
    default: return compare_maps(x, i, y, j);
  }
}

}  // namespace millrace::expr
