#include "core/sql/bind/hints.hpp"

#include <algorithm>
#include <array>

namespace millrace::sql {
namespace {

constexpr std::string_view state_ttl = "STATE_TTL";

// Hints whose arguments are tables.
constexpr std::array<std::string_view, 5> join_hints = {"BROADCAST", "SHUFFLE_HASH",
                                                        "SHUFFLE_MERGE", "NEST_LOOP", "MULTI_JOIN"};

bool is_join_hint(const std::string& name) {
  return std::ranges::find(join_hints, name) != join_hints.end();
}

std::vector<std::string> aliases_of(const relation& from) {
  std::vector<std::string> names;
  for (const auto& table : from.tables) names.push_back(table.alias);
  return names;
}

result<void> check_table(const hint& h, const std::string& table, const relation& from) {
  const auto known = aliases_of(from);
  if (std::ranges::count(known, table) != 0) return {};
  return make_error(errc::sql_unknown_table, h.at,
                    "the hint " + h.name + " names '" + table + "', which FROM does not have",
                    hint_for(table, known));
}

result<void> check_state_ttl(const hint& h, const relation& from) {
  for (const auto& option : h.options) {
    MILLRACE_CHECK(check_table(h, option.key, from));
    auto length = parse_duration_ms(option.value);
    if (length.ok()) continue;
    auto e = length.take_error();
    e.at = h.at;
    return e;
  }
  return {};
}

result<void> check_lookup(const hint& h, const relation& from) {
  for (const auto& option : h.options)
    if (option.key == "table") return check_table(h, option.value, from);
  return make_error(errc::sql_bad_argument, h.at, "the hint LOOKUP does not say for which table",
                    "add 'table' = '...'");
}

std::optional<std::string> ttl_of(const std::vector<hint>& hints, const std::string& alias) {
  for (const auto& h : hints)
    if (h.name == state_ttl)
      for (const auto& option : h.options)
        if (option.key == alias) return option.value;
  return std::nullopt;
}

// The table that has columns from `begin` to `end`, if no other has.
const scope_table* only_table(const relation& from, std::uint32_t begin, std::uint32_t end) {
  const scope_table* only = nullptr;
  for (const auto& table : from.tables) {
    const bool inside = std::ranges::any_of(
        table.columns, [&](const scope_column& c) { return c.index >= begin && c.index < end; });
    if (inside && only) return nullptr;
    if (inside) only = &table;
  }
  return only;
}

plan::logical_ptr with_ttl(const plan::logical_ptr& node, std::uint32_t begin,
                           const std::vector<hint>& hints, const relation& from) {
  if (!std::holds_alternative<plan::join_node>(node->detail)) return node;
  auto copy = std::make_shared<plan::logical_node>(*node);
  for (std::size_t side : {0, 1}) {
    auto& input = copy->inputs[side];
    const auto end = begin + static_cast<std::uint32_t>(input->columns.size());
    if (const auto* table = only_table(from, begin, end)) {
      if (const auto ttl = ttl_of(hints, table->alias))
        copy->hints[side == 0 ? "STATE_TTL.left" : "STATE_TTL.right"] = *ttl;
    } else {
      input = with_ttl(input, begin, hints, from);
    }
    begin = end;
  }
  return copy;
}

bool has_state_ttl(const std::vector<hint>& hints) {
  return std::ranges::any_of(hints, [](const hint& h) { return h.name == state_ttl; });
}

}  // namespace

result<void> check_hints(const std::vector<hint>& hints, const relation& from) {
  for (const auto& h : hints) {
    if (h.name == state_ttl) {
      MILLRACE_CHECK(check_state_ttl(h, from));
    } else if (h.name == "LOOKUP") {
      MILLRACE_CHECK(check_lookup(h, from));
    } else if (is_join_hint(h.name)) {
      for (const auto& table : h.arguments) MILLRACE_CHECK(check_table(h, table, from));
    } else {
      return make_error(errc::sql_bad_argument, h.at, "no hint '" + h.name + "' for SELECT",
                        "there is STATE_TTL, LOOKUP, BROADCAST, SHUFFLE_HASH, SHUFFLE_MERGE and "
                        "NEST_LOOP; OPTIONS stands behind a table");
    }
  }
  return {};
}

plan::logical_ptr with_state_ttl(const std::vector<hint>& hints, const relation& from) {
  return has_state_ttl(hints) ? with_ttl(from.node, 0, hints, from) : from.node;
}

option_map state_ttl_of_groups(const std::vector<hint>& hints, const relation& from) {
  if (from.tables.size() != 1) return {};
  const auto ttl = ttl_of(hints, from.tables[0].alias);
  return ttl ? option_map{{std::string(state_ttl), *ttl}} : option_map();
}

}  // namespace millrace::sql
