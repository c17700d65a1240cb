#include "core/expr/comparison/value_order.hpp"
#include "core/expr/families.hpp"
#include "core/expr/kernel.hpp"
#include "core/expr/resolve.hpp"

namespace millrace::expr {
namespace {

using data::data_type;
using data::type_id;

result<data::column_ptr> field(const kernel_call& call) {
  const auto index = static_cast<std::size_t>(call.arguments[1]->data<std::int32_t>()[0]);
  // The row's NULLs are part of what `field_of` gives.
  return with_type(data::decoded(data::field_of(call.arguments[0], index)), call.result_type);
}

result<scalar_overload> resolve_field(const call_site& site) {
  MILLRACE_CHECK(expect_arguments(site, 2, 2));
  const bool known = site.literals[1] && site.types[1].id() == type_id::integer;
  if (site.types[0].id() != type_id::row || !known) return wrong_types(site, "row.field");
  const auto index = static_cast<std::size_t>(site.literals[1]->value<std::int32_t>(0));
  const auto& fields = site.types[0].fields();
  if (index >= fields.size())
    return make_error(errc::sql_bad_argument, "the row has no field " + std::to_string(index));
  scalar_overload o;
  o.argument_types = {site.types[0], site.types[1]};
  o.result_type =
      fields[index].type.as_nullable(fields[index].type.nullable() || site.types[0].nullable());
  o.kernel = field;
  o.cheap = true;
  return o;
}

struct entry_range {
  std::uint32_t begin, count;
};
entry_range entries(const data::column& c, std::uint32_t row) {
  const auto* offsets = c.offset_data();
  const auto i = c.index(row);
  return {offsets[i], offsets[i + 1] - offsets[i]};
}

// Takes from a child the entry that `find` gives for each row, NULL where it gives none.
template <class F>
data::column_ptr pick(const kernel_call& call, const data::column& child, F&& find) {
  data::column_builder out(call.result_type, call.rows.stored);
  std::uint32_t next = 0;
  for_each_valid(call, [&](std::uint32_t row) {
    out.append_nulls(row - next);
    next = row + 1;
    const std::int64_t at = find(row);
    if (at < 0 || child.is_null(static_cast<std::uint32_t>(at)))
      out.append_null();
    else
      out.append_from(child, static_cast<std::uint32_t>(at));
  });
  out.append_nulls(call.rows.stored - next);
  return out.finish();
}

// array[i] counts from 1; outside of the array is NULL.
result<data::column_ptr> array_item(const kernel_call& call) {
  const data::column& array = *call.arguments[0];
  const any_values<std::int32_t> at(*call.arguments[1]);
  return pick(call, *array.children[0], [&](std::uint32_t row) -> std::int64_t {
    const auto range = entries(array, row);
    const std::int64_t i = at[row];
    return i >= 1 && i <= range.count ? range.begin + i - 1 : -1;
  });
}

result<data::column_ptr> map_item(const kernel_call& call) {
  const data::column& map = *call.arguments[0];
  return pick(call, *map.children[1], [&](std::uint32_t row) -> std::int64_t {
    const auto range = entries(map, row);
    for (std::uint32_t i = range.begin; i < range.begin + range.count; ++i)
      if (compare_values(*map.children[0], i, *call.arguments[1], row) == 0) return i;
    return -1;
  });
}

result<scalar_overload> resolve_item(const call_site& site) {
  MILLRACE_CHECK(expect_arguments(site, 2, 2));
  const data_type& c = site.types[0];
  if (c.id() == type_id::array && takes_integer(site.types[1]))
    return strict({c, of(type_id::integer)}, c.child(0).as_nullable(), site, array_item);
  if (c.id() != type_id::map) return wrong_types(site, "array[index] or map[key]");
  auto o = strict({c, c.child(0)}, c.child(1).as_nullable(), site, map_item);
  o.result_type = o.result_type.as_nullable();
  return o;
}

result<scalar_overload> resolve_item_nullable(const call_site& site) {
  MILLRACE_TRY(auto o, resolve_item(site));
  o.result_type = o.result_type.as_nullable();
  return o;
}

// A multiset's size counts equal elements each.
result<data::column_ptr> cardinality(const kernel_call& call) {
  const data::column& c = *call.arguments[0];
  const bool counted = c.type.id() == type_id::multiset;
  values_writer<std::int32_t> out(call.result_type, call.rows.stored);
  call.rows.for_each([&](std::uint32_t row) {
    const auto range = entries(c, row);
    std::int32_t n = static_cast<std::int32_t>(range.count);
    if (counted) {
      n = 0;
      for (std::uint32_t i = 0; i < range.count; ++i)
        n += c.children[1]->value<std::int32_t>(range.begin + i);
    }
    out.at[row] = n;
  });
  return data::column_ptr(out.column);
}

result<scalar_overload> resolve_cardinality(const call_site& site) {
  MILLRACE_CHECK(expect_arguments(site, 1, 1));
  const auto id = site.types[0].id();
  if (id != type_id::array && id != type_id::map && id != type_id::multiset)
    return wrong_types(site, "CARDINALITY(collection)");
  return strict({site.types[0]}, of(type_id::integer), site, cardinality);
}

// The only element of an array; more than one is an error.
result<data::column_ptr> element(const kernel_call& call) {
  const data::column& array = *call.arguments[0];
  const bool single =
      try_each_valid(call, [&](std::uint32_t row) { return entries(array, row).count <= 1; });
  if (!single)
    return make_error(errc::runtime_bad_argument, "ELEMENT of an array of more than one element");
  return pick(call, *array.children[0], [&](std::uint32_t row) -> std::int64_t {
    const auto range = entries(array, row);
    return range.count == 1 ? std::int64_t{range.begin} : -1;
  });
}

result<scalar_overload> resolve_element(const call_site& site) {
  MILLRACE_CHECK(expect_arguments(site, 1, 1));
  if (site.types[0].id() != type_id::array) return wrong_types(site, "ELEMENT(array)");
  auto o = strict({site.types[0]}, site.types[0].child(0), site, element);
  o.result_type = o.result_type.as_nullable();
  o.can_fail = true;
  return o;
}

constexpr std::string_view family = "collection";

constexpr scalar_function table[] = {
    {"FIELD", family, "row.field", "A field of a row.", resolve_field},
    {"ITEM", family, "array[index], map[key]",
     "An element, counted from 1, or the value of a key; NULL if there is none.",
     resolve_item_nullable},
    {"CARDINALITY", family, "CARDINALITY(collection)", "The number of elements.",
     resolve_cardinality},
    {"ELEMENT", family, "ELEMENT(array)", "The only element of an array, NULL if it is empty.",
     resolve_element},
};

}  // namespace

std::span<const scalar_function> access_functions() { return table; }

}  // namespace millrace::expr
