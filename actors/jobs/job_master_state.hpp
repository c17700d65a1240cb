#pragma once

#include "actors/jobs/job_record.hpp"
#include "actors/jobs/job_setup.hpp"
#include "actors/protocol/interfaces.hpp"
#include "core/coordination/checkpoint_book.hpp"
#include "core/coordination/checkpoint_coordinator.hpp"
#include "core/coordination/job_state_machine.hpp"
#include "core/coordination/split_enumerator.hpp"

#include <caf/send.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <map>
#include <memory>
#include <optional>
#include <vector>

namespace millrace::actors {

/// One source of the job and its readers.
struct source_desk {
  std::uint32_t node = 0;  ///< of the plan
  connectors::source* source = nullptr;
  coordination::split_enumerator enumerator;
  std::uint32_t first_task = 0;
  std::uint32_t readers = 0;
};

/// What a job master knows and does. Internal to the master; its handlers are in job_master.cpp,
/// what concerns checkpoints in job_master_checkpoints.cpp, what these let go in
/// job_master_commits.cpp, and tasks of a master before in job_master_takeover.cpp.
class master_state {
 public:
  static inline const char* name = "job-master";
  using self_pointer = job_master_handle::stateful_pointer<master_state>;

  explicit master_state(self_pointer self) : self_(self) {}
  job_master_handle::behavior_type behavior(std::shared_ptr<job_setup> setup,
                                            std::shared_ptr<job_record> record, bool detached);

 private:
  void launch();
  void start();
  void on_cancel();
  void on_checkpoint_wanted(bool in_line);
  void abandon(error cause);
  [[nodiscard]] result<void> check_restore() const;
  result<void> deploy();
  void open_desks();
  void resume(source_desk& desk);
  void discover(source_desk& desk);
  void answer(const source_desk& desk, std::vector<coordination::split_enumerator::answer> answers);
  void on_split_wanted(std::uint32_t task);
  void on_task_ended(task_ended& report);
  void on_task_down(const caf::down_msg& down);
  void on_tick();
  void arm();
  void carry_out(coordination::job_action action);
  void conclude();
  void on_writing_stopped();
  void say_last_word();

  // Tasks that run already: job_master_takeover.cpp.
  [[nodiscard]] checkpoint_id newest_known() const;
  void take_over();
  void take_over(source_desk& desk) const;

  // Checkpoints: job_master_checkpoints.cpp.
  void on_acknowledged(task_acknowledged& ack);
  void on_states_written(states_written& m);
  void on_manifest_stored(manifest_stored& m);
  void on_checkpoint_error(checkpoint_id id, error cause);
  void fail(error cause);
  void give_up(error cause);
  void conclude_if_stopped();
  void carry_out(coordination::checkpoint_order order);
  void trigger(checkpoint_id id);
  void begin(checkpoint_id id, timestamp_ms now, bool in_line);
  [[nodiscard]] bool wants_whole_state() const;
  void store(checkpoint_id id);
  void store_manifest_now();
  [[nodiscard]] coordination::checkpoint_manifest make_manifest() const;
  void settle(checkpoint_id id, bool complete);
  void tell_settled(checkpoint_id id, bool complete);
  [[nodiscard]] std::vector<coordination::operator_state> describe(
      std::uint32_t task, const runtime::task_snapshot& snapshot) const;

  // Output of checkpoints: job_master_commits.cpp.
  [[nodiscard]] result<void> recommit();
  [[nodiscard]] result<void> clear_leftovers();
  void let_go(checkpoint_id id);
  void show_rows(checkpoint_id id);
  void on_output_shown(output_shown& m);
  void try_commit();
  [[nodiscard]] bool wait_for_commit(const error& cause);
  void on_commit_again();
  result<void> commit(std::vector<runtime::sink_committable> all);
  template <class Message>
  void tell_all(const Message& message);

  self_pointer self_;
  std::shared_ptr<job_setup> setup_;
  std::shared_ptr<job_record> record_;
  bool detached_ = false;  // what blocks has threads of its own
  std::vector<task_handle> tasks_;
  std::vector<source_desk> desks_;
  std::optional<coordination::job_state_machine> machine_;
  std::optional<coordination::checkpoint_coordinator> checkpoints_;
  std::optional<coordination::checkpoint_book> book_;
  checkpoint_writer_handle writer_;  // null: checkpoints are not kept
  /// The newest complete checkpoint of this attempt, as stored: a delta goes behind its files.
  std::shared_ptr<const coordination::checkpoint_manifest> stored_;
  std::map<std::uint32_t, std::uint32_t> writing_;  // snapshots with the writer, by task
  /// Finished while its snapshot was with the writer: what a task left behind its barrier must not
  /// count as being in front of it.
  std::map<std::uint32_t, task_ended> finished_meanwhile_;
  std::map<std::uint32_t, std::unique_ptr<connectors::sink_committer>> committers_;
  std::optional<error> checkpoint_failure_;  // of the checkpoint about to be given up
  std::optional<error> cause_;               // of a failure after the last task had ended
  /// What is complete up to here is not committed yet: tried again when `commit_again` comes.
  std::optional<checkpoint_id> uncommitted_;
  std::string output_position_;       // as the session said last
  std::int64_t commit_failures_ = 0;  // in a row
  bool recovering_ = false;       // nothing runs: what the restored checkpoint let go comes first
  bool in_line_ = false;          // the checkpoint in flight overtakes nothing
  bool in_line_wanted_ = false;   // none must from now on: a savepoint is made of the newest
  bool last_checkpoint_ = false;  // the one after all tasks have finished is on its way
  bool ended_ = false;
};

template <class Message>
void master_state::tell_all(const Message& message) {
  for (const task_handle& task : tasks_) {
    self_->send<caf::message_priority::high>(task, message);
  }
}

}  // namespace millrace::actors
