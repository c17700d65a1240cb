#pragma once

#include "core/coordination/leadership.hpp"

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

namespace millrace::cli {

/// Whom a candidacy tells; called on its threads.
struct candidacy_events {
  std::function<void()> on_elected;
  /// Led, and does not any more: nothing may be changed from now on, the process has to end.
  std::function<void(const std::string& why)> on_lost;
  std::function<void(const std::string&)> log;
};

/// Stands in an election for a coordinator, round after round, until it leaves or is dropped.
/// Owner: the process. Thread safe. A round may hang in the network: that the term has run out is
/// noticed by a thread of its own.
class candidacy {
 public:
  candidacy(std::unique_ptr<coordination::leader_election> election, candidacy_events events);
  ~candidacy() { leave(); }
  candidacy(const candidacy&) = delete;
  candidacy& operator=(const candidacy&) = delete;

  /// Stands no more, and resigns.
  void leave();
  /// The leader is reached there: told to all that look, with the next round, which is begun.
  void announce(coordination::leader_address own);
  /// Of the election that was won; 0: not elected.
  [[nodiscard]] std::uint64_t epoch() const;
  /// As the last round showed.
  [[nodiscard]] coordination::leader_address leader() const;

 private:
  void stand();
  void hold_round();
  void take(timestamp_ms asked_at, const result<coordination::election_round>& round);
  void watch_term();

  std::unique_ptr<coordination::leader_election> election_;  // the first thread's
  candidacy_events events_;
  std::int64_t pause_ms_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  coordination::leadership standing_;  // guarded by mutex_, as all below
  coordination::leader_address own_;
  coordination::leader_address leader_;
  std::string trouble_;  // the last error, told once
  bool hurry_ = false;   // the next round is due
  bool ending_ = false;
  std::thread rounds_;
  std::thread term_;
};

}  // namespace millrace::cli
