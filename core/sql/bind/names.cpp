#include "core/expr/literals.hpp"
#include "core/expr/registry.hpp"
#include "core/sql/ast/query.hpp"
#include "core/sql/bind/expression_binder.hpp"

namespace millrace::sql {

using expr::expr_ptr;

namespace {

std::string text_of(const qualified_name& name) {
  std::string text;
  for (const auto& part : name) text += (text.empty() ? "" : ".") + part.text;
  return text;
}

error unknown_column(const relation& input, const qualified_name& name) {
  if (const auto* table = name.size() > 1 ? find_table(input, {name[0]}) : nullptr) {
    std::vector<std::string> known;
    for (const auto& column : table->columns) known.push_back(column.name);
    return make_error(errc::sql_unknown_column, name[1].at,
                      "no column '" + name[1].text + "' in '" + name[0].text + "'",
                      hint_for(name[1].text, known));
  }
  auto known = visible_names(input);
  if (name.size() > 1)
    for (const auto& table : input.tables) known.push_back(table.alias);
  return make_error(errc::sql_unknown_column, name[0].at, "no column '" + text_of(name) + "'",
                    hint_for(name[0].text, known));
}

result<expr_ptr> outer_column(const found_column& found, text_position at) {
  if (found.value->kind != expr::expr_kind::column)
    return make_error(errc::sql_not_supported, at,
                      "a merged column of JOIN USING cannot be used in a sub-query",
                      "qualify it with a table's alias");
  return expr::make_column(found.value->column + outer_base, found.value->type);
}

// A column of the query around `scope`. One of a query further out becomes one of that query first.
result<std::optional<found_column>> find_outer(const name_scope& scope, const qualified_name& name,
                                               text_position at) {
  if (scope.outer == nullptr) return std::optional<found_column>();
  MILLRACE_TRY(auto found, find_column(*scope.outer->input, name));
  if (!found) {
    MILLRACE_TRY(found, find_outer(*scope.outer, name, at));
    if (!found) return found;
    if (scope.outer->block == nullptr)
      return make_error(errc::sql_not_supported, at,
                        "'" + text_of(name) + "' belongs to a query too far out",
                        "a sub-query in FROM may use columns of what stands left of it");
    MILLRACE_TRY(found->value, scope.outer->block->import_outer(found->value));
  }
  MILLRACE_TRY(found->value, outer_column(*found, at));
  return found;
}

}  // namespace

result<expr_ptr> expression_binder::bind_identifier(const identifier& id, text_position at) {
  const auto& name = id.parts;
  MILLRACE_TRY(const auto own, find_column(*scope_.input, name));
  if (own) return fields_of(own->value, name, own->parts);
  MILLRACE_TRY(auto outer, find_outer(scope_, name, at));
  if (!outer) return unknown_column(*scope_.input, name);
  if (imports_outer_columns() && scope_.block != nullptr) {
    MILLRACE_TRY(outer->value, scope_.block->import_outer(outer->value));
  }
  return fields_of(std::move(outer->value), name, outer->parts);
}

result<expr_ptr> expression_binder::fields_of(expr_ptr value, const qualified_name& name,
                                              std::size_t from) const {
  for (std::size_t i = from; i < name.size(); ++i) {
    if (value->type.id() != data::type_id::row)
      return make_error(errc::sql_unknown_column, name[i].at,
                        "no field '" + name[i].text + "': '" + name[i - 1].text + "' is " +
                            data::to_text(value->type) + ", not a ROW");
    const auto& fields = value->type.fields();
    std::vector<std::string> known;
    std::optional<std::int32_t> index;
    for (std::size_t f = 0; f < fields.size(); ++f) {
      known.push_back(fields[f].name);
      if (!index && fields[f].name == name[i].text) index = static_cast<std::int32_t>(f);
    }
    if (!index)
      return make_error(errc::sql_unknown_column, name[i].at,
                        "no field '" + name[i].text + "' in " + data::to_text(value->type),
                        hint_for(name[i].text, known));
    MILLRACE_TRY(value,
                 call(name[i].at, "FIELD", {value, expr::make_literal(expr::int_literal(*index))}));
  }
  return value;
}

result<expr_ptr> expression_binder::bind_field(const field_access& e, text_position at) {
  MILLRACE_TRY(auto base, bind(*e.base));
  qualified_name path{name{"the value", false, at}, e.field};
  return fields_of(std::move(base), path, 1);
}

}  // namespace millrace::sql
