#pragma once

#include "actors/cluster/control_channel.hpp"
#include "actors/protocol/messages.hpp"
#include "core/coordination/control_messages.hpp"
#include "core/coordination/job_graph.hpp"

#include <caf/allowed_unsafe_message_type.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

// What the actors of a cluster tell each other within a process. Across processes travels
// core/coordination/control_messages.hpp.

namespace millrace::actors {

/// A control message has come in; `from`: the name of its sender.
struct control_arrived {
  std::string from;
  std::shared_ptr<const coordination::control_message> message;
};
/// The link to a peer is broken.
struct peer_lost {
  std::uint32_t link = 0;
  error cause;
};
/// Heartbeats are due.
struct heartbeat_tick {};
/// Time to tell the counters of the tasks.
struct report_tick {};
/// There is a new leader: tell it what there is of an attempt.
struct report_wanted {};
/// The process ends.
struct leave_cluster {};

}  // namespace millrace::actors

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(millrace::actors::control_arrived)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(millrace::actors::peer_lost)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(millrace::actors::heartbeat_tick)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(millrace::actors::report_tick)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(millrace::actors::report_wanted)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(millrace::actors::leave_cluster)
