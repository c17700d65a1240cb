#pragma once

#include "actors/cluster/control_links.hpp"
#include "actors/cluster/refusal_log.hpp"
#include "actors/protocol/cluster_messages.hpp"

#include <caf/send.hpp>

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

namespace millrace::actors {

/// Lets threads outside of the actor system tell an actor something before it is there and after it
/// has gone: it is dropped then.
template <class Handle>
class actor_door {
 public:
  void open(Handle actor) {
    const std::scoped_lock hold(mutex_);
    actor_ = std::move(actor);
  }
  void shut() { open(Handle()); }

  template <class Message>
  void tell(Message message) {
    const std::scoped_lock hold(mutex_);
    if (actor_) caf::anon_send<caf::message_priority::high>(actor_, std::move(message));
  }

 private:
  std::mutex mutex_;
  Handle actor_;
};

/// What happens on control links, as messages to the actor behind the door.
template <class Handle>
[[nodiscard]] control_events tell_of_links(std::shared_ptr<actor_door<Handle>> door,
                                           std::function<void(const std::string&)> log) {
  control_events events;
  events.on_message = [door](const std::string& from, coordination::control_message m) {
    using kept = const coordination::control_message;
    door->tell(control_arrived{from, std::make_shared<kept>(std::move(m))});
  };
  events.on_lost = [door](net::link_id link, const error& cause) {
    door->tell(peer_lost{link.value, cause});
  };
  events.on_stranger = [log](const std::string& address) {
    log("turned " + address + " away: it has other keys");
  };
  const auto refusals = std::make_shared<refusal_log>(std::move(log));
  events.on_refused = [refusals](const std::string& from, const error& why) {
    refusals->add(from, why.message);
  };
  return events;
}

}  // namespace millrace::actors
