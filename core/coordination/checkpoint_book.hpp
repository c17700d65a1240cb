#pragma once

#include "core/coordination/checkpoint_manifest.hpp"
#include "core/coordination/job_graph.hpp"
#include "core/runtime/task.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace millrace::coordination {

/// What a task leaves behind when it has finished.
struct finished_report {
  std::vector<runtime::sink_committable> committables;
  std::vector<data::batch_ptr> collected;
  std::vector<std::string> finished_splits;
};

/// What a complete checkpoint makes visible.
struct released_output {
  std::vector<runtime::sink_committable> committables;
  std::vector<data::batch_ptr> rows;  ///< for the session
};

/// Gathers what the tasks of a job report about checkpoints, and makes manifests of it.
///
/// Sans-I/O; used by the job master. One checkpoint is in flight at a time (`begin`). Output of a
/// checkpoint that is given up is let go by the next one that is complete.
class checkpoint_book {
 public:
  /// Both outlive the book.
  checkpoint_book(const plan::physical_plan& plan, const job_graph& graph);

  void begin(checkpoint_id id, timestamp_ms triggered_at);
  /// The task runs on under another master, which it has told before that it had finished reading
  /// these splits, and what it had prepared; the next complete checkpoint lets that go. After
  /// `begin` of the newest id, of no checkpoint.
  void take_over(std::uint32_t task, std::vector<std::string> finished_splits,
                 std::vector<runtime::sink_committable> work);
  /// `states`: of the operators of the task's chain, in its order, with the files written.
  void on_acknowledged(std::uint32_t task, std::vector<operator_state> states,
                       runtime::task_snapshot& snapshot);
  /// Part of the checkpoint in flight, unless the task has acknowledged that one before.
  void on_finished(std::uint32_t task, finished_report report);

  /// Ids of the splits of the source at `node` that its readers have reported, for its enumerator.
  [[nodiscard]] std::set<std::string, std::less<>> reported_splits(std::uint32_t node) const;
  /// All of the checkpoint in flight but the enumerators.
  [[nodiscard]] checkpoint_manifest manifest() const;
  /// What goes out with checkpoint `id`: rows once, committables again and again, and as part of
  /// every manifest, until they are `committed`.
  [[nodiscard]] released_output release(checkpoint_id id);
  /// The rows among that which goes out with checkpoint `id`, when they go before it is complete.
  [[nodiscard]] std::vector<data::batch_ptr> take_rows(checkpoint_id id);
  /// What `release` gave for `id` has been committed.
  void committed(checkpoint_id id);

  /// The state of a chain's operators before their files are written: ids, tables, event time.
  /// Behind them, when the barrier overtook rows, what is to hold these.
  [[nodiscard]] std::vector<operator_state> describe(std::uint32_t task,
                                                     const runtime::task_snapshot& snapshot) const;

 private:
  struct acknowledgement {
    std::vector<operator_state> states;
    timestamp_ms watermark = min_watermark;
    std::vector<connectors::source_split> splits;
  };
  struct task_place {
    const job_vertex* vertex = nullptr;
    std::uint32_t subtask = 0;
  };
  void add_running(checkpoint_manifest& to, const task_place& at, const acknowledgement& ack) const;
  void add_finished(checkpoint_manifest& to, const task_place& at) const;
  void add_output(checkpoint_manifest& to) const;
  [[nodiscard]] std::vector<tables::table_spec> input_specs(std::uint32_t node) const;
  [[nodiscard]] operator_state state_of(std::uint32_t node, const task_place& at) const;

  const plan::physical_plan& plan_;
  std::vector<task_place> places_;  // by task
  checkpoint_id id_{};
  timestamp_ms triggered_at_ = 0;
  std::map<std::uint32_t, acknowledgement> acknowledged_;  // of the one in flight
  std::vector<std::vector<std::string>> finished_splits_;  // by task
  /// Of tasks that finished behind the barrier in flight: they count from the next one on.
  std::map<std::uint32_t, std::vector<std::string>> finished_since_;
  struct prepared {
    std::uint32_t task = 0;
    runtime::sink_committable work;
  };
  std::multimap<checkpoint_id, prepared> committables_;  // by the checkpoint that lets them go
  std::multimap<checkpoint_id, data::batch_ptr> rows_;
};

}  // namespace millrace::coordination
