#include "core/sql/bind/relation.hpp"
#include "core/sql/session/session.hpp"

#include <algorithm>

namespace millrace::sql {

const std::vector<std::string>& session_option_keys() {
  static const std::vector<std::string> keys = {
      "execution.buffer-timeout",
      "execution.buffer-timeout.enabled",
      "execution.buffer-timeout.interval",
      "execution.checkpointing.aligned-checkpoint-timeout",
      "execution.checkpointing.dir",
      "execution.checkpointing.externalized-checkpoint-retention",
      "execution.checkpointing.incremental",
      "execution.checkpointing.interval",
      "execution.checkpointing.max-concurrent-checkpoints",
      "execution.checkpointing.min-pause",
      "execution.checkpointing.mode",
      "execution.checkpointing.num-retained",
      "execution.checkpointing.savepoint-dir",
      "execution.checkpointing.storage",
      "execution.checkpointing.timeout",
      "execution.checkpointing.tolerable-failed-checkpoints",
      "execution.checkpointing.unaligned",
      "execution.checkpointing.unaligned.enabled",
      "execution.runtime-mode",
      "execution.savepoint.ignore-unclaimed-state",
      "execution.savepoint.path",
      "execution.state-recovery.ignore-unclaimed-state",
      "execution.state-recovery.path",
      "execution.target",
      "parallelism.default",
      "pipeline.auto-watermark-interval",
      "pipeline.max-parallelism",
      "pipeline.name",
      "pipeline.object-reuse",
      "pipeline.operator-chaining",
      "pipeline.operator-chaining.enabled",
      "pipeline.watermark-alignment.allow-unaligned-source-splits",
      "restart-strategy.fixed-delay.attempts",
      "restart-strategy.fixed-delay.delay",
      "restart-strategy.type",
      "sql-client.execution.max-table-result.rows",
      "sql-client.execution.result-mode",
      "sql-client.verbose",
      "state.backend",
      "state.backend.incremental",
      "state.backend.type",
      "state.checkpoints.dir",
      "state.checkpoints.num-retained",
      "state.savepoints.dir",
      "table.display.max-column-width",
      "table.dml-sync",
      "table.dynamic-table-options.enabled",
      "table.exec.async-lookup.buffer-capacity",
      "table.exec.async-lookup.output-mode",
      "table.exec.async-lookup.timeout",
      "table.exec.deduplicate.insert-update-after-sensitive-enabled",
      "table.exec.deduplicate.mini-batch.compact-changes-enabled",
      "table.exec.disabled-operators",
      "table.exec.interval-join.min-cleanup-interval",
      "table.exec.legacy-cast-behaviour",
      "table.exec.local-hash-agg.adaptive.enabled",
      "table.exec.mini-batch.allow-latency",
      "table.exec.mini-batch.enabled",
      "table.exec.mini-batch.size",
      "table.exec.rank.topn-cache-size",
      "table.exec.resource.default-parallelism",
      "table.exec.simplify-operator-name-enabled",
      "table.exec.sink.keyed-shuffle",
      "table.exec.sink.not-null-enforcer",
      "table.exec.sink.rowtime-inserter",
      "table.exec.sink.type-length-enforcer",
      "table.exec.sink.upsert-materialize",
      "table.exec.sort.async-merge-enabled",
      "table.exec.source.cdc-events-duplicate",
      "table.exec.source.idle-timeout",
      "table.exec.spill-compression.enabled",
      "table.exec.state.ttl",
      "table.exec.uid.generation",
      "table.exec.window-agg.buffer-size-limit",
      "table.local-time-zone",
      "table.optimizer.agg-phase-strategy",
      "table.optimizer.bushy-join-reorder-threshold",
      "table.optimizer.delta-join.strategy",
      "table.optimizer.distinct-agg.split.bucket-num",
      "table.optimizer.distinct-agg.split.enabled",
      "table.optimizer.dynamic-filtering.enabled",
      "table.optimizer.incremental-agg-enabled",
      "table.optimizer.join-reorder-enabled",
      "table.optimizer.join.broadcast-threshold",
      "table.optimizer.multi-join.enabled",
      "table.optimizer.multiple-input-enabled",
      "table.optimizer.non-deterministic-update.strategy",
      "table.optimizer.reuse-optimize-block-with-digest-enabled",
      "table.optimizer.reuse-sink-enabled",
      "table.optimizer.reuse-source-enabled",
      "table.optimizer.reuse-sub-plan-enabled",
      "table.optimizer.source.predicate-pushdown-enabled",
      "table.optimizer.source.report-statistics-enabled",
      "table.optimizer.union-all-as-breakpoint-enabled",
      "table.plan.compile.catalog-objects",
      "table.plan.force-recompile",
      "table.plan.restore.catalog-objects",
      "table.resources.download-dir",
      "table.sql-dialect",
      "taskmanager.memory.network.fraction",
      "taskmanager.memory.process.size",
      "taskmanager.network.memory.buffer-debloat.enabled",
      "taskmanager.numberOfTaskSlots",
  };
  return keys;
}

namespace {

result<void> check_mode(const std::string& key, const std::string& value) {
  if (key != "table.sql-dialect") return {};
  if (value == "default" || value == "DEFAULT") return {};
  return make_error(errc::config_bad_value, "table.sql-dialect '" + value + "' is not supported",
                    "the dialect is 'default'");
}

}  // namespace

result<void> session::set(const std::string& key, const std::string& value) {
  const auto& keys = session_option_keys();
  const bool ours = key.starts_with("millrace.");
  if (!ours && std::find(keys.begin(), keys.end(), key) == keys.end())
    return make_error(errc::config_unknown_option, "no option '" + key + "'", hint_for(key, keys));
  MILLRACE_CHECK(check_mode(key, value));
  options_[key] = value;
  return {};
}

result<statement_outcome> session::reset(const reset_option& s) {
  if (!s.key) {
    options_ = initial_;
  } else if (const auto initial = initial_.find(*s.key); initial != initial_.end()) {
    options_[*s.key] = initial->second;
  } else {
    options_.erase(*s.key);
  }
  return statement_outcome(message_outcome{"OK"});
}

}  // namespace millrace::sql
