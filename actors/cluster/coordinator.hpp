#pragma once

#include "actors/cluster/cluster_board.hpp"
#include "actors/cluster/control_channel.hpp"
#include "actors/system/engine.hpp"
#include "core/base/result.hpp"
#include "net/http/access_token.hpp"
#include "net/transport/cluster_keys.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace millrace::actors {

struct coordinator_options {
  std::string listen = "tcp://127.0.0.1:6123";  ///< for workers; port 0: any free one
  std::string version;                          ///< workers of another one are turned away
  net::cluster_keys keys;                       ///< of all links; none: they are not encrypted
  std::vector<net::access_token> tokens;        ///< workers must greet with one; none: nothing
  std::string checkpoint_directory;             ///< storage that all workers reach; empty: none
  std::uint64_t epoch = 0;                      ///< of the election that it won; 0: there was none
  std::int64_t heartbeat_ms = 500;
  std::int64_t silence_ms = 2'000;  ///< after which a worker counts as dead
  /// How long a new leader waits for the workers of a job that ran, before it restarts it.
  std::int64_t takeover_ms = 4'000;
  bool pack_slots = false;       ///< fill few workers instead of loading all evenly
  bool log_checkpoints = false;  ///< a line for every one that is complete
  job_compiler compile;
  /// A job at another parallelism. Errors: those of the SQL front end; 1005 when it stays the same.
  std::function<result<coordination::job_definition>(coordination::job_definition,
                                                     std::uint32_t parallelism)>
      rescale;
  /// Lines for the log; called on any thread.
  std::function<void(const std::string&)> log = [](const std::string&) {};
  /// Storage shows that another coordinator leads by now: the process has to end. Any thread.
  std::function<void(const error&)> on_deposed = [](const error&) {};
};

/// A job to be started.
struct job_submission {
  coordination::job_definition definition;
  std::string name;
  std::uint32_t slots = 1;
  std::string savepoint;  ///< in the cluster's folder of savepoints; empty: none
};

/// The coordinator of a cluster: takes jobs, hands slots of its workers out to them, and starts
/// them again when they fail. Owner: the process. Thread safe.
class coordinator {
 public:
  /// Errors: 5004 for an address that cannot be listened on.
  [[nodiscard]] static result<std::unique_ptr<coordinator>> start(engine& in,
                                                                  coordinator_options options);
  virtual ~coordinator() = default;
  /// Where workers find it.
  [[nodiscard]] virtual const std::string& endpoint() const = 0;
  [[nodiscard]] virtual const cluster_board& board() const = 0;
  /// Actors that live in this process.
  [[nodiscard]] virtual std::size_t actors() const = 0;
  /// It waits for slots if need be; the board tells how it does. Errors: 1005 when its id is taken;
  /// state_io when it cannot be kept.
  [[nodiscard]] virtual result<void> submit(job_submission submission) = 0;
  /// Does nothing to jobs that are over, or unknown.
  virtual void cancel(const std::string& job) = 0;
  /// Takes a checkpoint whose barrier overtakes nothing and copies it into the folder of
  /// savepoints; gives its path. Blocks. Errors: 1005 for a job that is not there, does not run, or
  /// keeps no checkpoints; 3009; state_io.
  [[nodiscard]] virtual result<std::string> savepoint(const std::string& job) = 0;
  /// Ends the job, behind a checkpoint of now where it takes one. No output is committed after the
  /// newest checkpoint, so that a job which goes on from it repeats none. Errors: 1005 for a job
  /// that is not there or has ended; 3007 when it takes longer than a minute.
  [[nodiscard]] virtual result<void> halt(const std::string& job) = 0;
  /// Where a job that has ended could be gone on from: copies its newest checkpoint into the folder
  /// of savepoints, or names the savepoint that it began with; empty: it has neither. Errors: 1005
  /// for a job that is not there or has not ended; state_io; state_corrupt.
  [[nodiscard]] virtual result<std::string> remains(const std::string& job) = 0;
  /// Goes on at another parallelism, from a checkpoint that is taken for it where the job takes
  /// any. Blocks until it is on its way. Errors: 1005; those of planning.
  [[nodiscard]] virtual result<void> rescale(const std::string& job, std::uint32_t parallelism) = 0;
  /// Ends the attempt that runs, or the wait for one, and starts another at once, from a checkpoint
  /// that is taken for it where the job takes any. Blocks until it is on its way. Errors: 1005.
  [[nodiscard]] virtual result<void> restart(const std::string& job) = 0;
  /// Takes no more slots of the worker, and starts the jobs on it again elsewhere. False: unknown.
  virtual bool drain(const std::string& worker) = 0;
  /// Cancels nothing: jobs that run are left to whoever coordinates next.
  virtual void stop() = 0;
};

}  // namespace millrace::actors
