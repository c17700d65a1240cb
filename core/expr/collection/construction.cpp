#include "core/expr/comparison/value_order.hpp"
#include "core/expr/families.hpp"
#include "core/expr/kernel.hpp"
#include "core/expr/registry.hpp"
#include "core/expr/resolve.hpp"

namespace millrace::expr {
namespace {

using data::data_type;
using data::type_id;

result<data::column_ptr> make_row(const kernel_call& call) {
  auto out = std::make_shared<data::column>();
  out->type = call.result_type;
  out->length = call.rows.stored;
  const auto& fields = call.result_type.fields();
  for (std::size_t i = 0; i < call.arguments.size(); ++i) {
    // A constant argument may stand for more rows than the call has.
    const auto& a = call.arguments[i];
    auto part = a->is_constant() ? data::constant_of(*a, 0, call.rows.stored) : a;
    out->children.push_back(with_type(part, fields[i].type));
  }
  return data::column_ptr(out);
}

// Part `p` of every group of `step` arguments, row by row, as the child of a list column.
data::column_ptr gather_child(const kernel_call& call, const data_type& type, std::size_t p,
                              std::size_t step) {
  data::column_builder out(type, call.rows.stored);
  call.rows.for_each([&](std::uint32_t row) {
    for (std::size_t i = p; i < call.arguments.size(); i += step) {
      const data::column& a = *call.arguments[i];
      if (a.is_null(row))
        out.append_null();
      else
        out.append_from(a, row);
    }
  });
  return out.finish();
}

// Every computed row has `size` entries, rows left out have none.
data::buffer_ref even_offsets(const kernel_call& call, std::uint32_t size) {
  auto buffer = data::buffer::allocate((std::size_t{call.rows.stored} + 1) * 4);
  auto* to = buffer->mutable_as<std::uint32_t>();
  std::uint32_t next = 0, end = 0;
  call.rows.for_each([&](std::uint32_t row) {
    while (next <= row) to[next++] = end;
    end += size;
  });
  while (next <= call.rows.stored) to[next++] = end;
  return buffer;
}

result<data::column_ptr> make_array(const kernel_call& call) {
  auto out = std::make_shared<data::column>();
  out->type = call.result_type;
  out->length = call.rows.stored;
  out->offsets = even_offsets(call, static_cast<std::uint32_t>(call.arguments.size()));
  out->children = {gather_child(call, call.result_type.child(0), 0, 1)};
  return data::column_ptr(out);
}

// A later value of an equal key wins.
result<data::column_ptr> make_map(const kernel_call& call) {
  data::column_builder out(call.result_type, call.rows.stored);
  std::uint32_t next = 0;
  const std::size_t pairs = call.arguments.size() / 2;
  call.rows.for_each([&](std::uint32_t row) {
    out.append_nulls(row - next);
    next = row + 1;
    for (std::size_t i = 0; i < pairs; ++i) {
      bool repeated = false;
      for (std::size_t later = i + 1; later < pairs; ++later)
        repeated |=
            compare_values(*call.arguments[2 * i], row, *call.arguments[2 * later], row) == 0;
      if (repeated) continue;
      for (std::size_t part = 0; part < 2; ++part) {
        const data::column& a = *call.arguments[2 * i + part];
        if (a.is_null(row))
          out.child(part).append_null();
        else
          out.child(part).append_from(a, row);
      }
    }
    out.append_nested();
  });
  out.append_nulls(call.rows.stored - next);
  return out.finish();
}

// Equal elements become one entry with their number.
result<data::column_ptr> make_multiset(const kernel_call& call) {
  data::column_builder out(call.result_type, call.rows.stored);
  std::uint32_t next = 0;
  call.rows.for_each([&](std::uint32_t row) {
    out.append_nulls(row - next);
    next = row + 1;
    for (std::size_t i = 0; i < call.arguments.size(); ++i) {
      std::int32_t before = 0, count = 0;
      for (std::size_t k = 0; k < call.arguments.size(); ++k) {
        if (compare_values(*call.arguments[i], row, *call.arguments[k], row) != 0) continue;
        before += k < i;
        ++count;
      }
      if (before > 0) continue;
      if (call.arguments[i]->is_null(row))
        out.child(0).append_null();
      else
        out.child(0).append_from(*call.arguments[i], row);
      out.child(1).append(count);
    }
    out.append_nested();
  });
  out.append_nulls(call.rows.stored - next);
  return out.finish();
}

scalar_overload building(std::vector<data_type> arguments, data_type type, scalar_kernel kernel) {
  scalar_overload o;
  o.argument_types = std::move(arguments);
  o.result_type = std::move(type);
  o.kernel = kernel;
  return o;
}

result<scalar_overload> resolve_row(const call_site& site) {
  MILLRACE_CHECK(expect_arguments(site, 1, 1 << 16));
  std::vector<data::field> fields;
  for (std::size_t i = 0; i < site.types.size(); ++i)
    fields.push_back({"EXPR$" + std::to_string(i), site.types[i]});
  return building({site.types.begin(), site.types.end()}, data_type::row(std::move(fields), false),
                  make_row);
}

result<scalar_overload> resolve_array(const call_site& site) {
  MILLRACE_CHECK(expect_arguments(site, 1, 1 << 16));
  MILLRACE_TRY(auto element, common_type(site.types));
  return building(std::vector<data_type>(site.types.size(), element),
                  data_type::array(element, false), make_array);
}

result<scalar_overload> resolve_map(const call_site& site) {
  MILLRACE_CHECK(expect_arguments(site, 2, 1 << 16));
  if (site.types.size() % 2 != 0)
    return make_error(errc::sql_bad_argument, "MAP takes keys and values in turn");
  std::vector<data_type> keys, values, arguments;
  for (std::size_t i = 0; i < site.types.size(); ++i)
    (i % 2 == 0 ? keys : values).push_back(site.types[i]);
  MILLRACE_TRY(const auto key, common_type(keys));
  MILLRACE_TRY(const auto value, common_type(values));
  for (std::size_t i = 0; i < site.types.size(); ++i) arguments.push_back(i % 2 == 0 ? key : value);
  return building(std::move(arguments), data_type::map(key, value, false), make_map);
}

result<scalar_overload> resolve_multiset(const call_site& site) {
  MILLRACE_CHECK(expect_arguments(site, 1, 1 << 16));
  MILLRACE_TRY(auto element, common_type(site.types));
  return building(std::vector<data_type>(site.types.size(), element),
                  data_type::multiset(element, false), make_multiset);
}

constexpr std::string_view family = "collection";

constexpr scalar_function table[] = {
    {"ROW", family, "ROW(value, ...) or (value, ...)", "A row of the values.", resolve_row},
    {"ARRAY", family, "ARRAY[value, ...]", "An array of the values.", resolve_array},
    {"MAP", family, "MAP[key, value, ...]", "A map; a later value of a key wins.", resolve_map},
    {"MULTISET", family, "MULTISET[value, ...]", "A multiset of the values.", resolve_multiset},
};

}  // namespace

std::span<const scalar_function> construction_functions() { return table; }

}  // namespace millrace::expr
