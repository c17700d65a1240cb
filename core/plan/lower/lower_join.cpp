#include "core/plan/lower/join_condition.hpp"
#include "core/plan/lower/lowering.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace millrace::plan {
namespace {

using expr::expr_ptr;

constexpr std::string_view join_names[] = {"InnerJoin",     "LeftOuterJoin", "RightOuterJoin",
                                           "FullOuterJoin", "LeftSemiJoin",  "LeftAntiJoin"};

// The two inputs of a join with their key columns in place, and the rest of the condition over
// both.
struct join_inputs {
  std::uint32_t left = 0;
  std::uint32_t right = 0;
  std::vector<std::uint32_t> left_keys;
  std::vector<std::uint32_t> right_keys;
  std::vector<bool> null_matches;
};

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

// Moves column references of the right input from `left_old` to `left_new`, when the left input got
// wider.
expr_ptr widened(const expr_ptr& e, std::size_t left_old, std::size_t left_new, std::size_t width) {
  std::vector<std::uint32_t> mapping(width);
  for (std::uint32_t i = 0; i < width; ++i)
    mapping[i] = i < left_old ? i : static_cast<std::uint32_t>(i - left_old + left_new);
  return expr::remap_columns(e, mapping);
}

}  // namespace

result<std::uint32_t> lowering::lower_join(const logical_ptr& node) {
  const auto& join = std::get<join_node>(node->detail);
  const auto& left_columns = node->inputs[0]->columns;
  const auto& right_columns = node->inputs[1]->columns;
  auto condition = split_join_condition(join.condition, left_columns.size(),
                                        left_columns.size() + right_columns.size());
  MILLRACE_TRY(const auto left_input, lower(node->inputs[0]));
  MILLRACE_TRY(const auto right_input, lower(node->inputs[1]));
  const bool inserts = !updating(left_input) && !updating(right_input);
  const bool windowed = inserts && joins_windows(*node);
  std::optional<time_bounds> bounds;
  const bool semi = join.kind == join_kind::semi || join.kind == join_kind::anti;
  if (!windowed && inserts && !join.null_aware && !semi) {
    auto all = condition.rest;
    bounds = take_time_bounds(all, left_columns, right_columns);
    if (bounds) condition.rest = std::move(all);
  }

  join_inputs in;
  in.null_matches = condition.null_matches;
  MILLRACE_TRY(in.left, with_key_columns(left_input, condition.left_keys, in.left_keys));
  MILLRACE_TRY(in.right, with_key_columns(right_input, condition.right_keys, in.right_keys));
  const auto left_width = builder_.node(in.left).columns.size();
  const auto width = left_columns.size() + right_columns.size();
  MILLRACE_TRY(auto rest, conjunction(std::move(condition.rest)));
  if (rest) rest = widened(rest, left_columns.size(), left_width, width);

  plan_builder::draft d;
  d.columns = builder_.node(in.left).columns;
  const auto& right_all = builder_.node(in.right).columns;
  if (!semi) d.columns.insert(d.columns.end(), right_all.begin(), right_all.end());
  const bool pads_left = join.kind == join_kind::right || join.kind == join_kind::full;
  const bool pads_right = join.kind == join_kind::left || join.kind == join_kind::full;
  for (std::size_t i = 0; i < d.columns.size(); ++i)
    if (i < left_width ? pads_left : pads_right)
      d.columns[i].type = d.columns[i].type.as_nullable();

  std::string keys;
  for (std::size_t i = 0; i < in.left_keys.size(); ++i)
    keys += fmt::format("{}{} = {}", i == 0 ? "" : " AND ",
                        builder_.node(in.left).columns[in.left_keys[i]].name,
                        right_all[in.right_keys[i]].name);
  std::vector<std::string> names;
  for (const auto& c : builder_.node(in.left).columns) names.push_back(c.name);
  for (const auto& c : right_all) names.push_back(c.name);
  d.description =
      fmt::format("joinType=[{}], where=[{}{}{}]", join_names[static_cast<int>(join.kind)], keys,
                  rest && !keys.empty() ? " AND " : "", rest ? expr::to_text(*rest, names) : "");
  d.inputs = {plan_builder::hash(in.left, in.left_keys),
              plan_builder::hash(in.right, in.right_keys)};
  if (join.null_aware) d.inputs = {plan_builder::single(in.left), plan_builder::single(in.right)};

  if (windowed) {
    const auto left_window = window_columns_of(*node->inputs[0]);
    const auto right_window = window_columns_of(*node->inputs[1]);
    window_join_spec spec{join.kind,         in.left_keys, in.right_keys,  left_window->end,
                          right_window->end, rest,         join.null_aware};
    d.name = "WindowJoin";
    d.spec = std::move(spec);
  } else if (bounds) {
    const bool row_time = left_columns[bounds->left_time].time == time_attribute::row_time;
    d.name = "IntervalJoin";
    d.description += fmt::format(", bounds=[{}..{} ms]", bounds->lower_ms, bounds->upper_ms);
    d.spec = interval_join_spec{join.kind,         in.left_keys,       in.right_keys,
                                bounds->left_time, bounds->right_time, bounds->lower_ms,
                                bounds->upper_ms,  row_time,           rest};
  } else {
    const auto& left_facts = builder_.facts(in.left);
    const auto& right_facts = builder_.facts(in.right);
    const auto l = layout_of(left_facts, in.left_keys);
    const auto r = layout_of(right_facts, in.right_keys);
    join_spec spec;
    spec.kind = join.kind;
    spec.left_keys = in.left_keys;
    spec.right_keys = in.right_keys;
    spec.null_matches = in.null_matches;
    spec.condition = rest;
    spec.left_layout = l.layout;
    spec.right_layout = r.layout;
    spec.left_unique_key = l.key;
    spec.right_unique_key = r.key;
    spec.left_retracts = left_facts.updating;
    spec.right_retracts = right_facts.updating;
    spec.null_aware = join.null_aware;
    spec.left_ttl_ms = spec.right_ttl_ms = ttl();
    d.name = "Join";
    d.facts.updating = !inserts || (join.kind != join_kind::inner && join.kind != join_kind::semi);
    d.facts.unique_keys = join_keys_of(join.kind, left_facts, right_facts, l, r, left_width);
    d.spec = std::move(spec);
  }
  const auto made = builder_.add(std::move(d));
  if (left_width == left_columns.size() && right_all.size() == right_columns.size()) return made;
  std::vector<std::uint32_t> kept;
  for (std::uint32_t i = 0; i < left_columns.size(); ++i) kept.push_back(i);
  if (!semi)
    for (std::uint32_t i = 0; i < right_columns.size(); ++i)
      kept.push_back(static_cast<std::uint32_t>(left_width) + i);
  return selected(made, kept, node->columns);
}

