#include "actors/tasks/task_builder.hpp"

#include "core/coordination/state_takeover.hpp"
#include "core/runtime/collect_output.hpp"
#include "core/runtime/finished_operator.hpp"
#include "core/tables/memory_store.hpp"
#include "core/tables/table_set.hpp"
#include "state/backend/cold_tier.hpp"
#include "state/backend/rocksdb_store.hpp"

#include <algorithm>
#include <utility>

namespace millrace::actors {

namespace {

using runtime::chain_target;

// Builds one task, node by node of its vertex.
class builder {
 public:
  builder(const job_setup& setup, vertex_id vertex, std::uint32_t subtask, task_channels channels,
          std::function<void()> wake)
      : setup_(setup),
        vertex_(setup.graph.vertices[vertex.value]),
        edges_(setup.graph.outputs_of(vertex)),
        subtask_(subtask),
        channels_(std::move(channels)),
        wake_(std::move(wake)) {}

  result<std::shared_ptr<runtime::task>> build();

 private:
  result<void> add_head();
  result<void> add_node(std::uint32_t node);
  result<void> add_stage(std::uint32_t node);
  result<void> restore_stage(std::uint32_t node, runtime::chain_stage& stage);
  void resume_values(const std::string& id, std::uint32_t rows);
  timestamp_ms restored_watermark() const;
  std::shared_ptr<tables::state_store> make_cold(std::uint32_t stage);
  result<void> add_replay(std::uint32_t node, std::optional<chain_target> target);
  result<chain_target> add_sink(std::uint32_t node, const plan::sink_spec& spec);
  chain_target add_router(std::size_t edge);
  void add_exchanges(std::uint32_t node);
  std::vector<chain_target>& targets_of(std::uint32_t node);
  std::unique_ptr<operators::operator_context> make_context(std::uint32_t node);
  const plan::physical_node& node_at(std::uint32_t node) const { return setup_.plan.nodes[node]; }

