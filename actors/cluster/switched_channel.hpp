#pragma once

#include "actors/cluster/control_channel.hpp"

#include <memory>
#include <mutex>
#include <utility>

namespace millrace::actors {

/// The way to whoever leads: senders keep it while leaders come and go. What is sent while there is
/// none is lost. Thread safe.
class switched_channel final : public control_channel {
 public:
  /// Null: nobody leads.
  void lead_to(std::shared_ptr<control_channel> leader) {
    const std::scoped_lock hold(mutex_);
    leader_ = std::move(leader);
  }

  void send(coordination::control_body message) override {
    const std::scoped_lock hold(mutex_);
    if (leader_) leader_->send(std::move(message));
  }

 private:
  std::mutex mutex_;
  std::shared_ptr<control_channel> leader_;  // guarded by mutex_
};

}  // namespace millrace::actors
