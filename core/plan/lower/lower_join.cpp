#include "core/plan/lower/join_condition.hpp"
#include "core/plan/lower/lowering.hpp"
#include "core/plan/lower/state_ttl.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace millrace::plan {
namespace {

using expr::expr_ptr;

bool contains(const std::vector<std::uint32_t>& all, const unique_key& key) {
  return std::all_of(key.begin(), key.end(),
                     [&](auto k) { return std::find(all.begin(), all.end(), k) != all.end(); });
}

struct side_layout {
  join_side_layout layout = join_side_layout::no_unique_key;
  unique_key key;
};

side_layout layout_of(const node_facts& facts, const std::vector<std::uint32_t>& join_keys) {
  for (const auto& key : facts.unique_keys)
    if (contains(join_keys, key)) return {join_side_layout::join_key_is_unique, key};
  if (facts.unique_keys.empty()) return {};
  return {join_side_layout::has_unique_key, facts.unique_keys[0]};
}

unique_key shifted(unique_key key, std::size_t by) {
  for (auto& k : key) k += static_cast<std::uint32_t>(by);
  return key;
}

// Source: Flink's FlinkRelMdUniqueKeys for joins.
std::vector<unique_key> join_keys_of(join_kind kind, const node_facts& left,
                                     const node_facts& right, const side_layout& l,
                                     const side_layout& r, std::size_t left_width) {
  if (kind == join_kind::semi || kind == join_kind::anti) return left.unique_keys;
  std::vector<unique_key> out;
  const bool left_unique = l.layout == join_side_layout::join_key_is_unique;
  const bool right_unique = r.layout == join_side_layout::join_key_is_unique;
  if (right_unique && (kind == join_kind::inner || kind == join_kind::left)) out = left.unique_keys;
  if (left_unique && (kind == join_kind::inner || kind == join_kind::right))
    for (const auto& key : right.unique_keys) out.push_back(shifted(key, left_width));
  if (kind != join_kind::inner) return out;
  for (const auto& a : left.unique_keys)
    for (const auto& b : right.unique_keys) {
      auto both = a;
      for (const auto k : shifted(b, left_width)) both.push_back(k);
      out.push_back(std::move(both));
    }
  return out;
}

}  // namespace

// What a join is made of when both inputs are lowered, with their key columns in place.
struct lowering::join_parts {
  const join_node& join;
  const option_map& hints;
  std::uint32_t left = 0;
  std::uint32_t right = 0;
  std::vector<std::uint32_t> left_keys;
  std::vector<std::uint32_t> right_keys;  // of the right input
  std::vector<bool> null_matches;
  expr_ptr rest;  // of the condition, over both lowered inputs; may be null

  [[nodiscard]] bool left_only() const {
    return join.kind == join_kind::semi || join.kind == join_kind::anti;
  }
};

result<std::uint32_t> lowering::lower_join(const logical_ptr& node) {
  const auto& join = std::get<join_node>(node->detail);
  const auto& left_columns = node->inputs[0]->columns;
  const auto& right_columns = node->inputs[1]->columns;
  const auto width = left_columns.size() + right_columns.size();
  auto condition = split_join_condition(join.condition, left_columns.size(), width);
  join_parts parts{join, node->hints, 0, 0, {}, {}, {}, nullptr};
  MILLRACE_TRY(parts.left, lower(node->inputs[0]));
  MILLRACE_TRY(parts.right, lower(node->inputs[1]));
  const bool inserts = !updating(parts.left) && !updating(parts.right);
  const bool windowed = inserts && joins_windows(*node);
  std::optional<time_bounds> bounds;
  if (inserts && !windowed && !parts.left_only())
    bounds = take_time_bounds(condition.rest, left_columns, right_columns);
  parts.null_matches = condition.null_matches;
  MILLRACE_TRY(parts.left, with_key_columns(parts.left, condition.left_keys, parts.left_keys));
  MILLRACE_TRY(parts.right, with_key_columns(parts.right, condition.right_keys, parts.right_keys));
  MILLRACE_TRY(parts.rest, conjunction(std::move(condition.rest)));
  const auto left_width = builder_.node(parts.left).columns.size();
  if (parts.rest) parts.rest = widened(parts.rest, left_columns.size(), left_width, width);

  auto d = join_draft(parts);
  if (windowed)
    as_window_join(d, parts, *node);
  else if (bounds)
    as_interval_join(d, parts, *bounds,
                     left_columns[bounds->left_time].time == time_attribute::row_time);
  else
    as_regular_join(d, parts);
  return without_key_columns(add_keeping(std::move(d)), left_width, *node);
}

