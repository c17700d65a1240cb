#include "core/coordination/declared_tables.hpp"

#include "core/connectors/registry.hpp"
#include "core/operators/operator_context.hpp"
#include "core/tables/table_set.hpp"

#include <variant>

namespace millrace::coordination {

namespace {

bool opens_nothing(const plan::operator_spec& spec) {
  return std::holds_alternative<plan::source_spec>(spec) ||
         std::holds_alternative<plan::sink_spec>(spec) ||
         std::holds_alternative<plan::values_spec>(spec) ||
         std::holds_alternative<plan::lookup_join_spec>(spec);
}

}  // namespace

result<std::vector<tables::table_spec>> declared_tables(const plan::physical_plan& query,
                                                        std::uint32_t node) {
  const plan::physical_node& n = query.nodes[node];
  if (opens_nothing(n.spec)) return std::vector<tables::table_spec>();
  std::vector<std::vector<plan::logical_column>> inputs;
  for (const auto& edge : n.inputs) inputs.push_back(query.nodes[edge.from].columns);
  memory_budget budget(INT64_MAX);
  operators::operator_metrics metrics;
  tables::table_set set({.budget = &budget,
                         .time = &system_clock(),
                         .range = {0, query.max_parallelism, query.max_parallelism}});
  operators::operator_context context;
  context.time = context.eval.time = &system_clock();
  context.budget = &budget;
  context.metrics = &metrics;
  context.options = &query.options;
  context.tables = &set;
  context.max_parallelism = query.max_parallelism;
  MILLRACE_TRY(const auto made, connectors::make_operator({n, inputs}, query.options));
  MILLRACE_CHECK(made->open(context));
  made->close();
  return set.specs();
}

}  // namespace millrace::coordination