// The right side of a temporal join. Changes by key are versions as they are: a scan need not find
// the old rows, and with them would come the times of old versions.
result<std::uint32_t> lowering::lower_versions(const logical_ptr& node) {
  const auto stack = stack_of(node);
  if (!std::holds_alternative<scan_node>(stack.base->detail) || !stack.conditions.empty())
    return lower(node);
  MILLRACE_TRY(const auto input, lower_scan(*stack.base, false));
  return calc(input, {}, stack.columns, node->columns);
}

// A temporal join asks for old versions: what makes them must not skip any.
void lowering::keep_versions(std::uint32_t node) {
  for (;;) {
    auto& n = builder_.node(node);
    if (auto* dedup = std::get_if<deduplicate_spec>(&n.spec)) dedup->every_version = true;
    if (!std::holds_alternative<calc_spec>(n.spec) || n.inputs.size() != 1) return;
    node = n.inputs[0].from;
  }
}

result<std::uint32_t> lowering::lower_temporal(const logical_node& node) {
  const auto& join = std::get<temporal_join_node>(node.detail);
  const auto& left_columns = node.inputs[0]->columns;
  const auto& right_columns = node.inputs[1]->columns;
  const auto width = left_columns.size() + right_columns.size();
  auto condition = split_join_condition(join.condition, left_columns.size(), width);
  if (condition.left_keys.empty())
    return make_error(errc::sql_bad_join,
                      "a temporal join needs an equality with the key of the versioned table");
  const auto time = std::find_if(right_columns.begin(), right_columns.end(),
                                 [](const auto& c) { return c.time == time_attribute::row_time; });
  if (time == right_columns.end())
    return make_error(errc::sql_bad_join, "the versioned table of a temporal join has no row time",
                      "declare a WATERMARK and a PRIMARY KEY on it");
  MILLRACE_TRY(auto left, lower(node.inputs[0]));
  MILLRACE_TRY(auto right, lower_versions(node.inputs[1]));
  MILLRACE_CHECK(insert_only(left, "the left side of a temporal join"));
  keep_versions(right);
  std::vector<std::uint32_t> left_keys, right_keys;
  MILLRACE_TRY(left, with_key_columns(left, condition.left_keys, left_keys));
  MILLRACE_TRY(right, with_key_columns(right, condition.right_keys, right_keys));
  const auto left_width = builder_.node(left).columns.size();
  MILLRACE_TRY(auto rest, conjunction(std::move(condition.rest)));
  if (rest) rest = widened(rest, left_columns.size(), left_width, width);
  plan_builder::draft d;
  d.name = "TemporalJoin";
  d.description =
      fmt::format("joinType=[{}], time=[{}], version=[{}]", join_names[static_cast<int>(join.kind)],
                  left_columns[join.time_column].name, time->name);
  d.columns = builder_.node(left).columns;
  for (auto c : builder_.node(right).columns) {
    if (join.kind == join_kind::left) c.type = c.type.as_nullable();
    c.time = time_attribute::none;
    d.columns.push_back(std::move(c));
  }
  d.inputs = {plan_builder::hash(left, left_keys), plan_builder::hash(right, right_keys)};
  const auto right_width = builder_.node(right).columns.size();
  d.spec = temporal_join_spec{join.kind,
                              left_keys,
                              right_keys,
                              join.time_column,
                              static_cast<std::uint32_t>(time - right_columns.begin()),
                              rest};
  const auto made = builder_.add(std::move(d));
  if (left_width == left_columns.size() && right_width == right_columns.size()) return made;
  std::vector<std::uint32_t> kept;
  for (std::uint32_t i = 0; i < left_columns.size(); ++i) kept.push_back(i);
  for (std::uint32_t i = 0; i < right_columns.size(); ++i)
    kept.push_back(static_cast<std::uint32_t>(left_width) + i);
  return selected(made, kept, node.columns);
}

