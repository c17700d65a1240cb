#include "core/sql/bind/query_binder.hpp"

#include "core/expr/literals.hpp"
#include "core/expr/registry.hpp"
#include "core/sql/bind/correlated_rows.hpp"
#include "core/sql/bind/expression_binder.hpp"
#include "core/sql/bind/nodes.hpp"
#include "core/sql/bind/plan_check.hpp"
#include "core/sql/bind/select_planner.hpp"

#include <algorithm>
#include <charconv>
#include <set>

namespace millrace::sql {

using expr::expr_ptr;
using plan::logical_ptr;

query_binder::query_binder(const binding_environment& environment)
    : environment_(environment),
      catalog_(environment.objects.current_catalog()),
      database_(environment.objects.current_database()) {}

result<logical_ptr> query_binder::bind_root(const query& q) {
  MILLRACE_TRY(auto bound, bind(q, nullptr));
  MILLRACE_CHECK(check_plan(bound.node, q.at));
  return renamed(bound.node, unique_names(*bound.node));
}

result<bound_query> query_binder::bind(const query& q, const name_scope* outer) {
  const auto known = common_tables_.size();
  MILLRACE_CHECK(bind_common_tables(q, outer));
  auto bound = bind_body(q, outer);
  common_tables_.resize(known);
  return bound;
}

result<void> query_binder::bind_common_tables(const query& q, const name_scope* outer) {
  for (const auto& table : q.with) {
    MILLRACE_TRY(auto bound, bind(*table.definition, outer));
    if (!bound.correlation.empty())
      return make_error(errc::sql_not_supported, table.table.at,
                        "a query of WITH may not use columns of the query around it");
    std::vector<std::string> names = unique_names(*bound.node);
    if (!table.columns.empty() && table.columns.size() != names.size())
      return make_error(errc::sql_bad_argument, table.table.at,
                        "'" + table.table.text + "' names " + std::to_string(table.columns.size()) +
                            " columns, its query has " + std::to_string(names.size()));
    for (std::size_t i = 0; i < table.columns.size(); ++i) names[i] = table.columns[i].text;
    common_tables_.push_back({table.table.text, renamed(bound.node, names)});
  }
  return {};
}

result<bound_query> query_binder::bind_body(const query& q, const name_scope* outer) {
  switch (q.kind()) {
    case query_kind::select_block: {
      select_planner planner(*this, q.as<select_block>(), q.order_by, outer);
      MILLRACE_TRY(auto bound, planner.run());
      if (!q.limit && !q.offset && planner.sort_keys().empty()) return bound;
      return planner.limited(std::move(bound), q);
    }
    case query_kind::set_operation: {
      MILLRACE_TRY(auto bound, bind_set(q, q.as<set_operation>(), outer));
      return sorted(std::move(bound), q);
    }
    case query_kind::values_block: {
      MILLRACE_TRY(auto bound, bind_values(q.as<values_block>(), outer));
      return sorted(std::move(bound), q);
    }
    case query_kind::nested_query: {
      MILLRACE_TRY(auto bound, bind(*q.as<nested_query>().inner, outer));
      return sorted(std::move(bound), q);
    }
    case query_kind::table_block: break;
  }
  MILLRACE_TRY(auto table, bind_named(q.as<table_block>().table, {}));
  bound_query bound;
  bound.visible = static_cast<std::uint32_t>(table.node->columns.size());
  bound.node = std::move(table.node);
  return sorted(std::move(bound), q);
}

namespace {

// `ORDER BY 2` and `ORDER BY name` over a query's output.
result<std::uint32_t> output_column(const expression& e, const plan::logical_node& node,
                                    std::uint32_t visible) {
  if (const auto* number = e.get_if<literal>(); number && number->kind == literal_kind::integer) {
    std::uint32_t ordinal = 0;
    std::from_chars(number->text.data(), number->text.data() + number->text.size(), ordinal);
    if (ordinal >= 1 && ordinal <= visible) return ordinal - 1;
    return make_error(errc::sql_bad_argument, e.at, "ORDER BY " + number->text + " is out of range",
                      "the query has " + std::to_string(visible) + " columns");
  }
  const auto* id = e.get_if<identifier>();
  std::vector<std::string> names;
  for (std::uint32_t i = 0; i < visible; ++i) {
    if (id && id->parts.size() == 1 && id->parts[0].text == node.columns[i].name) return i;
    names.push_back(node.columns[i].name);
  }
  if (!id)
    return make_error(errc::sql_not_supported, e.at,
                      "ORDER BY over a set operation takes only its columns",
                      "put the query into FROM and sort outside of it");
  return make_error(errc::sql_unknown_column, e.at, "no column '" + id->parts[0].text + "'",
                    hint_for(id->parts[0].text, names));
}

}  // namespace

result<bound_query> query_binder::sorted(bound_query input, const query& q) {
  std::vector<plan::sort_key> keys;
  for (const auto& item : q.order_by) {
    auto visible = input.visible;
    MILLRACE_TRY(const auto column, output_column(item.value, *input.node, visible));
    keys.push_back({column, item.descending, item.nulls_first.value_or(!item.descending)});
  }
  return limited(std::move(input), q, std::move(keys));
}

result<bound_query> query_binder::limited(bound_query input, const query& q,
                                          std::vector<plan::sort_key> keys) {
  plan::sort_node node;
  node.keys = std::move(keys);
  if (q.limit) {
    MILLRACE_TRY(node.limit, constant_count(*q.limit, "LIMIT"));
  }
  if (q.offset) {
    MILLRACE_TRY(node.offset, constant_count(*q.offset, "OFFSET"));
  }
  if (node.keys.empty() && !node.limit && node.offset == 0) return input;
  if (!input.correlation.empty()) return limited_per_key(std::move(input), node, q.at);
  auto columns = input.node->columns;
  input.node = make_node(std::move(node), {std::move(input.node)}, std::move(columns));
  return input;
}

result<std::int64_t> constant_count(const expression& e, std::string_view what) {
  std::int64_t value = -1;
  if (const auto* number = e.get_if<literal>(); number && number->kind == literal_kind::integer) {
    const auto& text = number->text;
    const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (failed != std::errc() || end != text.data() + text.size()) value = -1;
  }
  if (value < 0)
    return make_error(errc::sql_bad_argument, e.at,
                      std::string(what) + " needs a whole number that is not negative");
  return value;
}

std::vector<std::string> unique_names(const plan::logical_node& node) {
  std::set<std::string> taken;
  for (const auto& c : node.columns) taken.insert(c.name);
  std::set<std::string> used;
  std::vector<std::string> names;
  for (const auto& c : node.columns) {
    std::string name = c.name;
    for (int i = 0; used.count(name) != 0 || (name != c.name && taken.count(name) != 0); ++i)
      name = c.name + std::to_string(i);
    used.insert(name);
    names.push_back(std::move(name));
  }
  return names;
}

}  // namespace millrace::sql
