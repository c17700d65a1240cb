#pragma once

#include "core/base/clock.hpp"
#include "core/runtime/barrier_aligner.hpp"
#include "core/runtime/chain.hpp"
#include "core/runtime/collect_output.hpp"
#include "core/runtime/input_gate.hpp"
#include "core/runtime/replay.hpp"
#include "core/runtime/router.hpp"
#include "core/runtime/sink_output.hpp"
#include "core/runtime/source_driver.hpp"
#include "core/runtime/task_metrics.hpp"
#include "core/runtime/watermark_merger.hpp"
#include "core/tables/table_spec.hpp"

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace millrace::runtime {

/// All that a task is made of. Exactly one of `source` and `gate` is set.
struct task_parts {
  std::shared_ptr<task_metrics> metrics;
  /// Of source and sinks; stages have their own.
  std::vector<std::unique_ptr<operators::operator_context>> contexts;
  std::unique_ptr<source_driver> source;
  operators::operator_metrics* source_counters = nullptr;  ///< of a table's source; else null
  std::unique_ptr<input_gate> gate;
  std::unique_ptr<runtime::chain> chain;
  /// Among the chain's outputs, in the order of the job's edges: output channels count through
  /// them.
  std::vector<router*> routers;
  std::vector<sink_output*> sinks;        ///< among the chain's outputs
  std::vector<collect_output*> collects;  ///< among the chain's outputs
  /// Set after a restore: the event time that had come in.
  std::optional<timestamp_ms> restored_watermark;
  /// Also after a restore: those inside of the chain first, the deepest of them in front.
  std::vector<task_replay> replays;
  /// False: no channel waits for a barrier (execution.checkpointing.mode AT_LEAST_ONCE).
  bool aligns = true;
  const clock* time = nullptr;
  std::uint32_t batch_rows = 4096;
  memory_budget* budget = nullptr;  ///< null: nothing is ever spilled
  bool spill_always = false;        ///< for tests: nothing stays in memory between two elements
  /// For tests: rows stay in the gate until an input ends, so that barriers overtake them.
  bool hold_rows = false;
  /// For tests: a source asks for a checkpoint after so many rows and waits for its barrier; 0:
  /// never.
  std::uint32_t barrier_rows = 0;
};

/// What a task wants after a turn.
struct task_turn {
  enum class next : std::uint8_t {
    again,     ///< there is more to do: run it again after others had their turn
    wait,      ///< nothing to do, or no room: run it when something arrives, or at `wake_at_us`
    finished,  ///< its input has ended and all outputs know
  };
  next what = next::wait;
  std::int64_t wake_at_us = never_us;  ///< steady microseconds
  bool want_split = false;             ///< ask the enumerator
  bool want_barrier = false;           ///< ask the job master for a checkpoint
  /// Run it where blocking is allowed, then tell the task `state_loaded`. The task takes nothing
  /// from its gate until then, and must outlive the job.
  std::shared_ptr<tables::load_job> load = nullptr;
};

/// A barrier that has passed a task: what has to be kept for its checkpoint.
struct task_snapshot {
  data::barrier barrier;
  chain_snapshot state;
  std::vector<std::vector<tables::table_spec>> tables;  ///< declared, by stage
  timestamp_ms watermark = min_watermark;               ///< that had come in
  std::vector<connectors::source_split> splits;         ///< not finished, with their positions
  std::vector<std::string> finished_splits;             ///< ids, of the whole attempt
  std::vector<channel_state> overtaken;                 ///< what the barrier overtook
  std::vector<sink_committable> committables;
  std::vector<data::batch_ptr> collected;  ///< rows for the session
};

/// A running chain instance: feeds its chain from a source or a gate, a bounded amount per turn.
///
/// Sans-I/O: whoever owns it tells what happened (`deliver`, `grant`, `assign_split`, ...) and
/// calls `run` afterwards. Life: `open`, turns until `finished` or an error, `close`. One thread at
/// a time.
class task {
 public:
  explicit task(task_parts parts);
  ~task();

  [[nodiscard]] result<void> open();
  void close();

  void deliver(channel_id from, parcel p) { parts_.gate->push(from, std::move(p)); }
  void grant(output_channel to, std::int64_t bytes);
  void assign_split(std::optional<connectors::source_split> split);
  /// Sources only: emits the barrier behind the rows of the current turn.
  void trigger(data::barrier barrier) { triggered_.push_back(barrier); }
  /// A wait is over: the source is asked again.
  void wake() { source_retry_us_ = 0; }
  /// The job of the last `task_turn::load` has run.
  void state_loaded() { load_done_ = true; }
  /// The checkpoint is durable, or was given up.
  void checkpoint_complete(checkpoint_id checkpoint);
  void checkpoint_aborted(checkpoint_id checkpoint);

  /// One turn: about a millisecond, less when there is nothing to do.
  [[nodiscard]] result<task_turn> run();
  /// A barrier that passed during the last turn.
  [[nodiscard]] std::optional<task_snapshot> take_snapshot();
  /// What the sinks prepared for commit at the end.
  [[nodiscard]] std::vector<sink_committable> take_committables();
  /// Rows for the session that no checkpoint has taken.
  [[nodiscard]] std::vector<data::batch_ptr> take_collected();
  /// Ids of the splits that this attempt has finished.
  [[nodiscard]] std::vector<std::string> finished_splits() const;
  [[nodiscard]] std::shared_ptr<const task_metrics> shared_metrics() const {
    return parts_.metrics;
  }
  /// The task's clock, steady microseconds.
  [[nodiscard]] std::int64_t now_us() const { return parts_.time->steady_us(); }

 private:
  struct ended_input {
    input_id input;
    data::end_of_input end;
  };
  struct input_rows {
    input_id input;
    data::batch_ptr batch;
  };
  struct inner_element {
    chain_target target;
    data::element what;
  };
  struct resumed {};
  using signal =
      std::variant<data::element, ended_input, input_time, resumed, input_rows, inner_element>;

  void resume_event_time();
  void defer(const task_replay& replay);
  [[nodiscard]] result<bool> work_once();
  [[nodiscard]] result<void> relieve_memory();
  [[nodiscard]] error out_of_budget() const;
  [[nodiscard]] result<bool> proceed();
  [[nodiscard]] result<bool> await_state();
  [[nodiscard]] result<void> push(const signal& next);
  [[nodiscard]] result<void> push(const data::element& what);
  [[nodiscard]] result<bool> from_source();
  [[nodiscard]] std::uint32_t rows_to_read() const;
  [[nodiscard]] result<void> push_rows(const data::batch_ptr& batch);
  [[nodiscard]] result<bool> from_gate();
  [[nodiscard]] result<void> on_event(gate_event event);
  void on_barrier(channel_id from, const data::barrier& barrier);
  void on_end(channel_id channel, input_id input, data::end_of_input end);
  void barrier_aligned();
  void take_back();
  void block_channels();
  [[nodiscard]] const data::barrier* waiting_barrier() const;
  [[nodiscard]] std::int64_t overtakes_at(const data::barrier& barrier) const;
  [[nodiscard]] bool may_overtake(const data::barrier& barrier) const;
  [[nodiscard]] result<void> look_for_barrier();
  [[nodiscard]] result<void> overtake(const data::barrier& barrier);
  [[nodiscard]] bool is_due(const data::barrier& barrier) const;
  [[nodiscard]] bool awaits_settlement() const;
  [[nodiscard]] result<void> pass_trigger();
  void pass(const data::barrier& barrier);
  void hold_snapshot();
  [[nodiscard]] bool snapshot_complete() const;
  void defer(input_id input, const event_time_change& change);
  [[nodiscard]] result<void> advance_time();
  [[nodiscard]] result<task_turn> rest();
  [[nodiscard]] std::int64_t wake_time() const;
  void account(std::int64_t started_us, const result<task_turn>& turn);
  void account_exchanges();

  task_parts parts_;
  std::optional<watermark_merger> merger_;
  std::optional<barrier_aligner> aligner_;
  std::vector<std::uint32_t> open_channels_;  // per input
  chain_state state_ = chain_state::ready;
  std::deque<signal> deferred_;  // to push before anything else comes
  std::deque<data::barrier> triggered_;
  data::barrier aligning_;                      // the newest barrier that came
  std::optional<data::barrier> passing_;        // deferred, or in the chain
  timestamp_ms watermark_ = min_watermark;      // that came in last
  std::optional<task_snapshot> passed_;         // filled in while a barrier passes
  std::optional<task_snapshot> held_;           // what it overtakes has not come in yet
  std::optional<chain_snapshot> kept_;          // of the checkpoint in flight
  checkpoint_id aborted_{};                     // the newest that was given up
  std::shared_ptr<tables::load_job> loading_;   // the chain is parked until it has run
  std::shared_ptr<tables::load_job> new_load_;  // to be handed out with this turn
  std::int64_t source_retry_us_ = 0;
  std::int64_t waits_since_us_ = 0;  // 0: it does not
  std::int64_t state_sampled_us_ = 0;
  std::uint32_t rows_since_barrier_ = 0;
  bool want_barrier_ = false;
  bool waits_blocked_ = false;  // for credit or a slow sink; else for input
  bool asked_for_barrier_ = false;
  bool want_split_ = false;
  bool source_ended_ = false;
  bool load_done_ = false;
  bool throttled_ = false;  // the source waits before its next batch: memory is short
  bool rested_ = false;     // the last turn found nothing to do
  bool hurry_ = false;      // an unaligned barrier waits, or passes the chain
};

}  // namespace millrace::runtime
