#pragma once

#include "net/transport/key_gate.hpp"
#include "net/transport/link_hub.hpp"
#include "net/transport/zmq_parts.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace millrace::net {

/// What a hub's thread is told from others.
struct hub_command {
  enum class kind : std::uint8_t { connect, send, close, stop };
  kind what = kind::stop;
  link_id link{};
  std::string endpoint;
  link_message message;
};

/// The sockets of a hub and what is done with them. Internal to net/transport.
///
/// `listen`, then `run` on a thread of its own until `stop` comes. Commands wait in a queue that is
/// taken whole, so that senders and the thread meet once per wake, not once per message.
class hub_thread {
 public:
  hub_thread(hub_options options, std::shared_ptr<link_listener> to);
  ~hub_thread();

  [[nodiscard]] result<void> listen();
  [[nodiscard]] const std::string& endpoint() const { return endpoint_; }
  /// Any thread. The hub's own looks at the queue again before it waits.
  void tell(hub_command command);
  void run();

 private:
  /// An outgoing link: its socket, and the one that tells of its connection.
  struct link_sockets {
    zmq_socket monitor;
    watched_zmq_socket dealer;
    std::chrono::steady_clock::time_point deadline;  // to be made until then
    bool made = false;
  };
  /// What there is to do.
  struct work {
    bool commands = false;
    bool messages = false;
    bool strangers = false;       // or friends: somebody asks to be let in
    std::vector<link_id> events;  // links whose monitor has something to tell
  };

  [[nodiscard]] work wait_for_work();
  [[nodiscard]] int patience_ms();
  [[nodiscard]] std::vector<hub_command> take_commands();
  /// False: it was the last one.
  [[nodiscard]] bool carry_out_all();
  [[nodiscard]] bool carry_out(hub_command& command);
  void send(link_id over, const link_message& message);
  void connect(link_id link, const std::string& endpoint);
  void break_link(link_id link, const error& why);
  void let_in();
  void read_messages();
  void read_events(link_id link);
  void break_late_links();
  [[nodiscard]] result<void> check_name() const;
  [[nodiscard]] bool watch(link_id link, link_sockets& sockets) const;
  void set_up_dealer(link_id link, void* dealer) const;
  void set_limits(void* socket) const;

  hub_options options_;
  std::shared_ptr<link_listener> listener_;
  zmq_context context_;
  key_gate gate_;
  zmq_socket router_;
  std::string endpoint_;
  int wake_ = -1;  // an eventfd: there are commands
  std::map<link_id, link_sockets> links_;
  std::uint64_t identities_ = 0;
  std::mutex mutex_;
  std::vector<hub_command> commands_;  // guarded by mutex_
  std::thread::id own_thread_;         // guarded by mutex_
};

}  // namespace millrace::net
