#pragma once

#include "core/base/result.hpp"
#include "net/transport/link_hub.hpp"

#include <memory>
#include <string>
#include <vector>

// Owners of what libzmq hands out. Only for net/transport; sockets are used by one thread.

namespace millrace::net {

struct context_closer {
  void operator()(void* context) const;
};
/// Closing blocks until its sockets are closed and have sent what they may.
using zmq_context = std::unique_ptr<void, context_closer>;

struct socket_closer {
  void operator()(void* socket) const;
};
using zmq_socket = std::unique_ptr<void, socket_closer>;

struct watched_socket_closer {
  void operator()(void* socket) const;
};
/// A socket whose events another one reads, which has to outlive it: libzmq's I/O thread waits for
/// ever, and every socket of the context with it, when it has an event for a reader that is gone.
using watched_zmq_socket = std::unique_ptr<void, watched_socket_closer>;

[[nodiscard]] zmq_context make_context();
/// Null when the context or the process has no room for one more.
[[nodiscard]] zmq_socket make_socket(void* context, int type);
[[nodiscard]] watched_zmq_socket make_watched_socket(void* context, int type);
void set_option(void* socket, int option, int value);
void set_option(void* socket, int option, std::int64_t value);
void set_option(void* socket, int option, const std::string& value);
/// What libzmq says of the last failure on this thread.
[[nodiscard]] std::string last_failure();

/// Sends the frames in one multipart message; those of some hundred bytes are copied, the others
/// referred to until they are sent. False: the peer is not there.
[[nodiscard]] bool send_frames(void* socket, const link_message& message);
/// The next message, without waiting; nothing when there is none. `owner` holds the frames.
[[nodiscard]] std::unique_ptr<link_message> receive_frames(void* socket);

}  // namespace millrace::net
