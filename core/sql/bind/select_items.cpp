#include "core/expr/literals.hpp"
#include "core/expr/registry.hpp"
#include "core/sql/bind/clause_binder.hpp"
#include "core/sql/bind/select_planner.hpp"

#include <algorithm>
#include <charconv>

namespace millrace::sql {

using expr::expr_ptr;

namespace {

std::string name_of(const select_item& item, std::size_t position) {
  if (item.alias) return item.alias->text;
  if (const auto* id = item.value.get_if<identifier>()) return id->parts.back().text;
  if (const auto* field = item.value.get_if<field_access>()) return field->field.text;
  return "EXPR$" + std::to_string(position);
}

std::string origin_of(const select_item& item) {
  const auto* id = item.value.get_if<identifier>();
  if (id == nullptr || id->parts.size() != 2 || item.alias) return {};
  return id->parts[0].text;
}

}  // namespace

result<void> select_planner::bind_items() {
  const std::map<std::string, expr_ptr> no_aliases;
  clause_binder binder(queries_, scope_, "SELECT", {true, true, alias_use::none, true}, block_,
                       state_, no_aliases);
  for (const auto& i : block_.items) {
    if (const auto* s = i.value.get_if<star>()) {
      if (s->of) {
        MILLRACE_TRY(const auto row, binder.bind(*s->of));
        MILLRACE_CHECK(add_row_fields(row, i.value.at));
      } else {
        MILLRACE_CHECK(bind_star(*s, i.value.at));
      }
      continue;
    }
    MILLRACE_TRY(auto value, binder.bind(i.value));
    auto name = name_of(i, items_.size());
    items_.push_back({std::move(value), std::move(name), origin_of(i), &i.value});
  }
  return {};
}

result<void> select_planner::bind_star(const star& s, text_position at) {
  if (s.qualifier.empty()) {
    if (input_.tables.empty()) return make_error(errc::sql_unknown_column, at, "'*' needs a FROM");
    for (const auto& m : input_.merged) items_.push_back({m.value, m.name, {}, nullptr});
    for (const auto& table : input_.tables) MILLRACE_CHECK(add_table(table));
    return {};
  }
  if (const auto* table = find_table(input_, s.qualifier)) return add_table(*table);
  MILLRACE_TRY(const auto column, find_column(input_, s.qualifier));
  if (column && column->parts == s.qualifier.size())
    return add_row_fields(column->value, s.qualifier.back().at);
  std::vector<std::string> known;
  for (const auto& table : input_.tables) known.push_back(table.alias);
  return make_error(errc::sql_unknown_table, s.qualifier[0].at,
                    "no table '" + s.qualifier[0].text + "' in FROM",
                    hint_for(s.qualifier[0].text, known));
}

result<void> select_planner::add_table(const scope_table& table) {
  for (const auto& column : table.columns) {
    const bool hidden =
        std::any_of(input_.merged.begin(), input_.merged.end(), [&](const merged_column& m) {
          return std::find(m.hides.begin(), m.hides.end(), column.index) != m.hides.end();
        });
    if (!hidden)
      items_.push_back({column_of(*input_.node, column.index), column.name, table.alias, nullptr});
  }
  return {};
}

result<void> select_planner::add_row_fields(const expr_ptr& row, text_position at) {
  if (row->type.id() != data::type_id::row)
    return make_error(errc::sql_type_mismatch, at,
                      "'.*' needs a ROW, not " + data::to_text(row->type));
  std::int32_t index = 0;
  for (const auto& field : row->type.fields()) {
    MILLRACE_TRY(auto value,
                 expr::make_call("FIELD", {row, expr::make_literal(expr::int_literal(index++))}));
    items_.push_back({std::move(value), field.name, {}, nullptr});
  }
  return {};
}

// HAVING, QUALIFY and the conjuncts of WHERE that count as QUALIFY.
result<void> select_planner::bind_conditions() {
  std::map<std::string, expr_ptr> aliases;
  for (const auto& i : items_) aliases.emplace(i.name, i.value);
  if (block_.having) {
    clause_binder binder(queries_, scope_, "HAVING", {true, false, alias_use::none, true}, block_,
                         state_, aliases);
    MILLRACE_TRY(auto condition, binder.bind_condition(*block_.having));
    having_.push_back(std::move(condition));
  }
  clause_binder binder(queries_, scope_, "QUALIFY", {true, true, alias_use::after_columns, true},
                       block_, state_, aliases);
  auto conjuncts = conjuncts_for_qualify_;
  if (block_.qualify) conjuncts.push_back(block_.qualify.get());
  for (const auto* conjunct : conjuncts) {
    MILLRACE_TRY(auto condition, binder.bind_condition(*conjunct));
    qualify_.push_back(std::move(condition));
  }
  return {};
}

// A whole number is the position of a column of SELECT; names are aliases first, then columns.
result<void> select_planner::bind_order() {
  std::map<std::string, expr_ptr> aliases;
  for (const auto& i : items_) aliases.emplace(i.name, i.value);
  clause_binder binder(queries_, scope_, "ORDER BY", {true, true, alias_use::before_columns, true},
                       block_, state_, aliases);
  for (const auto& key : order_by_) {
    const auto* number = key.value.get_if<literal>();
    bound_order bound{nullptr, key.descending, key.nulls_first.value_or(!key.descending)};
    if (number && number->kind == literal_kind::integer) {
      std::size_t ordinal = 0;
      std::from_chars(number->text.data(), number->text.data() + number->text.size(), ordinal);
      if (ordinal == 0 || ordinal > items_.size())
        return make_error(errc::sql_bad_argument, key.value.at,
                          "ORDER BY " + number->text + " is out of range",
                          "SELECT has " + std::to_string(items_.size()) + " columns");
      bound.value = items_[ordinal - 1].value;
    } else {
      MILLRACE_TRY(bound.value, binder.bind(key.value));
    }
    order_.push_back(std::move(bound));
  }
  return {};
}

}  // namespace millrace::sql
