#include "core/plan/lower/lowering.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

namespace millrace::plan {

result<std::uint32_t> lowering::lower_set(const logical_node& node) {
  const auto& set = std::get<set_node>(node.detail);
  std::vector<std::uint32_t> inputs;
  plan_builder::draft d;
  d.columns = node.columns;
  for (const auto& i : node.inputs) {
    MILLRACE_TRY(const auto input, lower(i));
    inputs.push_back(input);
    d.facts.updating |= updating(input);
  }
  if (set.kind == set_kind::union_all) {
    std::uint32_t widest = 1;
    for (const auto i : inputs) widest = std::max(widest, builder_.node(i).parallelism);
    std::vector<std::uint32_t> all(node.columns.size());
    std::iota(all.begin(), all.end(), 0u);
    for (const auto i : inputs) {
      const bool same = builder_.node(i).parallelism == widest;
      d.inputs.push_back(same          ? plan_builder::forward(i)
                         : updating(i) ? plan_builder::hash(i, all)
                                       : physical_edge{i, exchange_kind::rebalance, {}});
    }
    d.name = "Union";
    d.spec = union_spec{};
    d.parallelism = widest;
    return builder_.add(std::move(d));
  }
  std::vector<std::uint32_t> all(node.columns.size());
  std::iota(all.begin(), all.end(), 0u);
  for (const auto i : inputs) d.inputs.push_back(plan_builder::hash(i, all));
  d.name = set.kind == set_kind::intersect ? "Intersect" : "Except";
  d.description = fmt::format("all=[{}]", set.all);
  d.spec = set_operation_spec{set.kind, set.all};
  d.facts.updating = true;
  if (!set.all) d.facts.unique_keys.push_back(all);
  return add_keeping(std::move(d));
}

result<std::uint32_t> lowering::lower_match(const logical_node& node) {
  const auto& match = std::get<match_node>(node.detail).match;
  MILLRACE_TRY(const auto input, lower(node.inputs[0]));
  MILLRACE_CHECK(insert_only(input, "MATCH_RECOGNIZE"));
  plan_builder::draft d;
  d.name = "Match";
  d.description = fmt::format("partitionBy=[{}], orderBy=[{}], variables=[{}]",
                              names_of(match->partition, builder_.node(input).columns),
                              builder_.node(input).columns[match->order_column].name,
                              fmt::join(match->variables, ", "));
  d.columns = node.columns;
  d.inputs.push_back(plan_builder::hash(input, match->partition));
  if (match->within_ms == 0 && !batch_)
    builder_.warn(
        "MATCH_RECOGNIZE without WITHIN keeps every open match: its state grows without bound");
  d.spec = match_operator_spec{match};
  return builder_.add(std::move(d));
}

result<std::uint32_t> lowering::lower_single_row(const logical_node& node) {
  MILLRACE_TRY(const auto input, lower(node.inputs[0]));
  plan_builder::draft d;
  d.name = "SingleRow";
  d.columns = node.columns;
  d.facts.updating = true;
  d.facts.unique_keys.push_back({});
  d.inputs.push_back(plan_builder::single(input));
  d.spec = single_row_spec{};
  return add_keeping(std::move(d));
}

result<std::uint32_t> lowering::lower_sink(const logical_node& node) {
  const auto& sink = std::get<sink_node>(node.detail);
  MILLRACE_TRY(auto input, lower(node.inputs[0]));
  sink_spec spec;
  spec.table = sink.table;
  spec.source_of = sink.source_of;
  spec.overwrite = sink.overwrite;
  spec.collect = sink.collect;
  const auto enforcer = options_.text("table.exec.sink.not-null-enforcer", "ERROR");
  spec.drop_null_rows = enforcer == "DROP" || enforcer == "drop";
  plan_builder::draft d;
  d.name = "Sink";
  d.description = sink.collect ? "collect" : fmt::format("table=[{}]", sink.table->name);
  d.columns = builder_.node(input).columns;
  d.facts.updating = updating(input);
  if (sink.collect) {
    d.inputs.push_back(plan_builder::single(input));
    d.spec = std::move(spec);
    return builder_.add(std::move(d));
  }
  MILLRACE_TRY(const auto traits, input_.traits(*sink.table));
  if (!traits.writable)
    return make_error(errc::sql_sink_mismatch,
                      fmt::format("table '{}' cannot be written to", sink.table->name));
  if (traits.accepts == changelog_mode::insert_only && updating(input))
    return make_error(errc::sql_changelog_not_accepted,
                      fmt::format("sink '{}' takes only inserts, but the query's {} gives updates",
                                  sink.table->name, builder_.node(input).name),
                      "write to a format that carries changes, such as 'debezium-json', or make "
                      "the query insert-only");
  // Where the sink's key is not the key the rows change by, changes of one sink row may come from
  // several routes.
  std::vector<std::uint32_t> key;
  for (std::size_t c = 0, physical = 0; c < sink.table->columns.size(); ++c) {
    if (sink.table->columns[c].kind == column_kind::computed) continue;
    const auto source = sink.source_of[physical++];
    const auto& pk = sink.table->primary_key;
    if (source >= 0 && std::find(pk.begin(), pk.end(), c) != pk.end())
      key.push_back(static_cast<std::uint32_t>(source));
  }
  spec.upsert_key = key;
  std::sort(key.begin(), key.end());
  const auto& keys = builder_.facts(input).unique_keys;
  const bool upsert = traits.accepts == changelog_mode::upsert && !key.empty() && updating(input);
  if (upsert && std::find(keys.begin(), keys.end(), key) == keys.end()) {
    plan_builder::draft m;
    m.name = "SinkMaterializer";
    m.description = fmt::format("key=[{}]", names_of(key, d.columns));
    m.spec = upsert_materialize_spec{key, keys.empty() ? unique_key{} : keys[0], ttl()};
    m.columns = d.columns;
    m.facts.updating = true;
    m.facts.unique_keys.push_back(key);
    m.inputs.push_back(plan_builder::hash(input, key));
    input = builder_.add(std::move(m));
  }
  d.spec = std::move(spec);
  d.inputs.push_back(plan_builder::forward(input));
  return builder_.add(std::move(d));
}

}  // namespace millrace::plan