  const job_setup& setup_;
  const coordination::job_vertex& vertex_;
  std::vector<const coordination::job_edge*> edges_;
  std::uint32_t subtask_;
  task_channels channels_;
  std::function<void()> wake_;
  runtime::task_parts parts_;
  std::vector<runtime::chain_stage> stages_;
  std::vector<std::unique_ptr<runtime::chain_output>> outputs_;
  std::vector<chain_target> entry_;
  std::map<std::uint32_t, std::uint32_t> stage_of_;  // node -> stage
  std::shared_ptr<state::rocksdb_store> database_;   // where the stages spill to
};

result<std::shared_ptr<runtime::task>> builder::build() {
  parts_.metrics = std::make_shared<runtime::task_metrics>();
  parts_.metrics->vertex = vertex_.name;
  parts_.metrics->subtask = subtask_;
  parts_.time = setup_.options.time;
  parts_.batch_rows = setup_.settings.batch_rows;
  parts_.budget = setup_.options.budget;
  parts_.spill_always = setup_.settings.spill_always;
  parts_.aligns = setup_.settings.aligns;
  parts_.hold_rows = setup_.settings.hold_rows && setup_.settings.unaligned;
  parts_.barrier_rows = setup_.settings.barrier_rows;
  parts_.routers.resize(edges_.size());
  MILLRACE_CHECK(add_head());
  for (const std::uint32_t node : vertex_.nodes) MILLRACE_CHECK(add_node(node));
  const auto inputs = std::max<std::size_t>(1, node_at(vertex_.nodes[0]).inputs.size());
  if (setup_.options.restore) {
    parts_.restored_watermark = restored_watermark();
    std::reverse(parts_.replays.begin(), parts_.replays.end());
  }
  parts_.chain =
      std::make_unique<runtime::chain>(std::move(stages_), std::move(outputs_), std::move(entry_),
                                       static_cast<std::uint32_t>(inputs));
  return std::make_shared<runtime::task>(std::move(parts_));
}

result<void> builder::add_head() {
  const std::uint32_t head = vertex_.nodes[0];
  if (const auto* values = std::get_if<plan::values_spec>(&node_at(head).spec)) {
    parts_.source = runtime::make_values_driver(*values, subtask_);
    resume_values(node_at(head).id, values->rows);
  } else if (vertex_.reads_table) {
    parts_.contexts.push_back(make_context(head));
    parts_.source_counters = parts_.contexts.back()->metrics;
    MILLRACE_TRY(auto reader, setup_.sources.at(head)->make_reader(*parts_.contexts.back()));
    parts_.source = runtime::make_reader_driver(std::move(reader));
  } else {
    parts_.gate = std::make_unique<runtime::input_gate>(
        std::move(channels_.inputs), setup_.settings.credit, setup_.settings.batch_rows);
  }
  return {};
}

result<void> builder::add_node(std::uint32_t node) {
  const bool head = node == vertex_.nodes[0];
  if (const auto* sink = std::get_if<plan::sink_spec>(&node_at(node).spec)) {
    MILLRACE_TRY(const chain_target target, add_sink(node, *sink));
    MILLRACE_CHECK(add_replay(node, head ? std::nullopt : std::optional(target)));
    auto& before = head ? entry_ : targets_of(node_at(node).inputs[0].from);
    before.push_back(target);
    return {};
  }
  if (!head || parts_.gate) MILLRACE_CHECK(add_stage(node));
  add_exchanges(node);
  return {};
}

result<void> builder::add_stage(std::uint32_t node) {
  std::vector<std::vector<plan::logical_column>> inputs;
  for (const auto& edge : node_at(node).inputs) inputs.push_back(node_at(edge.from).columns);
  const operators::operator_inputs what{node_at(node), inputs};
  MILLRACE_TRY(auto op, connectors::make_operator(what, setup_.plan.options));
  const auto stage = static_cast<std::uint32_t>(stages_.size());
  const bool head = node == vertex_.nodes[0];
  (head ? entry_ : targets_of(node_at(node).inputs[0].from))
      .push_back({chain_target::kind::stage, stage});
  runtime::chain_stage s;
  s.name = node_at(node).name;
  s.op = std::move(op);
  s.context = make_context(node);
  s.cold = make_cold(stage);
  tables::table_context tables{
      .budget = s.context->budget,
      .time = setup_.options.time,
      .store = s.cold.get(),
      .strict_prefetch = setup_.settings.spill_always,
      .loads = setup_.settings.load_keys ? tables::load_policy::keys : tables::load_policy::by_room,
      .range = tables::key_range::of_subtask(subtask_, vertex_.parallelism,
                                             setup_.plan.max_parallelism)};
  s.tables = std::make_unique<tables::table_set>(tables);
  s.context->tables = s.tables.get();
  MILLRACE_CHECK(restore_stage(node, s));
  if (!s.restore.finished) {
    const chain_target target{chain_target::kind::stage, stage};
    MILLRACE_CHECK(add_replay(node, head ? std::nullopt : std::optional(target)));
  }
  stage_of_[node] = stage;
  stages_.push_back(std::move(s));
  return {};
}

result<void> builder::restore_stage(std::uint32_t node, runtime::chain_stage& stage) {
  if (!setup_.options.restore) return {};
  MILLRACE_TRY(stage.restore,
               setup_.options.restore->instance(node_at(node).id, subtask_, vertex_.parallelism,
                                                setup_.plan.max_parallelism));
  stage.restore.matches =
      coordination::takeover_of(setup_.plan, node, setup_.options.restore->manifest()).matches;
  if (stage.restore.finished) stage.op = std::make_unique<runtime::finished_operator>();
  return {};
}

// Nodes come with inputs before readers: the deepest is added last.
result<void> builder::add_replay(std::uint32_t node, std::optional<chain_target> target) {
  if (!setup_.options.restore) return {};
  std::vector<coordination::in_flight_input> inputs;
  for (const plan::physical_edge& edge : node_at(node).inputs) {
    inputs.push_back({edge.exchange, edge.keys, {}});
    for (const auto& column : node_at(edge.from).columns) {
      inputs.back().rows.fields.push_back({column.name, column.type});
    }
  }
  const std::string& id = node_at(node).id;
  MILLRACE_TRY(auto channels,
               setup_.options.restore->in_flight(id, inputs, subtask_, vertex_.parallelism));
  if (channels.empty()) return {};
  const timestamp_ms watermark = setup_.options.restore->watermark(id);
  parts_.replays.push_back({target, watermark, std::move(channels)});
  return {};
}

void builder::resume_values(const std::string& id, std::uint32_t rows) {
  if (!setup_.options.restore || subtask_ != 0) return;
  if (setup_.options.restore->finished(id)) {
    return parts_.source->assign(connectors::source_split{"values", std::to_string(rows)});
  }
  for (auto& split : setup_.options.restore->read_splits(id)) {
    parts_.source->assign(std::move(split));
  }
}

timestamp_ms builder::restored_watermark() const {
  return setup_.options.restore->watermark(node_at(vertex_.nodes[0]).id);
}

// A task's operators share a database. Where tests spill without one, memory stands in for it.
std::shared_ptr<tables::state_store> builder::make_cold(std::uint32_t stage) {
  if (!setup_.cold) {
    if (!setup_.settings.spill_always) return nullptr;
    return std::make_shared<tables::memory_store>();
  }
  if (!database_) database_ = setup_.cold->make_store();
  return database_->section(static_cast<std::uint16_t>(stage));
}

std::vector<chain_target>& builder::targets_of(std::uint32_t node) {
  const auto at = stage_of_.find(node);
  return at == stage_of_.end() ? entry_ : stages_[at->second].targets;
}

result<chain_target> builder::add_sink(std::uint32_t node, const plan::sink_spec& spec) {
  const chain_target target{chain_target::kind::output,
                            static_cast<std::uint32_t>(outputs_.size())};
  parts_.contexts.push_back(make_context(node));
  if (spec.collect) {
    if (!setup_.options.collect) {
      return make_error(errc::internal, "a plan with a collect sink was started without a queue");
    }
    setup_.options.collect->on_room(wake_);
    const bool hold = setup_.options.checkpoints != nullptr;
    auto output =
        std::make_unique<runtime::collect_output>(setup_.options.collect, hold, *parts_.metrics);
    parts_.collects.push_back(output.get());
    outputs_.push_back(std::move(output));
    return target;
  }
  MILLRACE_TRY(auto writer, setup_.sinks.at(node)->make_writer(*parts_.contexts.back()));
  auto output = std::make_unique<runtime::sink_output>(
      node, spec, std::move(writer), *parts_.metrics, *parts_.contexts.back()->metrics);
  parts_.sinks.push_back(output.get());
  outputs_.push_back(std::move(output));
  return target;
}

void builder::add_exchanges(std::uint32_t node) {
  for (std::size_t e = 0; e < edges_.size(); ++e) {
    if (edges_[e]->from_node == node) targets_of(node).push_back(add_router(e));
  }
}

chain_target builder::add_router(std::size_t edge) {
  const auto& s = setup_.settings;
  runtime::router_options options{.exchange = edges_[edge]->exchange,
                                  .keys = edges_[edge]->keys,
                                  .max_parallelism = setup_.plan.max_parallelism,
                                  .initial_credit = s.credit.exclusive,
                                  .batch_rows = s.batch_rows,
                                  .buffer_timeout_ms = s.buffer_timeout_ms};
  auto router = std::make_unique<runtime::router>(
      std::move(options), std::move(channels_.outputs[edge]), *setup_.options.time);
  parts_.routers[edge] = router.get();
  const auto index = static_cast<std::uint32_t>(outputs_.size());
  outputs_.push_back(std::move(router));
  return {chain_target::kind::output, index};
}

std::unique_ptr<operators::operator_context> builder::make_context(std::uint32_t node) {
  auto metrics = std::make_unique<runtime::named_operator_metrics>();
  metrics->name = node_at(node).name;
  metrics->node = node;
  auto context = std::make_unique<operators::operator_context>();
  context->time = setup_.options.time;
  context->budget = setup_.options.budget;
  context->metrics = &metrics->counters;
  context->options = &setup_.plan.options;
  context->eval.time = setup_.options.time;
  context->eval.time_zone = setup_.settings.time_zone;
  context->eval.query_start = setup_.started;
  context->eval.random_seed = setup_.options.random_seed + (std::uint64_t{node} << 32) + subtask_;
  context->job_id = setup_.options.job_id;
  context->wake = wake_;
  context->subtask = subtask_;
  context->parallelism = vertex_.parallelism;
  context->max_parallelism = setup_.plan.max_parallelism;
  context->batch_rows = setup_.settings.batch_rows;
  parts_.metrics->operators.push_back(std::move(metrics));
  return context;
}

}  // namespace

result<std::shared_ptr<runtime::task>> build_task(const job_setup& setup, vertex_id vertex,
                                                  std::uint32_t subtask, task_channels channels,
                                                  std::function<void()> wake) {
  return builder(setup, vertex, subtask, std::move(channels), std::move(wake)).build();
}

}  // namespace millrace::actors
