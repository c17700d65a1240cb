#include "core/sql/bind/relation.hpp"

#include <algorithm>

namespace millrace::sql {
namespace {

// How many leading parts of `name` name this table: 1 for its alias, 1 to 3 for a path's tail.
std::size_t prefix_parts(const scope_table& table, const qualified_name& name) {
  if (!table.alias.empty() && name[0].text == table.alias) return 1;
  const auto& path = table.path;
  if (path.empty() || path.back() != table.alias) return 0;
  for (std::size_t n = 2; n <= std::min(path.size(), name.size()); ++n) {
    bool same = true;
    for (std::size_t i = 0; i < n; ++i) same &= path[path.size() - n + i] == name[i].text;
    if (same) return n;
  }
  return 0;
}

error ambiguous(const name& n) {
  return make_error(errc::sql_ambiguous_column, n.at, "column '" + n.text + "' is ambiguous",
                    "qualify it with its table's alias");
}

using lookup = result<std::optional<found_column>>;

lookup find_qualified(const relation& input, const qualified_name& name) {
  std::optional<found_column> found;
  for (const auto& table : input.tables) {
    const auto prefix = prefix_parts(table, name);
    if (prefix == 0 || prefix >= name.size()) continue;
    for (const auto& column : table.columns) {
      if (column.name != name[prefix].text) continue;
      if (found) return ambiguous(name[prefix]);
      found = found_column{column_of(*input.node, column.index), prefix + 1};
    }
  }
  return found;
}

bool hidden(const relation& input, std::uint32_t index) {
  return std::any_of(input.merged.begin(), input.merged.end(), [&](const merged_column& m) {
    return std::find(m.hides.begin(), m.hides.end(), index) != m.hides.end();
  });
}

lookup find_unqualified(const relation& input, const name& n) {
  for (const auto& merged : input.merged)
    if (merged.name == n.text) return std::optional(found_column{merged.value, 1});
  std::optional<found_column> found;
  for (const auto& table : input.tables)
    for (const auto& column : table.columns) {
      if (column.name != n.text || hidden(input, column.index)) continue;
      if (found) return ambiguous(n);
      found = found_column{column_of(*input.node, column.index), 1};
    }
  return found;
}

lookup find_by_origin(const relation& input, const qualified_name& name) {
  std::optional<found_column> found;
  for (const auto& table : input.tables)
    for (const auto& column : table.columns) {
      if (column.origin != name[0].text || column.name != name[1].text) continue;
      if (found) return ambiguous(name[1]);
      found = found_column{column_of(*input.node, column.index), 2};
    }
  return found;
}

}  // namespace

expr::expr_ptr column_of(const plan::logical_node& node, std::uint32_t index) {
  return expr::make_column(index, node.columns[index].type);
}

relation make_relation(plan::logical_ptr node, std::string alias) {
  relation out;
  scope_table table;
  table.alias = std::move(alias);
  for (std::uint32_t i = 0; i < node->columns.size(); ++i)
    table.columns.push_back({node->columns[i].name, i, {}});
  out.tables.push_back(std::move(table));
  out.node = std::move(node);
  return out;
}

lookup find_column(const relation& input, const qualified_name& name) {
  MILLRACE_TRY(auto found, find_qualified(input, name));
  if (found) return found;
  MILLRACE_TRY(found, find_unqualified(input, name[0]));
  if (found || name.size() < 2) return found;
  return find_by_origin(input, name);
}

const scope_table* find_table(const relation& input, const qualified_name& name) {
  for (const auto& table : input.tables)
    if (prefix_parts(table, name) == name.size()) return &table;
  return nullptr;
}

std::vector<std::string> visible_names(const relation& input) {
  std::vector<std::string> names;
  for (const auto& table : input.tables)
    for (const auto& column : table.columns) names.push_back(column.name);
  return names;
}

std::string hint_for(std::string_view wrong, const std::vector<std::string>& known) {
  if (const auto near = nearest_name(wrong, known); !near.empty())
    return "did you mean '" + near + "'?";
  if (known.empty() || known.size() > 12) return {};
  std::string hint = "there is ";
  for (std::size_t i = 0; i < known.size(); ++i) hint += (i == 0 ? "" : ", ") + known[i];
  return hint;
}

}  // namespace millrace::sql
