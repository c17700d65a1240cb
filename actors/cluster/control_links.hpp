#pragma once

#include "actors/cluster/control_channel.hpp"
#include "core/base/result.hpp"
#include "net/transport/link_hub.hpp"

#include <atomic>
#include <functional>
#include <memory>
#include <string>

namespace millrace::actors {

/// Who hears of control messages. Called on the hub's thread; must not block.
struct control_events {
  std::function<void(const std::string& from, coordination::control_message)> on_message;
  std::function<void(net::link_id, const error&)> on_lost;
  /// A peer sent what is no control message; it is dropped.
  std::function<void(const std::string& from, const error&)> on_refused;
  /// Somebody at that address has other keys than the cluster's.
  std::function<void(const std::string& address)> on_stranger;
};

/// The control links of one process. Thread safe.
class control_links {
 public:
  /// Errors: 5004 for an address that cannot be listened on.
  [[nodiscard]] static result<std::unique_ptr<control_links>> open(net::hub_options options,
                                                                   control_events events);
  [[nodiscard]] const std::string& endpoint() const { return hub_->endpoint(); }
  /// The leader's epoch, which stands on every message that is sent.
  void set_epoch(std::uint64_t epoch) { epoch_->store(epoch); }

  /// A link and the way over it.
  struct way {
    net::link_id link;
    std::shared_ptr<control_channel> channel;
  };
  [[nodiscard]] way connect(const std::string& endpoint);
  void close(net::link_id link) { hub_->close(link); }

 private:
  explicit control_links(std::shared_ptr<net::link_hub> hub) : hub_(std::move(hub)) {}

  std::shared_ptr<std::atomic<std::uint64_t>> epoch_ =
      std::make_shared<std::atomic<std::uint64_t>>(0);
  std::shared_ptr<net::link_hub> hub_;
};

}  // namespace millrace::actors