// What every kind of join has.
plan_builder::draft lowering::join_draft(const join_parts& parts) const {
  const auto& left = builder_.node(parts.left).columns;
  const auto& right = builder_.node(parts.right).columns;
  const auto kind = parts.join.kind;
  plan_builder::draft d;
  d.columns = left;
  if (!parts.left_only()) d.columns.insert(d.columns.end(), right.begin(), right.end());
  const bool pads_left = kind == join_kind::right || kind == join_kind::full;
  const bool pads_right = kind == join_kind::left || kind == join_kind::full;
  for (std::size_t i = 0; i < d.columns.size(); ++i)
    if (i < left.size() ? pads_left : pads_right)
      d.columns[i].type = d.columns[i].type.as_nullable();
  std::string where;
  for (std::size_t i = 0; i < parts.left_keys.size(); ++i)
    where += fmt::format("{}{} = {}", i == 0 ? "" : " AND ", left[parts.left_keys[i]].name,
                         right[parts.right_keys[i]].name);
  if (parts.rest) {
    auto names = column_names(left);
    for (auto& name : column_names(right)) names.push_back(std::move(name));
    where += (where.empty() ? "" : " AND ") + expr::to_text(*parts.rest, names);
  }
  d.description = fmt::format("joinType=[{}], where=[{}]", name_of(kind), where);
  d.inputs = {plan_builder::hash(parts.left, parts.left_keys),
              plan_builder::hash(parts.right, parts.right_keys)};
  return d;
}

void lowering::as_window_join(plan_builder::draft& d, const join_parts& parts,
                              const logical_node& node) const {
  const auto left = window_columns_of(*node.inputs[0]);
  const auto right = window_columns_of(*node.inputs[1]);
  d.name = "WindowJoin";
  d.spec = window_join_spec{parts.join.kind, parts.left_keys, parts.right_keys,       left->end,
                            right->end,      parts.rest,      left->window.local_zone};
}

void lowering::as_interval_join(plan_builder::draft& d, const join_parts& parts,
                                const time_bounds& bounds, bool row_time) const {
  d.name = "IntervalJoin";
  d.description += fmt::format(", bounds=[{}..{} ms]", bounds.lower_ms, bounds.upper_ms);
  d.spec = interval_join_spec{parts.join.kind,  parts.left_keys,   parts.right_keys,
                              bounds.left_time, bounds.right_time, bounds.lower_ms,
                              bounds.upper_ms,  row_time,          parts.rest};
}

void lowering::as_regular_join(plan_builder::draft& d, const join_parts& parts) const {
  const auto& left = builder_.facts(parts.left);
  const auto& right = builder_.facts(parts.right);
  const auto l = layout_of(left, parts.left_keys);
  const auto r = layout_of(right, parts.right_keys);
  const auto kind = parts.join.kind;
  join_spec spec;
  spec.kind = kind;
  spec.left_keys = parts.left_keys;
  spec.right_keys = parts.right_keys;
  spec.null_matches = parts.null_matches;
  spec.condition = parts.rest;
  spec.left_layout = l.layout;
  spec.right_layout = r.layout;
  spec.left_unique_key = l.key;
  spec.right_unique_key = r.key;
  spec.left_retracts = left.updating;
  spec.right_retracts = right.updating;
  if (!batch_) {
    spec.left_ttl_ms = hinted_ttl_ms(parts.hints, "STATE_TTL.left", ttl());
    spec.right_ttl_ms = hinted_ttl_ms(parts.hints, "STATE_TTL.right", ttl());
  }
  if (spec.left_ttl_ms != ttl() || spec.right_ttl_ms != ttl())
    d.description += fmt::format(", stateTtl=[{} ms, {} ms]", spec.left_ttl_ms, spec.right_ttl_ms);
  d.name = "Join";
  d.facts.updating =
      left.updating || right.updating || (kind != join_kind::inner && kind != join_kind::semi);
  d.facts.unique_keys =
      join_keys_of(kind, left, right, l, r, builder_.node(parts.left).columns.size());
  d.spec = std::move(spec);
}

// The columns of both inputs without those that were added for keys. `left_width` is that of the
// lowered left input.
result<std::uint32_t> lowering::without_key_columns(std::uint32_t join, std::size_t left_width,
                                                    const logical_node& node) {
  const auto left = node.inputs[0]->columns.size();
  if (builder_.node(join).columns.size() == node.columns.size()) return join;
  std::vector<std::uint32_t> kept;
  for (std::uint32_t i = 0; i < node.columns.size(); ++i)
    kept.push_back(i < left ? i : static_cast<std::uint32_t>(i - left + left_width));
  return selected(join, kept, node.columns);
}

}  // namespace millrace::plan
