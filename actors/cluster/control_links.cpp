#include "actors/cluster/control_links.hpp"

#include "core/codec/control/control_codec.hpp"

#include <string_view>
#include <utility>

namespace millrace::actors {

namespace {

class listener final : public net::link_listener {
 public:
  explicit listener(control_events events) : events_(std::move(events)) {}

  void on_message(const std::string& from, net::link_message message) override {
    auto decoded = decode(message);
    if (!decoded) return events_.on_refused(from, decoded.error());
    events_.on_message(from, std::move(*decoded));
  }
  void on_down(net::link_id link, const error& cause) override { events_.on_lost(link, cause); }
  void on_stranger(const std::string& address) override { events_.on_stranger(address); }

 private:
  static result<coordination::control_message> decode(const net::link_message& message) {
    if (message.frames.size() != 1) {
      return make_error(errc::net_bad_frame, "a control message has " +
                                                 std::to_string(message.frames.size()) + " frames");
    }
    const auto& bytes = message.frames.front();
    return codec::decode_control({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  }

  control_events events_;
};

class linked_channel final : public control_channel {
 public:
  linked_channel(std::shared_ptr<net::link_hub> hub, net::link_id link,
                 std::shared_ptr<std::atomic<std::uint64_t>> epoch)
      : hub_(std::move(hub)), link_(link), epoch_(std::move(epoch)) {}

  void send(coordination::control_body message) override {
    const auto bytes = codec::encode_control({epoch_->load(), std::move(message)});
    hub_->send(link_, net::copy_message(bytes));
  }

 private:
  std::shared_ptr<net::link_hub> hub_;
  net::link_id link_;
  std::shared_ptr<std::atomic<std::uint64_t>> epoch_;
};

}  // namespace

result<std::unique_ptr<control_links>> control_links::open(net::hub_options options,
                                                           control_events events) {
  MILLRACE_TRY(auto hub, net::link_hub::open(std::move(options),
                                             std::make_shared<listener>(std::move(events))));
  return std::unique_ptr<control_links>(new control_links(std::move(hub)));
}

control_links::way control_links::connect(const std::string& endpoint) {
  const net::link_id link = hub_->connect(endpoint);
  return {link, std::make_shared<linked_channel>(hub_, link, epoch_)};
}

}  // namespace millrace::actors
