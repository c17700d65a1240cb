#include "net/transport/link_hub.hpp"

#include "core/base/net_errors.hpp"
#include "net/transport/hub_thread.hpp"

#include <atomic>
#include <cstring>
#include <thread>
#include <utility>

namespace millrace::net {

namespace {

class running_hub final : public link_hub {
 public:
  running_hub(hub_options options, std::shared_ptr<link_listener> to)
      : machine_(std::move(options), std::move(to)) {}

  ~running_hub() override {
    if (!thread_.joinable()) return;
    machine_.tell({hub_command::kind::stop, {}, {}, {}});
    thread_.join();
  }

  result<void> start() {
    MILLRACE_CHECK(machine_.listen());
    thread_ = std::thread([this] { machine_.run(); });
    return {};
  }

  const std::string& endpoint() const override { return machine_.endpoint(); }

  link_id connect(const std::string& endpoint) override {
    const link_id link(last_link_.fetch_add(1) + 1);
    machine_.tell({hub_command::kind::connect, link, endpoint, {}});
    return link;
  }

  void send(link_id over, link_message message) override {
    machine_.tell({hub_command::kind::send, over, {}, std::move(message)});
  }

  void close(link_id link) override { machine_.tell({hub_command::kind::close, link, {}, {}}); }

 private:
  hub_thread machine_;
  std::atomic<std::uint32_t> last_link_ = 0;
  std::thread thread_;
};

}  // namespace

link_message copy_message(std::string_view bytes) {
  auto kept = std::make_shared<std::string>(bytes);
  const auto frame = std::as_bytes(std::span(kept->data(), kept->size()));
  return {std::move(kept), {frame}};
}

result<std::unique_ptr<link_hub>> link_hub::open(hub_options options,
                                                 std::shared_ptr<link_listener> to) {
  auto hub = std::make_unique<running_hub>(std::move(options), std::move(to));
  MILLRACE_CHECK(hub->start());
  return std::unique_ptr<link_hub>(std::move(hub));
}

}  // namespace millrace::net
