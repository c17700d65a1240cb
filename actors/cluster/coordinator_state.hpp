#pragma once

#include "actors/cluster/coordinator_actor.hpp"
#include "core/coordination/job_catalogue.hpp"
#include "core/coordination/takeover.hpp"
#include "core/coordination/worker_registry.hpp"

#include <caf/send.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace millrace::actors {

/// What the coordinator knows and does. Internal to it: what concerns workers is in
/// coordinator_actor.cpp, jobs in coordinator_jobs.cpp, slots in coordinator_slots.cpp, attempts
/// of the leader before in coordinator_takeover.cpp.
class coordinator_state {
 public:
  static inline const char* name = "coordinator";
  using self_pointer = coordinator_handle::stateful_pointer<coordinator_state>;

  explicit coordinator_state(self_pointer self) : self_(self) {}
  coordinator_handle::behavior_type behavior(coordinator_parts* parts);

 private:
  struct running_attempt {
    std::string job;
    attempt_front_handle front;
  };

  /// An attempt that ran under the leader before.
  struct returning {
    std::string job;
    coordination::takeover machine;
    std::optional<slots_wanted> wanted;  // its keeper is ready
    std::vector<control_arrived> held;   // from its workers, behind their reports
    bool complete = false;               // all of it has been reported
  };

  void take(const control_arrived& m);
  void admit(const coordination::worker_greeting& greeting);
  [[nodiscard]] std::string refusal_of(const coordination::worker_greeting& greeting) const;
  void on_lost(const peer_lost& m);
  void on_tick();
  void bury(std::uint32_t id, const std::string& worker, const error& cause);
  void submit(job_submitted& m);
  void take_up(std::vector<coordination::job_entry> found);
  void keep(coordination::job_definition definition, const std::string& savepoint);
  void redefine(const job_redefined& m);
  void cancel(const std::string& job);
  void follow(job_progress& m);
  result<void> publish();
  void want(slots_wanted& m);
  void release(const std::string& job);
  void drain(const std::string& worker);
  void serve_waiting();
  [[nodiscard]] bool grant(const slots_wanted& m);
  [[nodiscard]] std::vector<std::uint32_t> slots_before(const std::string& job) const;
  void remember_slots(const std::string& job, const coordination::job_placement& placed);
  void launch(const slots_wanted& m, const coordination::job_placement& placed,
              coordination::deploy_order order,
              std::shared_ptr<const coordination::adopted_attempt> adopted);
  void expect(const coordination::job_entry& entry);
  void take_report(const std::string& worker, const coordination::attempt_report& report);
  void hold(const control_arrived& m, coordination::attempt_number attempt);
  void act(coordination::attempt_number attempt, coordination::takeover::verdict what);
  void adopt_if_ready(coordination::attempt_number attempt);
  void adopt(const slots_wanted& wanted,
             std::shared_ptr<const coordination::adopted_attempt> adopted);
  void stop_returning(const std::string& job);
  void restart(coordination::attempt_number attempt);
  void look_at_returning(
      const std::function<coordination::takeover::verdict(coordination::takeover&)>& event);
  void tell_to_stop(const std::string& worker, coordination::attempt_number attempt);
  void show_workers();
  [[nodiscard]] static timestamp_ms steady_ms() { return system_clock().steady_us() / 1000; }
  void log(const std::string& what) { parts_->options.log(what); }

  self_pointer self_;
  coordinator_parts* parts_ = nullptr;
  coordination::worker_registry registry_;
  coordination::job_catalogue catalogue_;
  std::map<std::uint32_t, control_links::way> ways_;  // by worker's id
  std::map<std::string, job_keeper_handle> keepers_;  // by job
  std::map<coordination::attempt_number, running_attempt> attempts_;
  std::map<coordination::attempt_number, returning> returning_;
  std::vector<slots_wanted> waiting_;                     // in the order they came
  std::map<std::string, std::vector<std::string>> held_;  // workers by slot, per job
  coordination::placement_strategy strategy_ = coordination::placement_strategy::spread;
  std::uint64_t beats_ = 0;
};

}  // namespace millrace::actors
