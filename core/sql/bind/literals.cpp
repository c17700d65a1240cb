#include "core/expr/literals.hpp"

#include "core/expr/registry.hpp"
#include "core/sql/ast/query.hpp"
#include "core/sql/bind/expression_binder.hpp"
#include "core/sql/bind/types.hpp"

namespace millrace::sql {

using data::column_ptr;
using expr::expr_ptr;

namespace {

result<column_ptr> value_of(const literal& e) {
  switch (e.kind) {
    case literal_kind::null: return expr::null_literal(data::data_type(data::type_id::null));
    case literal_kind::boolean: return expr::boolean_literal(e.text == "TRUE");
    case literal_kind::unknown: return expr::null_literal(data::data_type(data::type_id::boolean));
    case literal_kind::integer:
    case literal_kind::decimal:
    case literal_kind::approximate: return expr::number_literal(e.text);
    case literal_kind::string: return expr::char_literal(e.text);
    case literal_kind::binary: return expr::hex_literal(e.text);
    case literal_kind::date: return expr::date_literal(e.text);
    case literal_kind::time: return expr::time_literal(e.text);
    case literal_kind::timestamp: return expr::timestamp_literal(e.text);
  }
  return make_error(errc::sql_bad_literal, "a literal of unknown kind");
}

std::string_view unit_or_none(const std::optional<time_unit>& unit) {
  return unit ? name_of(*unit) : std::string_view();
}

bool counts_months(time_unit unit) {
  return unit == time_unit::year || unit == time_unit::quarter || unit == time_unit::month;
}

}  // namespace

result<expr_ptr> expression_binder::bind_literal(const literal& e, text_position at) {
  MILLRACE_TRY(auto value, placed(value_of(e), at));
  return expr::make_literal(std::move(value));
}

result<expr_ptr> expression_binder::bind_interval(const interval_literal& e, text_position at) {
  const auto precision = static_cast<std::int32_t>(e.qualifier.precision.value_or(2));
  MILLRACE_TRY(auto value,
               placed(expr::interval_literal(e.text, e.negative, name_of(e.qualifier.from),
                                             unit_or_none(e.qualifier.to), precision),
                      at));
  return expr::make_literal(std::move(value));
}

result<expr_ptr> expression_binder::bind_interval_value(const interval_value& e, text_position at) {
  const auto unit = e.qualifier.to.value_or(e.qualifier.from);
  if (!e.difference) {
    MILLRACE_TRY(auto value, bind(*e.value));
    MILLRACE_TRY(auto one, expr::interval_literal("1", false, name_of(unit), {}));
    return call(at, "*", {std::move(value), expr::make_literal(std::move(one))});
  }
  const auto& minus = e.value->as<binary_operation>();
  MILLRACE_TRY(auto left, bind(*minus.left));
  MILLRACE_TRY(auto right, bind(*minus.right));
  if (!counts_months(unit)) return call(at, "-", {std::move(left), std::move(right)});
  auto month = expr::make_literal(expr::string_literal("MONTH"));
  MILLRACE_TRY(auto months, call(at, "TIMESTAMPDIFF", {month, std::move(right), std::move(left)}));
  MILLRACE_TRY(auto one, expr::interval_literal("1", false, "MONTH", {}));
  return call(at, "*", {std::move(months), expr::make_literal(std::move(one))});
}

}  // namespace millrace::sql
