#include "core/connectors/feed/feed.hpp"

#include "core/connectors/feed/feed_source.hpp"

#include <list>
#include <map>
#include <mutex>
#include <vector>

namespace millrace::connectors::feed {
namespace {

class queue final : public feed_queue, public std::enable_shared_from_this<queue> {
 public:
  void push(data::element what) override {
    {
      const std::lock_guard lock(guard_);
      elements_.push_back(std::move(what));
    }
    notify();
  }
  void close() override {
    {
      const std::lock_guard lock(guard_);
      closed_ = true;
    }
    notify();
  }
  std::size_t size() const override {
    const std::lock_guard lock(guard_);
    return elements_.size();
  }
  bool closed() const override {
    const std::lock_guard lock(guard_);
    return closed_;
  }
  std::optional<data::element> at(std::size_t index) const override {
    const std::lock_guard lock(guard_);
    if (index >= elements_.size()) return std::nullopt;
    return elements_[index];
  }
  std::shared_ptr<void> listen(std::function<void()> wake) override {
    const std::lock_guard lock(listeners_guard_);
    const auto at = listeners_.insert(listeners_.end(), std::move(wake));
    return {nullptr, [self = shared_from_this(), at](void*) {
              const std::lock_guard inner(self->listeners_guard_);
              self->listeners_.erase(at);
            }};
  }

 private:
  // Held while a listener runs: once its guard is gone it is never called again.
  void notify() {
    const std::lock_guard lock(listeners_guard_);
    for (const auto& wake : listeners_) wake();
  }

  mutable std::mutex guard_;
  std::vector<data::element> elements_;
  bool closed_ = false;
  std::mutex listeners_guard_;
  std::list<std::function<void()>> listeners_;
};

struct registry {
  std::mutex guard;
  std::map<std::string, std::shared_ptr<feed_queue>> queues;
};

registry& all() {
  static registry instance;
  return instance;
}

}  // namespace

std::shared_ptr<feed_queue> make_queue() { return std::make_shared<queue>(); }

std::shared_ptr<feed_queue> open_feed(const std::string& name) {
  const std::lock_guard lock(all().guard);
  auto& queue_at = all().queues[name];
  if (!queue_at) queue_at = std::make_shared<queue>();
  return queue_at;
}

void drop_feed(const std::string& name) {
  const std::lock_guard lock(all().guard);
  all().queues.erase(name);
}

}  // namespace millrace::connectors::feed
