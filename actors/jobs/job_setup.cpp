#include "actors/jobs/job_setup.hpp"

#include "state/backend/cold_tier.hpp"

#include <algorithm>
#include <utility>

namespace millrace::actors {

namespace {

result<void> make_ends(job_setup& setup) {
  const auto& nodes = setup.plan.nodes;
  for (std::uint32_t i = 0; i < nodes.size(); ++i) {
    if (const auto* spec = std::get_if<plan::source_spec>(&nodes[i].spec)) {
      MILLRACE_TRY(setup.sources[i], connectors::make_source(*spec, setup.plan.options));
    }
    const auto* spec = std::get_if<plan::sink_spec>(&nodes[i].spec);
    if (spec == nullptr || spec->collect) continue;
    const auto mode = setup.plan.nodes[nodes[i].inputs.at(0).from].mode;
    MILLRACE_TRY(setup.sinks[i], connectors::make_sink(*spec, mode, setup.plan.options));
  }
  return {};
}

result<void> read_checkpoint_rules(const option_reader& read, runtime_settings& s) {
  coordination::checkpoint_rules& rules = s.checkpoints;
  MILLRACE_TRY(rules.interval_ms, read.duration_ms("execution.checkpointing.interval", 0));
  MILLRACE_TRY(rules.timeout_ms,
               read.duration_ms("execution.checkpointing.timeout", rules.timeout_ms));
  MILLRACE_TRY(rules.min_pause_ms, read.duration_ms("execution.checkpointing.min-pause", 0));
  constexpr auto tolerable = "execution.checkpointing.tolerable-failed-checkpoints";
  MILLRACE_TRY(const auto failures, read.integer(tolerable, -1));
  if (failures >= 0) rules.tolerable_failures = failures;
  MILLRACE_TRY(const auto retries, read.integer("sink.committer.retries", -1));
  if (retries >= 0) s.commit_retries = retries;
  MILLRACE_TRY(s.incremental, read.boolean("execution.checkpointing.incremental", false));
  return {};
}

result<bool> wants_rocksdb(const option_reader& read, bool memory_limited) {
  const std::string type = read.text("state.backend.type", memory_limited ? "rocksdb" : "hashmap");
  if (type == "rocksdb" || type == "hashmap") return type == "rocksdb";
  return make_error(errc::config_bad_value, "state.backend.type is '" + type + "'",
                    "allowed are hashmap and rocksdb");
}

// Flink takes a list, separated as in PATH or by commas; the first is used.
result<std::string> read_spill_folder(const option_reader& read, const std::string& fallback) {
  const std::string folders = read.text("io.tmp.dirs", fallback);
  std::string first = folders.substr(0, folders.find_first_of(",:"));
  if (!first.empty()) return first;
  return make_error(errc::config_bad_value, "io.tmp.dirs is '" + folders + "'",
                    "name a folder for spilled state, such as /tmp");
}

// Under a limit the rows on their way between tasks may take a sixteenth of the budget.
void bound_credit(job_setup& setup) {
  std::int64_t gates = 1;
  for (const auto& v : setup.graph.vertices) gates += v.is_source ? 0 : v.parallelism;
  auto& credit = setup.settings.credit;
  const std::int64_t share = setup.options.budget->limit() / 16 / gates;
  credit.floating = std::min(credit.floating, std::max(share, credit.exclusive));
}

// As in Flink, barriers only overtake where they would have to wait.
result<void> read_barrier_rules(const option_reader& read, runtime_settings& s) {
  const std::string mode = read.text("execution.checkpointing.mode", "EXACTLY_ONCE");
  if (mode != "EXACTLY_ONCE" && mode != "AT_LEAST_ONCE") {
    return make_error(errc::config_bad_value, "execution.checkpointing.mode is '" + mode +
                                                  "', allowed are EXACTLY_ONCE and AT_LEAST_ONCE");
  }
  s.aligns = mode == "EXACTLY_ONCE";
  MILLRACE_TRY(const bool old_name, read.boolean("execution.checkpointing.unaligned", false));
  MILLRACE_TRY(s.unaligned, read.boolean("execution.checkpointing.unaligned.enabled", old_name));
  s.unaligned = s.unaligned && s.aligns;
  MILLRACE_TRY(s.patience_ms,
               read.duration_ms("execution.checkpointing.aligned-checkpoint-timeout", 0));
  return {};
}

}  // namespace

result<runtime_settings> read_settings(const option_map& options, bool memory_limited) {
  const option_reader read(options);
  runtime_settings s;
  MILLRACE_TRY(const auto rows, read.integer("millrace.batch-rows", s.batch_rows));
  if (rows < 1 || rows > (1 << 20)) {
    return make_error(errc::config_bad_value, "millrace.batch-rows is " + std::to_string(rows) +
                                                  ", allowed are 1 to 1048576");
  }
  s.batch_rows = static_cast<std::uint32_t>(rows);
  MILLRACE_TRY(s.buffer_timeout_ms,
               read.duration_ms("execution.buffer-timeout", s.buffer_timeout_ms));
  MILLRACE_TRY(s.credit.exclusive,
               read.size_bytes("millrace.exchange.exclusive-size", s.credit.exclusive));
  MILLRACE_TRY(s.credit.floating,
               read.size_bytes("millrace.exchange.floating-size", s.credit.floating));
  MILLRACE_TRY(s.wire_codec, read.boolean("millrace.test.wire-codec", false));
  MILLRACE_TRY(s.spill_always, read.boolean("millrace.test.spill-always", false));
  MILLRACE_TRY(s.hold_rows, read.boolean("millrace.test.hold-rows", false));
  MILLRACE_TRY(const auto barrier_rows, read.integer("millrace.test.barrier-rows", 0));
  s.barrier_rows = static_cast<std::uint32_t>(std::clamp<std::int64_t>(barrier_rows, 0, 1 << 30));
  MILLRACE_CHECK(read_checkpoint_rules(read, s));
  MILLRACE_TRY(s.load_keys, read.boolean("millrace.test.load-keys", false));
  MILLRACE_TRY(s.rocksdb, wants_rocksdb(read, memory_limited));
  MILLRACE_TRY(s.spill_folder, read_spill_folder(read, s.spill_folder));
  MILLRACE_CHECK(read_barrier_rules(read, s));
  s.time_zone = read.text("table.local-time-zone", s.time_zone);
  return s;
}

checkpoint_id job_setup::restored_checkpoint() const {
  if (!options.restore || options.restore->manifest().savepoint) return checkpoint_id();
  return options.restore->manifest().id;
}

std::uint32_t job_setup::task_number(vertex_id vertex, std::uint32_t subtask) const {
  for (std::uint32_t v = 0; v < vertex.value; ++v) subtask += graph.vertices[v].parallelism;
  return subtask;
}

result<std::shared_ptr<job_setup>> make_setup(plan::physical_plan plan, job_options options) {
  auto setup = std::make_shared<job_setup>();
  setup->plan = std::move(plan);
  setup->options = std::move(options);
  setup->started = setup->options.time->now();
  MILLRACE_TRY(setup->settings, read_settings(setup->plan.options, setup->options.memory_limited));
  MILLRACE_TRY(setup->graph, coordination::build_job_graph(setup->plan));
  MILLRACE_CHECK(make_ends(*setup));
  if (setup->options.memory_limited) bound_credit(*setup);
  if (setup->settings.rocksdb) {
    MILLRACE_TRY(setup->cold,
                 state::cold_tier::make(setup->settings.spill_folder, *setup->options.budget));
  }
  return setup;
}

}  // namespace millrace::actors
