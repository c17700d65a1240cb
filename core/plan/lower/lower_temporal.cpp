#include "core/plan/lower/join_condition.hpp"
#include "core/plan/lower/lowering.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace millrace::plan {

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
  std::vector<std::uint32_t> above;
  for (;;) {
    above.push_back(node);
    auto& n = builder_.node(node);
    if (auto* dedup = std::get_if<deduplicate_spec>(&n.spec)) {
      dedup->every_version = true;
      dedup->at_end = false;  // also in batch mode
      for (const auto at : above) builder_.facts(at).updating = dedup->keep_last;
    }
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
  // In batch mode versions are a changelog that no other reader of the same view must get.
  auto shared =
      batch_ ? std::exchange(done_, {}) : std::unordered_map<const logical_node*, std::uint32_t>();
  MILLRACE_TRY(auto right, lower_versions(node.inputs[1]));
  if (batch_) done_ = std::move(shared);
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
  d.description = fmt::format("joinType=[{}], time=[{}], version=[{}]", name_of(join.kind),
                              left_columns[join.time_column].name, time->name);
  d.columns = builder_.node(left).columns;
  for (auto c : builder_.node(right).columns) {
    if (join.kind == join_kind::left) c.type = c.type.as_nullable();
    c.time = time_attribute::none;
    d.columns.push_back(std::move(c));
  }
  d.inputs = {plan_builder::hash(left, left_keys), plan_builder::hash(right, right_keys)};
  d.spec = temporal_join_spec{join.kind,
                              left_keys,
                              right_keys,
                              join.time_column,
                              static_cast<std::uint32_t>(time - right_columns.begin()),
                              rest};
  return without_key_columns(builder_.add(std::move(d)), left_width, node);
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
  d.description = fmt::format("table=[{}], joinType=[{}]", spec.table->name, name_of(join.kind));
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
