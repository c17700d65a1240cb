#include "core/expr/comparison/value_order.hpp"
#include "core/expr/families.hpp"
#include "core/expr/kernel.hpp"
#include "core/expr/registry.hpp"
#include "core/expr/resolve.hpp"

#include <algorithm>

namespace millrace::expr {
namespace {

using data::data_type;
using data::type_id;

/// The elements of one row's array.
struct element_list {
  const data::column* values;
  std::uint32_t begin, count;
  element_list(const data::column& c, std::uint32_t row) : values(c.children[0].get()) {
    const auto* offsets = c.offset_data();
    const auto i = c.index(row);
    begin = offsets[i];
    count = offsets[i + 1] - offsets[i];
  }
  [[nodiscard]] std::uint32_t at(std::uint32_t i) const { return begin + i; }
  /// Index of the first element that equals a value (NULL equals NULL); -1 if there is none.
  [[nodiscard]] std::int32_t find(const data::column& value, std::uint32_t row,
                                  std::uint32_t until) const {
    for (std::uint32_t i = 0; i < until; ++i)
      if (compare_values(*values, at(i), value, row) == 0) return static_cast<std::int32_t>(i);
    return -1;
  }
};

void append(data::column_builder& to, const data::column& from, std::uint32_t row) {
  if (from.is_null(row))
    to.append_null();
  else
    to.append_from(from, row);
}

/// Builds a nested column; `f(row, builder)` appends the row's entries to the children and gives
/// false for NULL.
template <class F>
data::column_ptr build(const kernel_call& call, F&& f) {
  data::column_builder out(call.result_type, call.rows.stored);
  std::uint32_t next = 0;
  call.rows.for_each([&](std::uint32_t row) {
    out.append_nulls(row - next);
    next = row + 1;
    if (is_valid(call, row) && f(row, out))
      out.append_nested();
    else
      out.append_null();
  });
  out.append_nulls(call.rows.stored - next);
  return out.finish();
}

result<data::column_ptr> distinct(const kernel_call& call) {
  return build(call, [&](std::uint32_t row, data::column_builder& out) {
    const element_list list(*call.arguments[0], row);
    for (std::uint32_t i = 0; i < list.count; ++i)
      if (list.find(*list.values, list.at(i), i) < 0)
        append(out.child(0), *list.values, list.at(i));
    return true;
  });
}

result<data::column_ptr> reverse(const kernel_call& call) {
  return build(call, [&](std::uint32_t row, data::column_builder& out) {
    const element_list list(*call.arguments[0], row);
    for (std::uint32_t i = list.count; i-- > 0;) append(out.child(0), *list.values, list.at(i));
    return true;
  });
}

// An element given as NULL is looked for like any other.
result<data::column_ptr> remove(const kernel_call& call) {
  return build(call, [&](std::uint32_t row, data::column_builder& out) {
    if (call.arguments[0]->is_null(row)) return false;
    const element_list list(*call.arguments[0], row);
    for (std::uint32_t i = 0; i < list.count; ++i)
      if (compare_values(*list.values, list.at(i), *call.arguments[1], row) != 0)
        append(out.child(0), *list.values, list.at(i));
    return true;
  });
}

template <bool Front>
result<data::column_ptr> add_element(const kernel_call& call) {
  return build(call, [&](std::uint32_t row, data::column_builder& out) {
    if (call.arguments[0]->is_null(row)) return false;
    const element_list list(*call.arguments[0], row);
    if (Front) append(out.child(0), *call.arguments[1], row);
    for (std::uint32_t i = 0; i < list.count; ++i) append(out.child(0), *list.values, list.at(i));
    if (!Front) append(out.child(0), *call.arguments[1], row);
    return true;
  });
}

result<data::column_ptr> concat(const kernel_call& call) {
  return build(call, [&](std::uint32_t row, data::column_builder& out) {
    for (const auto& a : call.arguments) {
      const element_list list(*a, row);
      for (std::uint32_t i = 0; i < list.count; ++i) append(out.child(0), *list.values, list.at(i));
    }
    return true;
  });
}

enum class set_operation { union_all, intersect, except };

// The result holds each element once, in the order of the first array.
template <set_operation Op>
result<data::column_ptr> combine(const kernel_call& call) {
  return build(call, [&](std::uint32_t row, data::column_builder& out) {
    const element_list a(*call.arguments[0], row), b(*call.arguments[1], row);
    for (std::uint32_t i = 0; i < a.count; ++i) {
      if (a.find(*a.values, a.at(i), i) >= 0) continue;
      const bool in_b = b.find(*a.values, a.at(i), b.count) >= 0;
      if (Op == set_operation::union_all || in_b == (Op == set_operation::intersect))
        append(out.child(0), *a.values, a.at(i));
    }
    if (Op == set_operation::union_all) {
      for (std::uint32_t i = 0; i < b.count; ++i)
        if (b.find(*b.values, b.at(i), i) < 0 && a.find(*b.values, b.at(i), a.count) < 0)
          append(out.child(0), *b.values, b.at(i));
    }
    return true;
  });
}

// ARRAY_SLICE(array, begin [, end]): positions from 1, negative ones from the end, both inclusive.
result<data::column_ptr> slice(const kernel_call& call) {
  const any_values<std::int32_t> from(*call.arguments[1]);
  const bool bounded = call.arguments.size() == 3;
  const any_values<std::int32_t> to(*call.arguments[bounded ? 2 : 1]);
  return build(call, [&](std::uint32_t row, data::column_builder& out) {
    const element_list list(*call.arguments[0], row);
    const std::int64_t n = list.count;
    const auto place = [n](std::int64_t p) { return p < 0 ? n + p + 1 : p; };
    const auto begin = std::max<std::int64_t>(place(from[row]), 1);
    const auto end = std::min(bounded ? place(to[row]) : n, n);
    for (auto i = begin; i <= end; ++i)
      append(out.child(0), *list.values, list.at(static_cast<std::uint32_t>(i - 1)));
    return true;
  });
}

// ARRAY_SORT(array [, ascending [, nulls first]]).
result<data::column_ptr> sort(const kernel_call& call) {
  const auto flag = [&](std::size_t i, std::uint32_t row, bool otherwise) {
    return call.arguments.size() > i ? call.arguments[i]->value<std::uint8_t>(row) != 0 : otherwise;
  };
  std::vector<std::uint32_t> order;
  return build(call, [&](std::uint32_t row, data::column_builder& out) {
    const element_list list(*call.arguments[0], row);
    const bool up = flag(1, row, true), nulls_first = flag(2, row, up);
    order.resize(list.count);
    for (std::uint32_t i = 0; i < list.count; ++i) order[i] = list.at(i);
    std::stable_sort(order.begin(), order.end(), [&](std::uint32_t p, std::uint32_t q) {
      const bool null_p = list.values->is_null(p), null_q = list.values->is_null(q);
      if (null_p || null_q) return null_p != null_q && null_p == nulls_first;
      const int c = compare_values(*list.values, p, *list.values, q);
      return up ? c < 0 : c > 0;
    });
    for (const auto i : order) append(out.child(0), *list.values, i);
    return true;
  });
}

template <std::size_t Part>
result<data::column_ptr> map_part(const kernel_call& call) {
  const data::column& map = *call.arguments[0];
  return build(call, [&](std::uint32_t row, data::column_builder& out) {
    const element_list list(map, row);
    for (std::uint32_t i = 0; i < list.count; ++i)
      append(out.child(0), *map.children[Part], list.at(i));
    return true;
  });
}

result<data::column_ptr> map_entries(const kernel_call& call) {
  const data::column& map = *call.arguments[0];
  return build(call, [&](std::uint32_t row, data::column_builder& out) {
    const element_list list(map, row);
    for (std::uint32_t i = 0; i < list.count; ++i) {
      for (std::size_t part = 0; part < 2; ++part)
        append(out.child(0).child(part), *map.children[part], list.at(i));
      out.child(0).append_nested();
    }
    return true;
  });
}

// A later value of an equal key wins; arrays of different length are an error.
result<data::column_ptr> map_from_arrays(const kernel_call& call) {
  const bool even = try_each_valid(call, [&](std::uint32_t row) {
    return element_list(*call.arguments[0], row).count ==
           element_list(*call.arguments[1], row).count;
  });
  if (!even)
    return make_error(errc::runtime_bad_argument, "MAP_FROM_ARRAYS needs as many keys as values");
  return build(call, [&](std::uint32_t row, data::column_builder& out) {
    const element_list keys(*call.arguments[0], row), values(*call.arguments[1], row);
    for (std::uint32_t i = 0; i < keys.count; ++i) {
      bool later = false;
      for (std::uint32_t k = i + 1; k < keys.count; ++k)
        later |= compare_values(*keys.values, keys.at(i), *keys.values, keys.at(k)) == 0;
      if (later) continue;
      append(out.child(0), *keys.values, keys.at(i));
      append(out.child(1), *values.values, values.at(i));
    }
    return true;
  });
}

// The entries of all maps; a later map's value of a key wins.
result<data::column_ptr> map_union(const kernel_call& call) {
  return build(call, [&](std::uint32_t row, data::column_builder& out) {
    for (std::size_t m = 0; m < call.arguments.size(); ++m) {
      const data::column& map = *call.arguments[m];
      const element_list list(map, row);
      for (std::uint32_t i = 0; i < list.count; ++i) {
        bool later = false;
        for (std::size_t k = m + 1; k < call.arguments.size(); ++k) {
          const element_list other(*call.arguments[k], row);
          later |= other.find(*list.values, list.at(i), other.count) >= 0;
        }
        if (later) continue;
        for (std::size_t part = 0; part < 2; ++part)
          append(out.child(part), *map.children[part], list.at(i));
      }
    }
    return true;
  });
}

result<data::column_ptr> contains(const kernel_call& call) {
  truth_writer out(call);
  null_marks nulls(call.rows.stored);
  call.rows.for_each([&](std::uint32_t row) {
    if (call.arguments[0]->is_null(row)) return nulls.mark(row);
    const element_list list(*call.arguments[0], row);
    out.at[row] = static_cast<std::uint8_t>(list.find(*call.arguments[1], row, list.count) >= 0);
  });
  out.column->validity = nulls.take();
  return data::column_ptr(out.column);
}

result<data::column_ptr> position(const kernel_call& call) {
  values_writer<std::int32_t> out(call.result_type, call.rows.stored);
  for_each_valid(call, [&](std::uint32_t row) {
    const element_list list(*call.arguments[0], row);
    out.at[row] = list.find(*call.arguments[1], row, list.count) + 1;
  });
  return data::column_ptr(out.column);
}

// The greatest (least) element; NULLs are passed over.
template <int Sign>
result<data::column_ptr> extreme(const kernel_call& call) {
  data::column_builder out(call.result_type, call.rows.stored);
  std::uint32_t next = 0;
  for_each_valid(call, [&](std::uint32_t row) {
    out.append_nulls(row - next);
    next = row + 1;
    const element_list list(*call.arguments[0], row);
    std::int64_t best = -1;
    for (std::uint32_t i = 0; i < list.count; ++i) {
      if (list.values->is_null(list.at(i))) continue;
      if (best < 0 || compare_values(*list.values, list.at(i), *list.values,
                                     static_cast<std::uint32_t>(best)) == Sign)
        best = list.at(i);
    }
    if (best < 0)
      out.append_null();
    else
      out.append_from(*list.values, static_cast<std::uint32_t>(best));
  });
  out.append_nulls(call.rows.stored - next);
  return out.finish();
}

// ARRAY_JOIN(array, separator [, text for NULL]).
result<data::column_ptr> join(const kernel_call& call) {
  const any_text separator(*call.arguments[1]);
  text_writer out(call.result_type, call.rows.stored, call.rows.count * std::size_t{16});
  std::string text;
  for_each_valid(call, [&](std::uint32_t row) {
    const element_list list(*call.arguments[0], row);
    text.clear();
    bool first = true;
    for (std::uint32_t i = 0; i < list.count; ++i) {
      const bool null = list.values->is_null(list.at(i));
      if (null && call.arguments.size() < 3) continue;
      if (!first) text += separator[row];
      first = false;
      text += null ? call.arguments[2]->text(row) : list.values->text(list.at(i));
    }
    out.put(row, text);
  });
  return out.finish();
}

bool is_array(const data_type& t) { return t.id() == type_id::array; }
bool is_map(const data_type& t) { return t.id() == type_id::map; }

template <scalar_kernel Kernel>
result<scalar_overload> same_array(const call_site& site) {
  MILLRACE_CHECK(expect_arguments(site, 1, 1));
  if (!is_array(site.types[0])) return wrong_types(site, "f(array)");
  return strict({site.types[0]}, site.types[0], site, Kernel);
}

// An array and an element, both brought to one element type.
result<data_type> element_type(const call_site& site) {
  if (!is_array(site.types[0])) return wrong_types(site, "f(array, element)");
  const data_type types[] = {site.types[0].child(0), site.types[1]};
  return common_type(types);
}

template <scalar_kernel Kernel>
result<scalar_overload> with_element(const call_site& site) {
  MILLRACE_CHECK(expect_arguments(site, 2, 2));
  MILLRACE_TRY(const auto element, element_type(site));
  auto o = strict({data_type::array(element), element}, data_type::array(element), site, Kernel);
  o.null_in_null_out = false;
  o.result_type = o.result_type.as_nullable(site.types[0].nullable());
  return o;
}

result<scalar_overload> resolve_contains(const call_site& site) {
  MILLRACE_TRY(auto o, with_element<contains>(site));
  o.result_type = data_type(type_id::boolean, site.types[0].nullable());
  return o;
}
result<scalar_overload> resolve_position(const call_site& site) {
  MILLRACE_CHECK(expect_arguments(site, 2, 2));
  MILLRACE_TRY(const auto element, element_type(site));
  return strict({data_type::array(element), element}, of(type_id::integer), site, position);
}

template <scalar_kernel Kernel>
result<scalar_overload> several_collections(const call_site& site) {
  MILLRACE_CHECK(expect_arguments(site, 1, 1 << 16));
  MILLRACE_TRY(const auto type, common_type(site.types));
  const bool maps = Kernel == static_cast<scalar_kernel>(map_union);
  if (maps ? !is_map(type) : !is_array(type)) return wrong_types(site, "f(collection, ...)");
  return strict(std::vector<data_type>(site.types.size(), type), type, site, Kernel);
}

template <scalar_kernel Kernel>
result<scalar_overload> two_arrays(const call_site& site) {
  MILLRACE_CHECK(expect_arguments(site, 2, 2));
  return several_collections<Kernel>(site);
}

result<scalar_overload> resolve_slice(const call_site& site) {
  MILLRACE_CHECK(expect_arguments(site, 2, 3));
  if (!is_array(site.types[0])) return wrong_types(site, "ARRAY_SLICE(array, begin [, end])");
  std::vector<data_type> types(site.types.size(), of(type_id::integer));
  types[0] = site.types[0];
  return strict(std::move(types), site.types[0], site, slice);
}
result<scalar_overload> resolve_sort(const call_site& site) {
  MILLRACE_CHECK(expect_arguments(site, 1, 3));
  if (!is_array(site.types[0]))
    return wrong_types(site, "ARRAY_SORT(array [, ascending [, nulls first]])");
  std::vector<data_type> types(site.types.size(), of(type_id::boolean));
  types[0] = site.types[0];
  return strict(std::move(types), site.types[0], site, sort);
}
template <int Sign>
result<scalar_overload> resolve_extreme(const call_site& site) {
  MILLRACE_CHECK(expect_arguments(site, 1, 1));
  if (!is_array(site.types[0])) return wrong_types(site, "ARRAY_MAX(array)");
  auto o = strict({site.types[0]}, site.types[0].child(0), site, extreme<Sign>);
  o.result_type = o.result_type.as_nullable();
  return o;
}
result<scalar_overload> resolve_join(const call_site& site) {
  MILLRACE_CHECK(expect_arguments(site, 2, 3));
  if (!is_array(site.types[0])) return wrong_types(site, "ARRAY_JOIN(array, separator [, null])");
  std::vector<data_type> types(site.types.size(), data_type::string());
  types[0] = data_type::array(data_type::string());
  return strict(std::move(types), data_type::string(), site, join);
}

template <std::size_t Part>
result<scalar_overload> resolve_part(const call_site& site) {
  MILLRACE_CHECK(expect_arguments(site, 1, 1));
  if (!is_map(site.types[0])) return wrong_types(site, "MAP_KEYS(map)");
  return strict({site.types[0]}, data_type::array(site.types[0].child(Part)), site, map_part<Part>);
}
result<scalar_overload> resolve_entries(const call_site& site) {
  MILLRACE_CHECK(expect_arguments(site, 1, 1));
  if (!is_map(site.types[0])) return wrong_types(site, "MAP_ENTRIES(map)");
  const auto& map = site.types[0];
  const auto entry = data_type::row({{"key", map.child(0)}, {"value", map.child(1)}}, false);
  return strict({map}, data_type::array(entry), site, map_entries);
}
result<scalar_overload> resolve_map_from_arrays(const call_site& site) {
  MILLRACE_CHECK(expect_arguments(site, 2, 2));
  if (!is_array(site.types[0]) || !is_array(site.types[1]))
    return wrong_types(site, "MAP_FROM_ARRAYS(keys, values)");
  auto o =
      strict({site.types[0], site.types[1]},
             data_type::map(site.types[0].child(0), site.types[1].child(0)), site, map_from_arrays);
  o.can_fail = true;
  return o;
}

constexpr std::string_view family = "collection";

constexpr scalar_function table[] = {
    {"ARRAY_CONTAINS", family, "ARRAY_CONTAINS(array, element)", "TRUE if the array holds it.",
     resolve_contains},
    {"ARRAY_POSITION", family, "ARRAY_POSITION(array, element)",
     "Where the element stands, counted from 1; 0 if it does not.", resolve_position},
    {"ARRAY_DISTINCT", family, "ARRAY_DISTINCT(array)", "Each element once.", same_array<distinct>},
    {"ARRAY_REVERSE", family, "ARRAY_REVERSE(array)", "In reverse order.", same_array<reverse>},
    {"ARRAY_REMOVE", family, "ARRAY_REMOVE(array, element)", "Without an element.",
     with_element<remove>},
    {"ARRAY_APPEND", family, "ARRAY_APPEND(array, element)", "With an element behind.",
     with_element<add_element<false>>},
    {"ARRAY_PREPEND", family, "ARRAY_PREPEND(array, element)", "With an element in front.",
     with_element<add_element<true>>},
    {"ARRAY_CONCAT", family, "ARRAY_CONCAT(array, ...)", "The arrays one behind the other.",
     several_collections<concat>},
    {"ARRAY_UNION", family, "ARRAY_UNION(a, b)", "Elements of both, each once.",
     two_arrays<combine<set_operation::union_all>>},
    {"ARRAY_INTERSECT", family, "ARRAY_INTERSECT(a, b)", "Elements that are in both, each once.",
     two_arrays<combine<set_operation::intersect>>},
    {"ARRAY_EXCEPT", family, "ARRAY_EXCEPT(a, b)", "Elements of a that are not in b, each once.",
     two_arrays<combine<set_operation::except>>},
    {"ARRAY_SLICE", family, "ARRAY_SLICE(array, begin [, end])", "A part, both ends included.",
     resolve_slice},
    {"ARRAY_SORT", family, "ARRAY_SORT(array [, ascending [, nulls first]])", "In order.",
     resolve_sort},
    {"ARRAY_MAX", family, "ARRAY_MAX(array)", "The greatest element.", resolve_extreme<1>},
    {"ARRAY_MIN", family, "ARRAY_MIN(array)", "The least element.", resolve_extreme<-1>},
    {"ARRAY_JOIN", family, "ARRAY_JOIN(array, separator [, null])",
     "The elements as one text; NULLs are left out or replaced.", resolve_join},
    {"MAP_KEYS", family, "MAP_KEYS(map)", "The keys as an array.", resolve_part<0>},
    {"MAP_VALUES", family, "MAP_VALUES(map)", "The values as an array.", resolve_part<1>},
    {"MAP_ENTRIES", family, "MAP_ENTRIES(map)", "The entries as an array of rows.",
     resolve_entries},
    {"MAP_FROM_ARRAYS", family, "MAP_FROM_ARRAYS(keys, values)", "A map of two arrays.",
     resolve_map_from_arrays},
    {"MAP_UNION", family, "MAP_UNION(map, ...)", "The entries of all maps; the last wins.",
     several_collections<map_union>},
};

}  // namespace

std::span<const scalar_function> array_functions() { return table; }

}  // namespace millrace::expr
