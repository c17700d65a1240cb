#include "core/sql/session/session_options.hpp"

#include <algorithm>
#include <array>
#include <cctype>

namespace millrace::sql {
namespace {

using form = option_form;

constexpr session_option options[] = {
    {"execution.buffer-timeout", form::duration, "100 ms",
     "rows wait that long for more, so that batches between tasks get larger; 0: none waits"},
    {"execution.buffer-timeout.enabled"},
    {"execution.buffer-timeout.interval"},
    {"execution.checkpointing.aligned-checkpoint-timeout", form::duration, "0 ms",
     "unaligned barriers stay in line that long before they overtake rows"},
    {"execution.checkpointing.dir"},
    {"execution.checkpointing.externalized-checkpoint-retention"},
    {"execution.checkpointing.incremental", form::boolean, "false",
     "true: checkpoints hold what changed, and a whole state now and then"},
    {"execution.checkpointing.interval", form::duration, "",
     "a checkpoint is taken that often; sinks commit files with it"},
    {"execution.checkpointing.max-concurrent-checkpoints"},
    {"execution.checkpointing.min-pause", form::duration, "0 ms",
     "from the end of a checkpoint to the start of the next"},
    {"execution.checkpointing.mode", form::text, "EXACTLY_ONCE",
     "AT_LEAST_ONCE: channels do not wait for barriers; rows may count twice after a restore"},
    {"execution.checkpointing.num-retained", form::integer, "1",
     "complete checkpoints that are kept, up to 1000"},
    {"execution.checkpointing.savepoint-dir"},
    {"execution.checkpointing.storage"},
    {"execution.checkpointing.timeout", form::duration, "10 min",
     "a checkpoint that takes longer is given up"},
    {"execution.checkpointing.tolerable-failed-checkpoints", form::integer, "",
     "checkpoints that may fail in a row before the job does; not set: any number"},
    {"execution.checkpointing.unaligned", form::boolean, "false",
     "old name of execution.checkpointing.unaligned.enabled"},
    {"execution.checkpointing.unaligned.enabled", form::boolean, "false",
     "true: barriers overtake rows, which become part of the checkpoint; EXACTLY_ONCE only"},
    {"execution.runtime-mode"},
    {"execution.savepoint-restore-mode", form::text, "NO_CLAIM",
     "old name of execution.state-recovery.claim-mode"},
    {"execution.savepoint.ignore-unclaimed-state", form::boolean, "false",
     "old name of execution.state-recovery.ignore-unclaimed-state"},
    {"execution.savepoint.path"},
    {"execution.state-recovery.claim-mode", form::text, "NO_CLAIM",
     "CLAIM: a savepoint that a job started from goes with its first complete checkpoint"},
    {"execution.state-recovery.ignore-unclaimed-state", form::boolean, "false",
     "true: a job goes on without the state that its query has no operator for"},
    {"execution.state-recovery.path"},
    {"execution.target"},
    {"io.tmp.dirs", form::text, "/tmp", "the folder where spilled state lies"},
    {"millrace.batch-rows", form::integer, "4096", "the most rows of a batch, 1 to 1048576"},
    {"millrace.exchange.exclusive-size", form::size, "32 kb",
     "bytes that a channel between tasks always may hold"},
    {"millrace.exchange.floating-size", form::size, "4 mb",
     "bytes that the busy channels of one task share beyond that"},
    {"millrace.test.barrier-rows", form::integer, "0",
     "sources ask for a checkpoint after that many rows, as tests want it; 0: never"},
    {"millrace.test.hold-rows", form::boolean, "false",
     "tasks leave rows where unaligned barriers overtake them, as tests want it"},
    {"millrace.test.load-keys", form::boolean, "false",
     "spilled state comes back by single keys only, as tests want it"},
    {"millrace.test.spill-always", form::boolean, "false",
     "state leaves memory at every chance, as tests want it"},
    {"millrace.test.wire-codec", form::boolean, "false",
     "batches pass between tasks in the form of the wire, as tests want it"},
    {"parallelism.default", form::integer, "1", "subtasks per operator; `--parallelism` sets it"},
    {"pipeline.auto-watermark-interval", form::duration, "200 ms",
     "a watermark is sent that often; 0 ms: after every row"},
    {"pipeline.max-parallelism", form::integer, "128",
     "key groups, the most subtasks that can share keyed state"},
    {"pipeline.name", form::text, "", "of the jobs; else what they write"},
    {"pipeline.object-reuse"},
    {"pipeline.operator-chaining"},
    {"pipeline.operator-chaining.enabled", form::boolean, "true",
     "false: every operator has a task of its own"},
    {"pipeline.watermark-alignment.allow-unaligned-source-splits"},
    {"restart-strategy", form::text, "", "old name of restart-strategy.type"},
    {"restart-strategy.exponential-delay.attempts-before-reset-backoff", form::text, "infinite",
     "restarts in a row before the job fails"},
    {"restart-strategy.exponential-delay.backoff-multiplier", form::text, "1.5",
     "by which the wait grows with every failure"},
    {"restart-strategy.exponential-delay.initial-backoff", form::duration, "1 s",
     "the wait before the first restart"},
    {"restart-strategy.exponential-delay.jitter-factor", form::text, "0.1",
     "the part of a wait that is left to chance, so that jobs do not restart together"},
    {"restart-strategy.exponential-delay.max-backoff", form::duration, "1 min",
     "the longest wait before a restart"},
    {"restart-strategy.exponential-delay.reset-backoff-threshold", form::duration, "1 h",
     "a job that ran for so long begins with the first wait again"},
    {"restart-strategy.failure-rate.delay", form::duration, "1 s", "the wait before a restart"},
    {"restart-strategy.failure-rate.failure-rate-interval", form::duration, "1 min",
     "the time over which failures are counted"},
    {"restart-strategy.failure-rate.max-failures-per-interval", form::integer, "1",
     "failures within that time that the job survives"},
    {"restart-strategy.fixed-delay.attempts", form::integer, "1", "restarts before the job fails"},
    {"restart-strategy.fixed-delay.delay", form::duration, "1 s", "the wait before a restart"},
    {"restart-strategy.type", form::text, "",
     "of a job in a cluster: none, fixed-delay, exponential-delay or failure-rate; not set: "
     "exponential-delay with checkpoints, else none"},
    {"s3.access-key", form::text, "", "of the S3 account; otherwise AWS_ACCESS_KEY_ID"},
    {"s3.access.key", form::text, "", "the same"},
    {"s3.attempts.maximum", form::integer, "8",
     "how often a request to S3 is tried before it fails, 1 to 100"},
    {"s3.connection.establish.timeout", form::duration, "5 s",
     "a connection to S3 that takes longer is given up"},
    {"s3.connection.ssl.enabled", form::boolean, "true",
     "false: allows s3.endpoint to be plain http"},
    {"s3.connection.timeout", form::duration, "30 s",
     "a request to S3 during which no byte moves for that long is given up"},
    {"s3.endpoint", form::text, "",
     "of a server other than AWS's, https://host:port; otherwise AWS_ENDPOINT_URL_S3"},
    {"s3.endpoint.region", form::text, "", "old name of s3.region"},
    {"s3.path-style-access", form::boolean, "",
     "the bucket stands in the path of a URL, not in its host; not set: with s3.endpoint"},
    {"s3.path.style.access", form::boolean, "", "the same"},
    {"s3.region", form::text, "us-east-1", "of the bucket; otherwise AWS_REGION"},
    {"s3.retry.interval", form::duration, "100 ms",
     "before a request to S3 is tried again; doubles each time, up to 20 s"},
    {"s3.secret-key", form::text, "", "of the S3 account; otherwise AWS_SECRET_ACCESS_KEY"},
    {"s3.secret.key", form::text, "", "the same"},
    {"s3.session-token", form::text, "", "of temporary credentials; otherwise AWS_SESSION_TOKEN"},
    {"s3.session.token", form::text, "", "the same"},
    {"s3.upload.min.part.size", form::size, "8 mb",
     "state files from this size on go to S3 in parts of it, 5 MB to 1 GB"},
    {"sink.committer.retries", form::integer, "",
     "how often a commit that failed is tried again; not set: until it is done"},
    {"sql-client.execution.max-table-result.rows"},
    {"sql-client.execution.result-mode"},
    {"sql-client.verbose"},
    {"state.backend"},
    {"state.backend.incremental"},
    {"state.backend.type", form::text, "hashmap",
     "hashmap keeps state in memory; rocksdb, the default with `--memory`, spills what the budget "
     "does not hold"},
    {"state.checkpoints.dir"},
    {"state.checkpoints.num-retained", form::integer, "1",
     "old name of execution.checkpointing.num-retained"},
    {"state.savepoints.dir"},
    {"table.display.max-column-width"},
    {"table.dml-sync", form::boolean, "false",
     "true: the script goes on when the INSERT's job has ended"},
    {"table.dynamic-table-options.enabled"},
    {"table.exec.async-lookup.buffer-capacity"},
    {"table.exec.async-lookup.output-mode"},
    {"table.exec.async-lookup.timeout"},
    {"table.exec.deduplicate.insert-update-after-sensitive-enabled"},
    {"table.exec.deduplicate.mini-batch.compact-changes-enabled"},
    {"table.exec.disabled-operators"},
    {"table.exec.interval-join.min-cleanup-interval"},
    {"table.exec.legacy-cast-behaviour", form::text, "DISABLED",
     "ENABLED: CAST gives NULL where it would fail, like TRY_CAST"},
    {"table.exec.local-hash-agg.adaptive.enabled"},
    {"table.exec.mini-batch.allow-latency", form::duration, "0 ms",
     "the longest an aggregation keeps rows back for a mini-batch"},
    {"table.exec.mini-batch.enabled", form::boolean, "false",
     "aggregations take rows together and give one change per key"},
    {"table.exec.mini-batch.size", form::integer, "-1", "the most rows of a mini-batch"},
    {"table.exec.rank.topn-cache-size"},
    {"table.exec.resource.default-parallelism"},
    {"table.exec.simplify-operator-name-enabled"},
    {"table.exec.sink.keyed-shuffle"},
    {"table.exec.sink.not-null-enforcer", form::text, "ERROR",
     "ERROR or DROP: NULL for a NOT NULL column of a sink"},
    {"table.exec.sink.rowtime-inserter"},
    {"table.exec.sink.type-length-enforcer"},
    {"table.exec.sink.upsert-materialize"},
    {"table.exec.sort.async-merge-enabled"},
    {"table.exec.source.cdc-events-duplicate", form::boolean, "false",
     "true: changes may come twice, the table's primary key tells them apart"},
    {"table.exec.source.idle-timeout", form::duration, "0 ms",
     "a source without rows for that long no longer holds watermarks back; 0: never"},
    {"table.exec.spill-compression.enabled"},
    {"table.exec.state.ttl", form::duration, "0 ms",
     "state of a key that nobody touched for that long is dropped; 0: never"},
    {"table.exec.uid.generation"},
    {"table.exec.window-agg.buffer-size-limit"},
    {"table.local-time-zone", form::text, "UTC", "zone of TIMESTAMP_LTZ in text and of casts"},
    {"table.optimizer.agg-phase-strategy", form::text, "AUTO",
     "AUTO, ONE_PHASE or TWO_PHASE: with mini-batch, aggregations add up in front of the exchange "
     "too"},
    {"table.optimizer.bushy-join-reorder-threshold"},
    {"table.optimizer.delta-join.strategy"},
    {"table.optimizer.distinct-agg.split.bucket-num", form::integer, "1024",
     "the parts of a group that split DISTINCT aggregates are made of"},
    {"table.optimizer.distinct-agg.split.enabled", form::boolean, "false",
     "true: DISTINCT aggregates are made by parts of each group first, against hot groups"},
    {"table.optimizer.dynamic-filtering.enabled"},
    {"table.optimizer.incremental-agg-enabled"},
    {"table.optimizer.join-reorder-enabled"},
    {"table.optimizer.join.broadcast-threshold"},
    {"table.optimizer.multi-join.enabled"},
    {"table.optimizer.multiple-input-enabled"},
    {"table.optimizer.non-deterministic-update.strategy"},
    {"table.optimizer.reuse-optimize-block-with-digest-enabled"},
    {"table.optimizer.reuse-sink-enabled"},
    {"table.optimizer.reuse-source-enabled"},
    {"table.optimizer.reuse-sub-plan-enabled"},
    {"table.optimizer.source.predicate-pushdown-enabled"},
    {"table.optimizer.source.report-statistics-enabled"},
    {"table.optimizer.union-all-as-breakpoint-enabled"},
    {"table.plan.compile.catalog-objects"},
    {"table.plan.force-recompile", form::boolean, "false",
     "true: COMPILE PLAN writes over the file of an older plan"},
    {"table.plan.restore.catalog-objects"},
    {"table.resources.download-dir"},
    {"table.sql-dialect", form::text, "default", "only default"},
    {"taskmanager.memory.network.fraction"},
    {"taskmanager.memory.process.size"},
    {"taskmanager.network.memory.buffer-debloat.enabled"},
    {"taskmanager.numberOfTaskSlots"},
};

// Those of Flink's GlobalConfiguration.
constexpr std::array<std::string_view, 11> secret_words = {
    "password",    "secret",      "token",      "apikey",      "api-key",     "account.key",
    "auth-params", "service-key", "basic-auth", "jaas.config", "http-headers"};

}  // namespace

std::span<const session_option> session_options() { return options; }

std::string shown_value(std::string_view key, const std::string& value) {
  std::string plain(key);
  std::ranges::transform(plain, plain.begin(), [](unsigned char c) { return std::tolower(c); });
  const auto names = [&](std::string_view word) { return plain.find(word) != plain.npos; };
  return std::ranges::any_of(secret_words, names) ? "******" : value;
}

std::string session_options_reference() {
  std::string out =
      "| option | default | meaning |\n"
      "|---|---|---|\n";
  for (const auto& o : options) {
    if (o.meaning.empty()) continue;
    out += "| `" + std::string(o.key) + "` | ";
    if (!o.standard.empty()) out += "`" + std::string(o.standard) + "`";
    out += " | " + std::string(o.meaning) + " |\n";
  }
  out += "\nTaken without effect, so that scripts made for Flink run:\n\n";
  for (const auto& o : options) {
    if (o.meaning.empty()) out += "- `" + std::string(o.key) + "`\n";
  }
  return out;
}

}  // namespace millrace::sql
