#include "core/expr/type_rules.hpp"

#include "core/data/decimal.hpp"
#include "core/expr/registry.hpp"

#include <algorithm>

namespace millrace::expr {
namespace {

using data::data_type;
using data::type_id;

constexpr std::int32_t least_fraction = 6;

int rank_of(type_id id) {
  switch (id) {
    case type_id::tinyint: return 1;
    case type_id::smallint: return 2;
    case type_id::integer: return 3;
    case type_id::bigint: return 4;
    default: return 0;
  }
}

data_type common_text(const data_type& a, const data_type& b) {
  const auto length = std::max(a.precision(), b.precision());
  if (a.id() == b.id() && a.precision() == b.precision()) return a;
  const auto id = is_text(a) ? type_id::varchar : type_id::varbinary;
  return data_type(id).with_precision(length);
}

data_type common_time(const data_type& a, const data_type& b) {
  if (a.id() == b.id()) return a.precision() >= b.precision() ? a : b;
  const auto precision = std::max(a.id() == type_id::date ? 0 : a.precision(),
                                  b.id() == type_id::date ? 0 : b.precision());
  const bool zoned = a.id() == type_id::timestamp_ltz || b.id() == type_id::timestamp_ltz;
  return zoned ? data_type::timestamp_ltz(precision) : data_type::timestamp(precision);
}

bool is_date_or_timestamp(const data_type& t) { return t.id() == type_id::date || is_timestamp(t); }

error no_common(const data_type& a, const data_type& b) {
  return make_error(errc::sql_type_mismatch,
                    "there is no type for both " + data::to_text(a) + " and " + data::to_text(b),
                    "CAST one of them to the other's type.");
}

result<data_type> common_pair(const data_type& a, const data_type& b);

result<data_type> common_row(const data_type& a, const data_type& b) {
  if (a.fields().size() != b.fields().size()) return no_common(a, b);
  std::vector<data::field> fields;
  for (std::size_t i = 0; i < a.fields().size(); ++i) {
    MILLRACE_TRY(auto type, common_pair(a.fields()[i].type, b.fields()[i].type));
    fields.push_back({a.fields()[i].name, std::move(type)});
  }
  return data_type::row(std::move(fields));
}

result<data_type> common_nested(const data_type& a, const data_type& b) {
  if (a.id() == type_id::row) return common_row(a, b);
  MILLRACE_TRY(auto first, common_pair(a.child(0), b.child(0)));
  if (a.id() == type_id::array) return data_type::array(std::move(first));
  if (a.id() == type_id::multiset) return data_type::multiset(std::move(first));
  MILLRACE_TRY(auto second, common_pair(a.child(1), b.child(1)));
  return data_type::map(std::move(first), std::move(second));
}

// Nullability: nullable if one of them is.
result<data_type> common_pair(const data_type& a, const data_type& b) {
  const bool nullable = a.nullable() || b.nullable();
  if (a.id() == type_id::null) return b.as_nullable();
  if (b.id() == type_id::null) return a.as_nullable();
  if (a.same_kind(b)) return (a.nullable() ? a : b).as_nullable(nullable);
  if (data::is_numeric(a.id()) && data::is_numeric(b.id()))
    return common_numeric(a, b).as_nullable(nullable);
  if ((is_text(a) && is_text(b)) || (is_bytes(a) && is_bytes(b)))
    return common_text(a, b).as_nullable(nullable);
  if (is_date_or_timestamp(a) && is_date_or_timestamp(b))
    return common_time(a, b).as_nullable(nullable);
  if (a.id() == b.id() && data::is_nested(a.id())) {
    MILLRACE_TRY(auto type, common_nested(a, b));
    return type.as_nullable(nullable);
  }
  if (a.id() == b.id()) return (a.precision() >= b.precision() ? a : b).as_nullable(nullable);
  // As Calcite coerces CASE and UNION: text takes in everything that is written as one word.
  if (is_text(a) && !data::is_nested(b.id()) && !is_bytes(b)) return data_type::string(nullable);
  if (is_text(b) && !data::is_nested(a.id()) && !is_bytes(a)) return data_type::string(nullable);
  return no_common(a, b);
}

bool fits_nested(const data_type& from, const data_type& to) {
  if (from.id() != to.id()) return false;
  if (from.id() == type_id::row) {
    if (from.fields().size() != to.fields().size()) return false;
    for (std::size_t i = 0; i < from.fields().size(); ++i)
      if (!implicitly_castable(from.fields()[i].type, to.fields()[i].type)) return false;
    return true;
  }
  for (std::size_t i = 0; i < from.child_count(); ++i)
    if (!implicitly_castable(from.child(i), to.child(i))) return false;
  return true;
}

}  // namespace

data_type bounded_decimal(std::int32_t precision, std::int32_t scale) {
  if (precision <= data::max_decimal_precision) return data_type::decimal(precision, scale);
  const auto whole = precision - scale;
  const auto kept = std::max(data::max_decimal_precision - whole, std::min(scale, least_fraction));
  return data_type::decimal(data::max_decimal_precision, kept);
}

data_type as_decimal(const data_type& type) {
  const auto shape = data::decimal_shape_of(type);
  return data_type::decimal(shape.precision, shape.scale, type.nullable());
}

data_type decimal_result(std::string_view op, const data_type& a, const data_type& b) {
  const auto x = data::decimal_shape_of(a), y = data::decimal_shape_of(b);
  const auto shape = op == "*"   ? data::decimal_product_shape(x, y)
                     : op == "/" ? data::decimal_quotient_shape(x, y)
                     : op == "%" ? data::decimal_remainder_shape(x, y)
                                 : data::decimal_sum_shape(x, y);
  return data_type::decimal(shape.precision, shape.scale);
}

data_type common_numeric(const data_type& a, const data_type& b) {
  if (is_approximate(a) || is_approximate(b)) {
    const bool both_float = !is_approximate(a)   ? b.id() == type_id::float32
                            : !is_approximate(b) ? a.id() == type_id::float32
                                                 : a.id() == b.id() && a.id() == type_id::float32;
    const bool decimal = a.id() == type_id::decimal || b.id() == type_id::decimal;
    return data_type(both_float && !decimal ? type_id::float32 : type_id::float64);
  }
  if (rank_of(a.id()) != 0 && rank_of(b.id()) != 0)
    return data_type(rank_of(a.id()) >= rank_of(b.id()) ? a.id() : b.id());
  const auto x = as_decimal(a), y = as_decimal(b);
  const auto scale = std::max(x.scale(), y.scale());
  const auto whole = std::max(x.precision() - x.scale(), y.precision() - y.scale());
  return bounded_decimal(whole + scale, scale);
}

bool any_nullable(std::span<const data_type> types) {
  return std::any_of(types.begin(), types.end(), [](const data_type& t) { return t.nullable(); });
}
bool is_text(const data_type& type) { return data::is_character(type.id()); }
bool is_bytes(const data_type& type) {
  return type.id() == type_id::binary || type.id() == type_id::varbinary;
}
bool is_approximate(const data_type& type) {
  return type.id() == type_id::float32 || type.id() == type_id::float64;
}
bool is_interval(const data_type& type) {
  return type.id() == type_id::interval_year_month || type.id() == type_id::interval_day_time;
}
bool is_timestamp(const data_type& type) {
  return type.id() == type_id::timestamp || type.id() == type_id::timestamp_ltz;
}

bool same_storage(const data_type& a, const data_type& b) {
  if (data::is_nested(a.id()) || data::is_nested(b.id())) {
    if (a.id() != b.id()) return false;
    const auto x = data::storage_children(a), y = data::storage_children(b);
    if (x.size() != y.size()) return false;
    for (std::size_t i = 0; i < x.size(); ++i)
      if (!same_storage(x[i], y[i])) return false;
    return true;
  }
  if (is_text(a) || is_bytes(a))
    return is_text(a) == is_text(b) && is_bytes(a) == is_bytes(b) && b.id() != type_id::character &&
           b.id() != type_id::binary && b.precision() >= a.precision();
  if (a.id() != b.id()) return false;
  if (a.id() == type_id::decimal) return a.scale() == b.scale() && a.precision() <= b.precision();
  if (is_timestamp(a))
    return data::ticks_per_second(a.precision()) == data::ticks_per_second(b.precision()) &&
           a.precision() <= b.precision();
  return a.id() != type_id::time || a.precision() <= b.precision();
}

bool implicitly_castable(const data_type& from, const data_type& to) {
  if (from.id() == type_id::null || from.same_kind(to)) return true;
  if (is_text(from) && is_text(to)) return true;
  if (is_bytes(from) && is_bytes(to)) return true;
  if (data::is_numeric(from.id()) && data::is_numeric(to.id())) {
    if (is_approximate(to)) return !(from.id() == type_id::float64 && to.id() == type_id::float32);
    if (is_approximate(from)) return false;
    if (to.id() == type_id::decimal) return true;
    return rank_of(from.id()) != 0 && rank_of(from.id()) <= rank_of(to.id());
  }
  if (is_date_or_timestamp(from) && is_timestamp(to)) return true;
  if (from.id() == to.id()) return !data::is_nested(from.id()) || fits_nested(from, to);
  return false;
}

result<data_type> common_type(std::span<const data_type> types) {
  if (types.empty()) return make_error(errc::sql_type_mismatch, "there is no type for no values");
  data_type all = types[0];
  for (const auto& t : types.subspan(1)) {
    MILLRACE_TRY(all, common_pair(all, t));
  }
  return all;
}

}  // namespace millrace::expr
