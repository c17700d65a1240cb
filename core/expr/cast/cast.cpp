#include "core/expr/cast/cast.hpp"

#include "core/expr/families.hpp"
#include "core/expr/resolve.hpp"

namespace millrace::expr {
namespace {

using data::data_type;
using data::type_id;

bool is_number_like(const data_type& t) {
  return data::is_numeric(t.id()) || t.id() == type_id::boolean || is_interval(t);
}

bool castable_parts(const data_type& from, const data_type& to) {
  if (from.child_count() != to.child_count()) return false;
  for (std::size_t i = 0; i < from.child_count(); ++i)
    if (!castable(from.child(i), to.child(i))) return false;
  return true;
}

template <bool Try>
result<data::column_ptr> cast(const kernel_call& call) {
  return cast_column(
      {call.arguments[0], call.result_type, call.rows, call.valid, call.context, Try});
}

bool always_fits(const data_type& from, const data_type& to) {
  return to.id() != type_id::decimal && !cast_can_fail(from, to);
}

template <bool Try>
result<scalar_overload> resolve_cast(const call_site& site) {
  MILLRACE_CHECK(expect_arguments(site, 1, 1));
  if (site.target == nullptr)
    return make_error(errc::sql_bad_argument, std::string(site.name) + " needs a type");
  const data_type &from = site.types[0], &to = *site.target;
  if (!castable(from, to)) {
    return make_error(errc::sql_bad_cast,
                      "cannot cast " + data::to_text(from) + " to " + data::to_text(to));
  }
  auto o = strict({from}, to, site, cast<Try>);
  const bool failing = cast_can_fail(from, to);
  o.can_fail = failing && !Try;
  o.cheap = data::is_fixed_width(from.id()) && data::is_fixed_width(to.id()) && !failing;
  if (from.id() == type_id::null || (Try ? failing || !always_fits(from, to) : false) ||
      (to.id() == type_id::decimal && !same_storage(from, to)))
    o.result_type = o.result_type.as_nullable();
  return o;
}

constexpr std::string_view family = "cast";

constexpr scalar_function table[] = {
    {"CAST", family, "CAST(value AS type)",
     "The value as another type; error 3002 if there is no such value.", resolve_cast<false>},
    {"TRY_CAST", family, "TRY_CAST(value AS type)",
     "The value as another type; NULL if there is no such value.", resolve_cast<true>},
};

}  // namespace

error cast_failed(std::string_view text, const data_type& to) {
  std::string shown(text.substr(0, 60));
  if (text.size() > 60) shown += "...";
  return make_error(errc::runtime_cast_failed,
                    "cannot cast '" + shown + "' to " + data::to_text(to.as_nullable()),
                    "TRY_CAST gives NULL for such values.");
}

bool castable(const data_type& from, const data_type& to) {
  const type_id f = from.id(), t = to.id();
  if (f == type_id::null || from.same_kind(to)) return true;
  if (is_text(to)) return t != type_id::raw_symbol;
  if (data::is_nested(f) || data::is_nested(t)) return f == t && castable_parts(from, to);
  if (is_text(from)) return !is_interval(to) && t != type_id::raw_symbol;
  if (is_bytes(from)) return is_bytes(to);
  if (is_bytes(to)) return false;
  if (is_number_like(from) && is_number_like(to)) {
    if (is_interval(from) && is_interval(to)) return f == t;
    return true;
  }
  if (f == type_id::date) return is_timestamp(to);
  if (f == type_id::time) return t == type_id::time || is_timestamp(to);
  if (is_timestamp(from)) return is_timestamp(to) || t == type_id::date || t == type_id::time;
  return f == t;
}

bool cast_can_fail(const data_type& from, const data_type& to) {
  if (from.id() == type_id::null) return false;
  if (data::is_nested(from.id()) && !is_text(to)) {
    for (std::size_t i = 0; i < from.child_count(); ++i)
      if (cast_can_fail(from.child(i), to.child(i))) return true;
    return false;
  }
  return is_text(from) && !is_text(to) && !is_bytes(to);
}

result<data::column_ptr> cast_column(const cast_call& call) {
  const data_type &from = call.from->type, &to = call.to;
  if (from.id() == type_id::null) return data::null_column(to, call.rows.stored);
  if (from.same_kind(to) || same_storage(from, to)) {
    // The source may be a constant that stands for more rows than a call for one row has.
    return with_type(call.from, to);
  }
  if (data::is_nested(from.id()) && !is_text(to)) return cast_nested(call);
  if ((is_text(from) || is_bytes(from)) && (is_text(to) || is_bytes(to)))
    return cast_text_to_text(call);
  if (is_text(to)) return cast_to_text(call);
  if (is_text(from)) return cast_text_to_value(call);
  if (is_number_like(from) && is_number_like(to)) return cast_number_to_number(call);
  return cast_time_to_time(call);
}

std::span<const scalar_function> cast_functions() { return table; }

}  // namespace millrace::expr
