#include "core/expr/literals.hpp"
#include "core/expr/registry.hpp"
#include "core/sql/ast/query.hpp"
#include "core/sql/bind/expression_binder.hpp"
#include "core/sql/bind/types.hpp"

namespace millrace::sql {

using expr::expr_ptr;

namespace {

expr_ptr word(std::string_view text) { return expr::make_literal(expr::string_literal(text)); }

std::string_view name_of(json_behavior_kind kind) {
  switch (kind) {
    case json_behavior_kind::null: return "NULL";
    case json_behavior_kind::error: return "ERROR";
    case json_behavior_kind::default_value: return "DEFAULT";
    case json_behavior_kind::empty_array: return "EMPTY ARRAY";
    case json_behavior_kind::empty_object: return "EMPTY OBJECT";
    case json_behavior_kind::true_: return "TRUE";
    case json_behavior_kind::false_: return "FALSE";
    case json_behavior_kind::unknown: return "UNKNOWN";
  }
  return "NULL";
}

std::string_view name_of(json_wrapper wrapper) {
  switch (wrapper) {
    case json_wrapper::without_array: return "WITHOUT";
    case json_wrapper::with_conditional_array: return "CONDITIONAL";
    case json_wrapper::with_array: return "UNCONDITIONAL";
  }
  return "WITHOUT";
}

expr_ptr behavior(const std::optional<json_behavior>& given) {
  return word(given ? name_of(given->kind) : std::string_view("NULL"));
}

std::string_view null_clause(const json_constructor_call& e) {
  const bool array =
      e.function == json_constructor::array || e.function == json_constructor::array_agg;
  return e.absent_on_null.value_or(array) ? "ABSENT" : "NULL";
}

}  // namespace

result<expr_ptr> expression_binder::bind_json_path(const json_path_call& e, text_position at) {
  MILLRACE_TRY(auto input, bind(*e.input));
  MILLRACE_TRY(auto path, bind(*e.path));
  std::vector<expr_ptr> arguments{std::move(input), std::move(path)};
  std::optional<data::data_type> target;
  if (e.returning) {
    MILLRACE_TRY(target, bind_type(*e.returning));
  }
  if (e.function == json_path_function::exists) {
    if (e.on_error) arguments.push_back(behavior(e.on_error));
    return call(at, "JSON_EXISTS", std::move(arguments));
  }
  if (e.function == json_path_function::query) {
    arguments.push_back(word(name_of(e.wrapper.value_or(json_wrapper::without_array))));
    arguments.push_back(behavior(e.on_empty));
    arguments.push_back(behavior(e.on_error));
    return call(at, "JSON_QUERY", std::move(arguments), target ? &*target : nullptr);
  }
  for (const auto* given : {&e.on_empty, &e.on_error}) {
    arguments.push_back(behavior(*given));
    auto value = expr::make_literal(expr::null_literal(data::data_type::string()));
    if (*given && (*given)->value) {
      MILLRACE_TRY(value, bind(*(*given)->value));
    }
    arguments.push_back(std::move(value));
  }
  return call(at, "JSON_VALUE", std::move(arguments), target ? &*target : nullptr);
}

result<expr_ptr> expression_binder::bind_json_constructor(const json_constructor_call& e,
                                                          text_position at) {
  if (e.function == json_constructor::object_agg || e.function == json_constructor::array_agg)
    return bind_json_aggregate(e, at);
  std::vector<expr_ptr> arguments{word(null_clause(e))};
  for (const auto& member : e.members) {
    if (member.key) {
      MILLRACE_TRY(auto key, bind(*member.key));
      arguments.push_back(std::move(key));
    }
    MILLRACE_TRY(auto value, bind(member.value));
    arguments.push_back(std::move(value));
  }
  const bool object = e.function == json_constructor::object;
  return call(at, object ? "JSON_OBJECT" : "JSON_ARRAY", std::move(arguments));
}

// JSON aggregates are ordinary aggregates of JSON_STRING(value) whose last argument says what to do
// with NULLs.
result<expr_ptr> expression_binder::bind_json_aggregate(const json_constructor_call& e,
                                                        text_position at) {
  if (!e.order_by.empty())
    return make_error(errc::sql_not_supported, at, "ORDER BY in JSON_ARRAYAGG is not supported",
                      "rows come in order of arrival");
  const bool object = e.function == json_constructor::object_agg;
  function_call plain;
  plain.function = {name{object ? "JSON_OBJECTAGG" : "JSON_ARRAYAGG", false, at}};
  plain.filter = e.filter;
  const auto& member = e.members.front();
  if (member.key) plain.arguments.push_back({std::nullopt, *member.key});
  function_call as_json;
  as_json.function = {name{"JSON_STRING", false, at}};
  as_json.arguments.push_back({std::nullopt, member.value});
  plain.arguments.push_back({std::nullopt, expression{at, std::move(as_json)}});
  literal nulls{literal_kind::string, std::string(null_clause(e))};
  plain.arguments.push_back({std::nullopt, expression{at, std::move(nulls)}});
  return bind_aggregate(plain.function[0].text, plain, at);
}

}  // namespace millrace::sql