result<std::uint32_t> lowering::lower_lookup(const logical_node& node) {
  const auto& join = std::get<temporal_join_node>(node.detail);
  const auto& left_columns = node.inputs[0]->columns;
  const auto stack = stack_of(node.inputs[1]);
  const auto* scan = std::get_if<scan_node>(&stack.base->detail);
  if (scan == nullptr)
    return make_error(errc::sql_bad_join,
                      "FOR SYSTEM_TIME AS OF processing time needs a table on its right side");
  MILLRACE_TRY(const auto traits, input_.traits(*scan->table));
  if (!traits.lookup)
    return make_error(errc::sql_bad_join,
                      fmt::format("table '{}' cannot be looked up", scan->table->name),
                      "use a connector with lookup support, such as 'filesystem'");
  auto condition = split_join_condition(join.condition, left_columns.size(),
                                        left_columns.size() + stack.columns.size());
  if (condition.left_keys.empty())
    return make_error(errc::sql_bad_join,
                      "a lookup join needs an equality with a column of the looked-up table");
  lookup_join_spec spec;
  spec.kind = join.kind;
  spec.table = scan->table;
  for (std::uint32_t i = 0; i < stack.base->columns.size(); ++i)
    spec.reads.push_back({scan->kept ? (*scan->kept)[i] : i, stack.base->columns[i].type});
  MILLRACE_TRY(spec.right_filter, conjunction(stack.conditions));
  spec.right_columns = stack.columns;
  for (std::size_t i = 0; i < condition.left_keys.size(); ++i) {
    spec.left_keys.push_back(condition.left_keys[i]);
    if (condition.right_keys[i]->kind == expr::expr_kind::column) {
      spec.right_keys.push_back(condition.right_keys[i]->column);
      continue;
    }
    return make_error(errc::sql_bad_join,
                      "the right side of a lookup join's equality must be a plain column");
  }
  MILLRACE_TRY(spec.condition, conjunction(std::move(condition.rest)));
  MILLRACE_TRY(const auto left, lower(node.inputs[0]));
  plan_builder::draft d;
  d.name = "LookupJoin";
  d.description = fmt::format("table=[{}], joinType=[{}]", spec.table->name,
                              join_names[static_cast<int>(join.kind)]);
  d.columns = node.columns;
  d.facts.updating = updating(left);
  d.inputs = {plan_builder::forward(left)};
  d.spec = std::move(spec);
  return builder_.add(std::move(d));
}

result<std::uint32_t> lowering::lower_correlate(const logical_node& node) {
  const auto& correlate = std::get<correlate_node>(node.detail);
  MILLRACE_TRY(const auto input, lower(node.inputs[0]));
  plan_builder::draft d;
  d.name = "Correlate";
  d.description = fmt::format("invocation=[{}], joinType=[{}]", correlate.function,
                              correlate.outer ? "LEFT" : "INNER");
  d.columns = node.columns;
  d.facts.updating = updating(input);
  d.inputs = {plan_builder::forward(input)};
  d.spec =
      correlate_spec{correlate.function, correlate.overload, correlate.arguments, correlate.outer};
  return builder_.add(std::move(d));
}

}  // namespace millrace::plan
