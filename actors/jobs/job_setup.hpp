#pragma once

#include "core/base/clock.hpp"
#include "core/base/memory_budget.hpp"
#include "core/connectors/registry.hpp"
#include "core/coordination/checkpoint_coordinator.hpp"
#include "core/coordination/job_graph.hpp"
#include "core/coordination/job_state_machine.hpp"
#include "core/coordination/restore_plan.hpp"
#include "core/runtime/collect_queue.hpp"
#include "core/runtime/credit_book.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

namespace millrace::state {
class cold_tier;
}

namespace millrace::coordination {
struct adopted_attempt;
}

namespace millrace::actors {

class io_pool;
class task_deployer;

/// What a job needs from outside.
struct job_options {
  std::shared_ptr<runtime::collect_queue> collect;  ///< where a SELECT's rows go; null for INSERT
  /// Called, on the thread that takes rows of `collect`, when those of a checkpoint have been dealt
  /// with: how far the output is, kept with the checkpoint as its property `output`. Rows then come
  /// before their checkpoint is complete, which waits for them: who goes on from it takes back what
  /// came behind that position. Null: rows come when their checkpoint is complete.
  std::function<std::string()> output_position;
  const clock* time = &system_clock();
  memory_budget* budget = nullptr;  ///< null: the engine's
  io_pool* io = nullptr;            ///< null: the engine's
  std::uint64_t random_seed = 0;    ///< of RAND and UUID
  /// Keeps the job's checkpoints; null: they are taken, but not kept.
  std::shared_ptr<coordination::snapshot_store> checkpoints;
  /// What the job goes on from; null: it starts anew.
  std::shared_ptr<const coordination::restore_plan> restore;
  /// Told, on the master's thread, of every checkpoint that is complete (no error) or given up.
  std::function<void(checkpoint_id, const std::optional<error>&)> on_checkpoint;
  /// Told, on the master's thread, that rows could not be committed, and after how many
  /// milliseconds that is tried again.
  std::function<void(const error&, std::int64_t)> on_commit_failure;
  /// Told the last word on the job, on the master's thread.
  std::function<void(coordination::job_status, const std::optional<error>&)> on_end;
  /// The same over all restarts of a job whose checkpoints are kept: names what its sinks stage.
  std::string job_id;
  bool memory_limited = false;  ///< state spills unless state.backend.type says no
  /// Puts the tasks elsewhere; null: they run in this process.
  std::shared_ptr<task_deployer> deployer;
  /// The tasks run already and have told this of themselves: another master was lost. `restore` is
  /// the newest complete checkpoint, which is theirs, then. Null: they are to be deployed.
  std::shared_ptr<const coordination::adopted_attempt> adopted;
};

/// Session options that the runtime reads.
struct runtime_settings {
  std::uint32_t batch_rows = 4096;             ///< millrace.batch-rows
  std::int64_t buffer_timeout_ms = 100;        ///< execution.buffer-timeout
  runtime::credit_limits credit;               ///< millrace.exchange.exclusive-size, .floating-size
  bool wire_codec = false;                     ///< millrace.test.wire-codec
  bool spill_always = false;                   ///< millrace.test.spill-always
  bool load_keys = false;                      ///< millrace.test.load-keys
  bool rocksdb = false;                        ///< state.backend.type
  std::string spill_folder = "/tmp";           ///< io.tmp.dirs
  bool hold_rows = false;                      ///< millrace.test.hold-rows
  std::uint32_t barrier_rows = 0;              ///< millrace.test.barrier-rows
  coordination::checkpoint_rules checkpoints;  ///< execution.checkpointing.*
  bool incremental = false;                    ///< checkpoints hold changes where they can
  /// How often a commit is tried again; none: for ever. sink.committer.retries
  std::optional<std::int64_t> commit_retries;
  bool aligns = true;             ///< false: AT_LEAST_ONCE, no channel waits for a barrier
  bool unaligned = false;         ///< barriers overtake rows
  std::int64_t patience_ms = 0;   ///< but not before; .aligned-checkpoint-timeout
  std::string time_zone = "UTC";  ///< table.local-time-zone
};

/// Errors: 1002.
[[nodiscard]] result<runtime_settings> read_settings(const option_map& options,
                                                     bool memory_limited);

/// All that the tasks of one job share. Made before they are deployed, immutable afterwards, lives
/// as long as any of them.
struct job_setup {
  plan::physical_plan plan;
  coordination::job_graph graph;
  runtime_settings settings;
  job_options options;
  timestamp_ms started = 0;
  std::shared_ptr<state::cold_tier> cold;  ///< where state spills to; null: nowhere
  /// By node of the plan.
  std::map<std::uint32_t, std::unique_ptr<connectors::source>> sources;
  std::map<std::uint32_t, std::unique_ptr<connectors::sink>> sinks;

  /// The checkpoint that the job goes on from; 0 for none, and for a savepoint of another job.
  [[nodiscard]] checkpoint_id restored_checkpoint() const;
  /// Tasks are numbered vertex by vertex.
  [[nodiscard]] std::uint32_t task_number(vertex_id vertex, std::uint32_t subtask) const;
};

/// Cuts the plan into vertices and makes its sources and sinks. Errors: those of the connectors.
[[nodiscard]] result<std::shared_ptr<job_setup>> make_setup(plan::physical_plan plan,
                                                            job_options options);

}  // namespace millrace::actors
