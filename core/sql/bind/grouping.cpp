#include "core/expr/literals.hpp"
#include "core/expr/registry.hpp"
#include "core/sql/bind/clause_binder.hpp"
#include "core/sql/bind/select_planner.hpp"
#include "core/sql/bind/tree_search.hpp"

#include <algorithm>

namespace millrace::sql {

using expr::expr_kind;
using expr::expr_ptr;
using index_set = std::vector<std::uint32_t>;

namespace {

// Every set of `a` joined with every set of `b`: GROUP BY items stand side by side.
std::vector<index_set> product(const std::vector<index_set>& a, const std::vector<index_set>& b) {
  std::vector<index_set> out;
  for (const auto& x : a)
    for (const auto& y : b) {
      index_set both = x;
      for (const auto i : y)
        if (std::find(both.begin(), both.end(), i) == both.end()) both.push_back(i);
      out.push_back(std::move(both));
    }
  return out;
}

index_set flat(const std::vector<index_set>& parts) {
  index_set all;
  for (const auto& p : parts) all.insert(all.end(), p.begin(), p.end());
  return all;
}

std::vector<index_set> rollup_of(const std::vector<index_set>& parts) {
  std::vector<index_set> out;
  for (std::size_t n = parts.size() + 1; n-- > 0;)
    out.push_back(flat({parts.begin(), parts.begin() + static_cast<std::ptrdiff_t>(n)}));
  return out;
}

std::vector<index_set> cube_of(const std::vector<index_set>& parts) {
  std::vector<index_set> out;
  for (std::size_t bits = std::size_t{1} << parts.size(); bits-- > 0;) {
    std::vector<index_set> kept;
    for (std::size_t i = 0; i < parts.size(); ++i)
      if ((bits >> (parts.size() - 1 - i)) & 1) kept.push_back(parts[i]);
    out.push_back(flat(kept));
  }
  return out;
}

constexpr std::size_t max_cube = 12;

}  // namespace

result<std::uint32_t> select_planner::add_group(const expression& e) {
  const std::map<std::string, expr_ptr> no_aliases;
  const clause_rights rights{false, false, alias_use::none, true};
  clause_binder binder(queries_, scope_, "GROUP BY", rights, block_, state_, no_aliases);
  MILLRACE_TRY(auto bound, binder.bind(e));
  for (std::size_t i = 0; i < groups_.size(); ++i)
    if (expr::equal(*groups_[i], *bound)) return static_cast<std::uint32_t>(i);
  groups_.push_back(std::move(bound));
  return static_cast<std::uint32_t>(groups_.size() - 1);
}

// The grouping sets that one item of GROUP BY stands for.
result<std::vector<index_set>> select_planner::sets_of(const group_item& item) {
  if (item.kind == group_item_kind::expression || item.kind == group_item_kind::tuple) {
    index_set set;
    for (const auto& e : item.values) {
      MILLRACE_TRY(const auto index, add_group(e));
      set.push_back(index);
    }
    return std::vector<index_set>{std::move(set)};
  }
  if (item.kind == group_item_kind::cube && item.items.size() > max_cube)
    return make_error(errc::sql_not_supported, item.at,
                      "CUBE of " + std::to_string(item.items.size()) + " columns",
                      "at most " + std::to_string(max_cube) + " are supported");
  std::vector<index_set> all;
  std::vector<index_set> parts;
  for (const auto& inner : item.items) {
    MILLRACE_TRY(auto sets, sets_of(inner));
    parts.push_back(sets.front());
    all.insert(all.end(), sets.begin(), sets.end());
  }
  if (item.kind == group_item_kind::rollup) return rollup_of(parts);
  return item.kind == group_item_kind::cube ? cube_of(parts) : std::move(all);
}

result<void> select_planner::bind_groups() {
  if (!block_.group_by) return {};
  std::vector<index_set> sets{{}};
  expression_binder plain(queries_, scope_, "GROUP BY");
  for (const auto& item : block_.group_by->items) {
    if (item.kind == group_item_kind::expression) {
      MILLRACE_TRY(auto window, bind_group_window(item.values[0], plain));
      if (window && state_.window)
        return make_error(errc::sql_bad_window, item.at, "GROUP BY has two windows");
      if (window) {
        state_.window = std::move(window);
        continue;
      }
    }
    MILLRACE_TRY(const auto more, sets_of(item));
    sets = product(sets, more);
  }
  if (sets.size() > 1) {
    for (auto& s : sets) std::sort(s.begin(), s.end());
    std::vector<index_set> distinct;
    for (auto& s : sets)
      if (std::find(distinct.begin(), distinct.end(), s) == distinct.end())
        distinct.push_back(std::move(s));
    if (distinct.size() > 1 || distinct[0].size() != groups_.size()) sets_ = std::move(distinct);
  }
  if (state_.window && !sets_.empty())
    return make_error(errc::sql_not_supported, state_.window->at,
                      "a group window beside GROUPING SETS is not supported",
                      "use the windowing table function");
  return {};
}

// Bit i, from the left, is set when group i is left out.
std::int64_t select_planner::grouping_id(const index_set& set) const {
  std::int64_t id = 0;
  for (std::uint32_t i = 0; i < groups_.size(); ++i)
    id = id * 2 + (std::find(set.begin(), set.end(), i) == set.end() ? 1 : 0);
  return id;
}

// GROUP_ID() numbers equal grouping sets; where all differ it is 0.
result<expr_ptr> select_planner::group_id() const {
  std::vector<std::int64_t> ids;
  for (const auto& set : sets_) ids.push_back(grouping_id(set));
  std::ranges::sort(ids);
  if (std::ranges::adjacent_find(ids) != ids.end())
    return make_error(errc::sql_not_supported, "GROUP_ID over equal grouping sets is not supported",
                      "name each grouping set once");
  return expr::make_literal(expr::bigint_literal(0));
}

// GROUPING_ID(a, b) is a function of the grouping set, so it is a CASE over the set's id.
result<expr_ptr> select_planner::grouping_value(const pending_grouping& g) const {
  if (g.arguments.empty()) return group_id();
  index_set asked;
  for (const auto& argument : g.arguments) {
    const auto found = std::find_if(groups_.begin(), groups_.end(),
                                    [&](const expr_ptr& e) { return expr::equal(*e, *argument); });
    if (found == groups_.end())
      return make_error(errc::sql_not_grouped, "the argument of GROUPING is not in GROUP BY",
                        "name a grouped expression");
    asked.push_back(static_cast<std::uint32_t>(found - groups_.begin()));
  }
  if (sets_.empty()) return expr::make_literal(expr::bigint_literal(0));
  const auto id = column_of(*node_, static_cast<std::uint32_t>(groups_.size()));
  std::vector<expr_ptr> branches;
  for (const auto& set : sets_) {
    std::int64_t value = 0;
    for (const auto i : asked)
      value = value * 2 + (std::find(set.begin(), set.end(), i) == set.end() ? 1 : 0);
    auto set_id = expr::make_literal(expr::bigint_literal(grouping_id(set)));
    MILLRACE_TRY(auto same, expr::make_call("=", {id, std::move(set_id)}));
    branches.push_back(std::move(same));
    branches.push_back(expr::make_literal(expr::bigint_literal(value)));
  }
  branches.push_back(expr::make_literal(expr::bigint_literal(0)));
  return expr::make_call("CASE", std::move(branches));
}

}  // namespace millrace::sql
