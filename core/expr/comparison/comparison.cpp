#include "core/expr/comparison/value_order.hpp"
#include "core/expr/families.hpp"
#include "core/expr/kernel.hpp"
#include "core/expr/registry.hpp"
#include "core/expr/resolve.hpp"

#include <functional>

namespace millrace::expr {
namespace {

using data::data_type;
using data::type_id;

// The six comparisons by their meaning on an order (-1, 0, 1) and on values.
struct equal_to {
  static bool of(int order) { return order == 0; }
  template <class T>
  bool operator()(T a, T b) const {
    return a == b;
  }
};
struct not_equal_to {
  static bool of(int order) { return order != 0; }
  template <class T>
  bool operator()(T a, T b) const {
    return a != b;
  }
};
struct less {
  static bool of(int order) { return order < 0; }
  template <class T>
  bool operator()(T a, T b) const {
    return a < b;
  }
};
struct less_equal {
  static bool of(int order) { return order <= 0; }
  template <class T>
  bool operator()(T a, T b) const {
    return a <= b;
  }
};
struct greater {
  static bool of(int order) { return order > 0; }
  template <class T>
  bool operator()(T a, T b) const {
    return a > b;
  }
};
struct greater_equal {
  static bool of(int order) { return order >= 0; }
  template <class T>
  bool operator()(T a, T b) const {
    return a >= b;
  }
};

template <class Op>
bool compare_texts(std::string_view a, std::string_view b) {
  if constexpr (std::is_same_v<Op, equal_to>)
    return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size()) == 0;
  else if constexpr (std::is_same_v<Op, not_equal_to>)
    return a.size() != b.size() || std::memcmp(a.data(), b.data(), a.size()) != 0;
  else
    return Op::of(a.compare(b));
}

template <class Op>
data::column_ptr compare_text_columns(const kernel_call& call) {
  truth_writer out(call);
  const any_text a(*call.arguments[0]), b(*call.arguments[1]);
  call.rows.for_each([&](std::uint32_t row) {
    out.at[row] = static_cast<std::uint8_t>(compare_texts<Op>(a[row], b[row]));
  });
  return out.column;
}

template <class Op>
data::column_ptr compare_nested(const kernel_call& call) {
  truth_writer out(call);
  for_each_valid(call, [&](std::uint32_t row) {
    out.at[row] = static_cast<std::uint8_t>(
        Op::of(compare_values(*call.arguments[0], row, *call.arguments[1], row)));
  });
  return out.column;
}

template <class Op>
result<data::column_ptr> compare(const kernel_call& call) {
  const type_id id = call.arguments[0]->type.id();
  if (data::is_variable_length(id)) return compare_text_columns<Op>(call);
  if (data::is_nested(id)) return compare_nested<Op>(call);
  return with_physical(id, [&](auto* tag) -> data::column_ptr {
    using T = std::remove_pointer_t<decltype(tag)>;
    return map_pairs<T, T, std::uint8_t>(
        call, [](T a, T b) { return static_cast<std::uint8_t>(Op()(a, b)); });
  });
}

// NULL counts as a value equal to itself only.
template <bool Distinct>
result<data::column_ptr> distinct_from(const kernel_call& call) {
  truth_writer out(call);
  const data::column &a = *call.arguments[0], &b = *call.arguments[1];
  call.rows.for_each([&](std::uint32_t row) {
    out.at[row] = static_cast<std::uint8_t>((compare_values(a, row, b, row) != 0) == Distinct);
  });
  return out.column;
}

// The type that both sides are compared in.
result<data_type> compared_type(const call_site& site) {
  const data_type &a = site.types[0], &b = site.types[1];
  if (is_text(a) && is_text(b)) return data_type::string();
  if (is_text(a) && !is_text(b) && !data::is_nested(b.id()) && b.id() != type_id::null)
    return is_bytes(b) ? wrong_types(site, "value = value") : result<data_type>(b);
  if (is_text(b) && !data::is_nested(a.id()) && a.id() != type_id::null)
    return is_bytes(a) ? wrong_types(site, "value = value") : result<data_type>(a);
  auto type = common_type(site.types);
  if (!type.ok()) {
    return make_error(errc::sql_type_mismatch,
                      "cannot compare " + data::to_text(a) + " with " + data::to_text(b),
                      "CAST one of them to the other's type.");
  }
  return type;
}

template <class Op>
result<scalar_overload> resolve_comparison(const call_site& site) {
  MILLRACE_CHECK(expect_arguments(site, 2, 2));
  MILLRACE_TRY(auto type, compared_type(site));
  auto o = strict({type, type}, of(type_id::boolean), site, compare<Op>);
  o.cheap = data::is_fixed_width(type.id());
  return o;
}

template <bool Distinct>
result<scalar_overload> resolve_distinct(const call_site& site) {
  MILLRACE_CHECK(expect_arguments(site, 2, 2));
  MILLRACE_TRY(auto type, compared_type(site));
  scalar_overload o;
  o.argument_types = {type, type};
  o.result_type = data_type(type_id::boolean, false);
  o.kernel = distinct_from<Distinct>;
  return o;
}

constexpr std::string_view family = "comparison";

constexpr scalar_function table[] = {
    {"=", family, "a = b", "TRUE if a equals b.", resolve_comparison<equal_to>},
    {"<>", family, "a <> b", "TRUE if a does not equal b.", resolve_comparison<not_equal_to>},
    {"<", family, "a < b", "TRUE if a is less than b.", resolve_comparison<less>},
    {"<=", family, "a <= b", "TRUE if a is at most b.", resolve_comparison<less_equal>},
    {">", family, "a > b", "TRUE if a is greater than b.", resolve_comparison<greater>},
    {">=", family, "a >= b", "TRUE if a is at least b.", resolve_comparison<greater_equal>},
    {"IS DISTINCT FROM", family, "a IS DISTINCT FROM b",
     "TRUE if the values differ; NULL equals NULL here.", resolve_distinct<true>},
    {"IS NOT DISTINCT FROM", family, "a IS NOT DISTINCT FROM b",
     "TRUE if the values are equal; NULL equals NULL here.", resolve_distinct<false>},
};

}  // namespace

std::span<const scalar_function> comparison_functions() { return table; }

}  // namespace millrace::expr
