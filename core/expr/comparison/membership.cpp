#include "core/expr/comparison/value_order.hpp"
#include "core/expr/families.hpp"
#include "core/expr/kernel.hpp"
#include "core/expr/registry.hpp"
#include "core/expr/resolve.hpp"

#include <algorithm>
#include <unordered_set>

namespace millrace::expr {
namespace {

using data::data_type;
using data::type_id;

// Up to here a list is compared item by item, above it is hashed.
constexpr std::size_t short_list = 8;

bool has_null_constant(std::span<const data::column_ptr> items) {
  return std::any_of(items.begin(), items.end(),
                     [](const auto& c) { return c->is_constant() && c->is_null(0); });
}

template <class T>
void find_in_short_list(const kernel_call& call, std::span<const T> items, std::uint8_t* found) {
  const T* in = call.arguments[0]->data<T>();
  const std::uint32_t rows = call.rows.stored;
  std::memset(found, 0, rows);
  for (const T item : items)
    for (std::uint32_t i = 0; i < rows; ++i) found[i] |= static_cast<std::uint8_t>(in[i] == item);
}

template <class T>
void find_in_sorted(const kernel_call& call, std::vector<T> items, std::uint8_t* found) {
  std::sort(items.begin(), items.end());
  const any_values<T> in(*call.arguments[0]);
  call.rows.for_each([&](std::uint32_t row) {
    found[row] = static_cast<std::uint8_t>(std::binary_search(items.begin(), items.end(), in[row]));
  });
}

template <class T>
void find_fixed(const kernel_call& call, std::uint8_t* found) {
  std::vector<T> items;
  for (const auto& c : call.arguments.subspan(1))
    if (!c->is_null(0)) items.push_back(c->data<T>()[0]);
  if (items.size() <= short_list && !call.arguments[0]->is_constant())
    find_in_short_list<T>(call, items, found);
  else
    find_in_sorted<T>(call, std::move(items), found);
}

void find_text(const kernel_call& call, std::uint8_t* found) {
  std::vector<std::string_view> items;
  for (const auto& c : call.arguments.subspan(1))
    if (!c->is_null(0)) items.push_back(c->text(0));
  const any_text in(*call.arguments[0]);
  if (items.size() <= short_list) {
    call.rows.for_each([&](std::uint32_t row) {
      const std::string_view v = in[row];
      bool hit = false;
      for (const auto item : items)
        hit |= v.size() == item.size() && std::memcmp(v.data(), item.data(), v.size()) == 0;
      found[row] = static_cast<std::uint8_t>(hit);
    });
    return;
  }
  const std::unordered_set<std::string_view> set(items.begin(), items.end());
  call.rows.for_each(
      [&](std::uint32_t row) { found[row] = static_cast<std::uint8_t>(set.contains(in[row])); });
}

// Items that are no constants, or nested: value by value.
void find_among_columns(const kernel_call& call, std::uint8_t* found, null_marks& nulls) {
  const data::column& value = *call.arguments[0];
  call.rows.for_each([&](std::uint32_t row) {
    bool hit = false, unknown = false;
    for (const auto& item : call.arguments.subspan(1)) {
      if (item->is_null(row))
        unknown = true;
      else
        hit |= compare_values(value, row, *item, row) == 0;
    }
    found[row] = static_cast<std::uint8_t>(hit);
    if (!hit && unknown) nulls.mark(row);
  });
}

template <bool Not>
result<data::column_ptr> member(const kernel_call& call) {
  truth_writer out(call);
  null_marks nulls(call.rows.stored);
  const data::column& value = *call.arguments[0];
  const auto items = call.arguments.subspan(1);
  const bool plain =
      !data::is_nested(value.type.id()) && value.type.id() != type_id::null &&
      std::all_of(items.begin(), items.end(), [](const auto& c) { return c->is_constant(); });
  if (!plain) {
    find_among_columns(call, out.at, nulls);
  } else {
    if (data::is_variable_length(value.type.id()))
      find_text(call, out.at);
    else
      with_physical(value.type.id(), [&](auto* tag) {
        find_fixed<std::remove_pointer_t<decltype(tag)>>(call, out.at);
      });
    if (has_null_constant(items))
      call.rows.for_each([&](std::uint32_t row) {
        if (out.at[row] == 0) nulls.mark(row);
      });
  }
  if (Not)
    for (std::uint32_t i = 0; i < call.rows.stored; ++i) out.at[i] ^= 1U;
  // A NULL value is in no list and not outside of one either.
  auto valid = value.is_constant() ? data::buffer_ref() : value.validity;
  if (value.is_constant() && value.is_null(0))
    return data::null_column(call.result_type, call.rows.stored);
  out.column->validity = both_valid(valid, nulls.take(), call.rows.stored);
  return data::column_ptr(out.column);
}

// Text gives way to what it is compared with.
result<data_type> list_type(const call_site& site) {
  std::vector<data_type> others;
  for (const auto& t : site.types)
    if (!is_text(t)) others.push_back(t);
  const bool only_nulls = std::all_of(others.begin(), others.end(),
                                      [](const data_type& t) { return t.id() == type_id::null; });
  if (only_nulls && others.size() < site.types.size()) return data_type::string();
  auto type = common_type(others);
  if (!type.ok()) return wrong_types(site, "value IN (value, ...)");
  return type;
}

template <bool Not>
result<scalar_overload> resolve_member(const call_site& site) {
  MILLRACE_CHECK(expect_arguments(site, 2, 1 << 20));
  MILLRACE_TRY(auto type, list_type(site));
  auto o = strict(std::vector<data_type>(site.types.size(), type), of(type_id::boolean), site,
                  member<Not>);
  o.null_in_null_out = false;
  o.cheap = data::is_fixed_width(type.id()) && site.types.size() <= short_list;
  return o;
}

using parts = std::span<const expr_ptr>;

result<expr_ptr> both(std::string_view op, std::string_view x, expr_ptr a, expr_ptr b,
                      std::string_view y, expr_ptr c, expr_ptr d) {
  MILLRACE_TRY(auto left, make_call(x, {std::move(a), std::move(b)}));
  MILLRACE_TRY(auto right, make_call(y, {std::move(c), std::move(d)}));
  return make_call(op, {std::move(left), std::move(right)});
}

result<void> expect_three(parts p) {
  if (p.size() == 3) return {};
  return make_error(errc::sql_bad_argument, "BETWEEN takes a value and two bounds");
}

result<expr_ptr> between(parts p) {
  MILLRACE_CHECK(expect_three(p));
  return both("AND", ">=", p[0], p[1], "<=", p[0], p[2]);
}
result<expr_ptr> not_between(parts p) {
  MILLRACE_CHECK(expect_three(p));
  return both("OR", "<", p[0], p[1], ">", p[0], p[2]);
}
result<expr_ptr> symmetric(parts p) {
  const expr_ptr swapped[] = {p[0], p.size() == 3 ? p[2] : nullptr, p.size() == 3 ? p[1] : nullptr};
  MILLRACE_TRY(auto one, between(p));
  MILLRACE_TRY(auto other, between(swapped));
  return make_call("OR", {std::move(one), std::move(other)});
}
result<expr_ptr> not_symmetric(parts p) {
  MILLRACE_TRY(auto inside, symmetric(p));
  return make_call("NOT", {std::move(inside)});
}

constexpr std::string_view family = "comparison";

constexpr scalar_function table[] = {
    {"IN", family, "value IN (value, ...)",
     "TRUE if the value equals one of the list; UNKNOWN if not and the list holds NULL.",
     resolve_member<false>},
    {"NOT IN", family, "value NOT IN (value, ...)", "The negation of IN.", resolve_member<true>},
    {"BETWEEN", family, "value BETWEEN low AND high", "TRUE if low <= value and value <= high.",
     nullptr, between},
    {"NOT BETWEEN", family, "value NOT BETWEEN low AND high", "The negation of BETWEEN.", nullptr,
     not_between},
    {"BETWEEN SYMMETRIC", family, "value BETWEEN SYMMETRIC a AND b",
     "BETWEEN with the bounds in either order.", nullptr, symmetric},
    {"NOT BETWEEN SYMMETRIC", family, "value NOT BETWEEN SYMMETRIC a AND b",
     "The negation of BETWEEN SYMMETRIC.", nullptr, not_symmetric},
};

}  // namespace

std::span<const scalar_function> membership_functions() { return table; }

}  // namespace millrace::expr
