#pragma once

#include "core/base/result.hpp"
#include "net/transport/cluster_keys.hpp"
#include "net/transport/zmq_parts.hpp"

#include <string>
#include <vector>

namespace millrace::net {

/// Lets only those in that hold the cluster's keys: CURVE by itself proves the listener to the one
/// who connects, and nothing the other way. libzmq asks the gate by ZeroMQ's authentication
/// protocol (RFC 27) on behalf of every connection to a listening socket of its context.
/// Used on one thread.
class key_gate {
 public:
  /// Before a socket of the context listens. Errors: 5004.
  [[nodiscard]] result<void> open(void* context, cluster_keys keys);
  /// To be polled; null before `open`.
  [[nodiscard]] void* socket() const { return asked_.get(); }
  /// Answers what waits. Gives the addresses of those that were turned away.
  [[nodiscard]] std::vector<std::string> answer();

 private:
  [[nodiscard]] bool holds_keys(const link_message& request) const;

  zmq_socket asked_;
  std::string open_key_;  // 32 bytes, as requests carry it
};

/// Makes a socket that is to listen ask for the keys.
void listen_with(void* socket, const cluster_keys& keys);
/// Makes a socket that is to connect show the keys, and ask for the same ones.
void connect_with(void* socket, const cluster_keys& keys);

}  // namespace millrace::net
