#pragma once

#include "actors/cluster/control_channel.hpp"
#include "actors/system/engine.hpp"
#include "core/base/result.hpp"
#include "net/transport/cluster_keys.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace millrace::actors {

struct worker_options {
  std::string name;  ///< unique in the cluster
  /// Where the coordinator that leads may listen, such as `tcp://127.0.0.1:6123`; greeted in turn.
  /// Asked anew after the last one, on the worker's thread; may look into a file.
  std::function<std::vector<std::string>()> coordinators;
  std::string listen = "127.0.0.1";  ///< address for control and data; ports are free ones
  std::string advertise;             ///< host that others reach it at; empty: `listen`
  net::cluster_keys keys;            ///< of all links; none: they are not encrypted
  std::uint32_t slots = 1;
  std::string version;
  std::string token;                 ///< what the coordinator asks for; empty: nothing
  std::string checkpoint_directory;  ///< the same storage that the coordinator uses
  std::int64_t heartbeat_ms = 500;
  std::int64_t silence_ms = 2'000;  ///< after which the coordinator counts as lost
  std::int64_t orphan_ms = 15'000;  ///< how long tasks run on without one
  job_compiler compile;
  /// Lines for the log; called on any thread.
  std::function<void(const std::string&)> log = [](const std::string&) {};
};

/// A worker of a cluster: slots in which tasks of jobs run.
///
/// It greets its coordinator, again and again until it is welcome, and deploys what it is told to.
/// When the coordinator is lost its tasks run on while it looks for another, which takes them over
/// or has them stopped; it stops them itself when it finds none in time. Owner: the process. Thread
/// safe.
class worker {
 public:
  /// Errors: 5004 for addresses that cannot be listened on.
  [[nodiscard]] static result<std::unique_ptr<worker>> start(engine& in, worker_options options);
  virtual ~worker() = default;
  /// Whether a coordinator has welcomed it and has not been lost since.
  [[nodiscard]] virtual bool joined() const = 0;
  /// Stops all tasks and leaves the cluster; returns when they have ended.
  virtual void stop() = 0;
};

}  // namespace millrace::actors
