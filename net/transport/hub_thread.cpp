#include "net/transport/hub_thread.hpp"

#include "core/base/net_errors.hpp"

#include <sys/eventfd.h>
#include <unistd.h>
#include <zmq.h>

#include <cstring>
#include <random>
#include <utility>

namespace millrace::net {

namespace {

constexpr int probe_every_ms = 500;  // ZMTP heartbeats
constexpr int silence_ms = 2'000;    // after which a connection counts as broken
constexpr int linger_ms = 1'000;     // for what is queued when a hub goes
constexpr std::size_t most_frames = 4'096;
constexpr std::size_t messages_per_turn = 1'024;
constexpr char name_end = '\x1f';  // in an identity, between name and what makes it unique

constexpr int ends_of_a_link = ZMQ_EVENT_DISCONNECTED | ZMQ_EVENT_CLOSED |
                               ZMQ_EVENT_CONNECT_RETRIED | ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL |
                               ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL |
                               ZMQ_EVENT_HANDSHAKE_FAILED_AUTH;

std::string name_in(std::span<const std::byte> identity) {
  const std::string_view text(reinterpret_cast<const char*>(identity.data()), identity.size());
  return std::string(text.substr(0, text.find(name_end)));
}

const char* meaning_of(std::uint16_t event) {
  switch (event) {
    case ZMQ_EVENT_DISCONNECTED: return "the connection broke";
    case ZMQ_EVENT_HANDSHAKE_FAILED_AUTH: return "its keys were refused";
    case ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL:
    case ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL: return "it does not speak our protocol";
    default: return "nobody answers";
  }
}

}  // namespace

hub_thread::hub_thread(hub_options options, std::shared_ptr<link_listener> to)
    : options_(std::move(options)),
      listener_(std::move(to)),
      context_(make_context()),
      wake_(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
  std::random_device random;
  identities_ = (std::uint64_t{random()} << 32) | random();
}

hub_thread::~hub_thread() {
  links_.clear();
  router_.reset();
  context_.reset();
  close(wake_);
}

void hub_thread::set_limits(void* socket) const {
  // What waits is bounded by the credit of channels, above.
  set_option(socket, ZMQ_SNDHWM, 0);
  set_option(socket, ZMQ_RCVHWM, 0);
  set_option(socket, ZMQ_MAXMSGSIZE, static_cast<std::int64_t>(options_.max_frame_bytes));
  set_option(socket, ZMQ_HEARTBEAT_IVL, probe_every_ms);
  set_option(socket, ZMQ_HEARTBEAT_TIMEOUT, silence_ms);
  set_option(socket, ZMQ_LINGER, linger_ms);
}

result<void> hub_thread::listen() {
  router_ = make_socket(context_.get(), ZMQ_ROUTER);
  set_limits(router_.get());
  if (zmq_bind(router_.get(), options_.listen.c_str()) != 0) {
    return make_error(net_cannot_listen,
                      "cannot listen on " + options_.listen + ": " + last_failure(),
                      "choose another port; 0 takes a free one");
  }
  char bound[256];
  std::size_t size = sizeof bound;
  zmq_getsockopt(router_.get(), ZMQ_LAST_ENDPOINT, bound, &size);
  endpoint_ = bound;
  return {};
}

void hub_thread::tell(hub_command command) {
  bool first = false;
  {
    const std::scoped_lock hold(mutex_);
    first = commands_.empty();
    commands_.push_back(std::move(command));
  }
  const std::uint64_t one = 1;
  if (first) static_cast<void>(!write(wake_, &one, sizeof one));
}

std::vector<hub_command> hub_thread::take_commands() {
  std::uint64_t count = 0;
  static_cast<void>(!read(wake_, &count, sizeof count));
  const std::scoped_lock hold(mutex_);
  return std::exchange(commands_, {});
}

void hub_thread::run() {
  while (true) {
    wait_for_work();
    for (hub_command& command : take_commands()) {
      if (!carry_out(command)) return;
    }
    read_messages();
    read_monitors();
  }
}

void hub_thread::wait_for_work() {
  std::vector<zmq_pollitem_t> all;
  all.push_back({nullptr, wake_, ZMQ_POLLIN, 0});
  all.push_back({router_.get(), 0, ZMQ_POLLIN, 0});
  for (const auto& [id, link] : links_) all.push_back({link.monitor.get(), 0, ZMQ_POLLIN, 0});
  zmq_poll(all.data(), static_cast<int>(all.size()), -1);
}

bool hub_thread::carry_out(hub_command& command) {
  switch (command.what) {
    case hub_command::kind::stop: return false;
    case hub_command::kind::connect: connect(command.link, command.endpoint); return true;
    case hub_command::kind::close: links_.erase(command.link); return true;
    case hub_command::kind::send: break;
  }
  const auto link = links_.find(command.link);
  if (link == links_.end()) return true;
  if (!send_frames(link->second.dealer.get(), command.message)) {
    break_link(command.link, meaning_of(ZMQ_EVENT_DISCONNECTED));
  }
  return true;
}

void hub_thread::connect(link_id link, const std::string& endpoint) {
  link_sockets sockets;
  sockets.dealer = make_socket(context_.get(), ZMQ_DEALER);
  void* dealer = sockets.dealer.get();
  set_limits(dealer);
  set_option(dealer, ZMQ_RECONNECT_IVL, -1);  // it would lose messages without a word
  set_option(dealer, ZMQ_CONNECT_TIMEOUT, static_cast<int>(options_.connect_timeout_ms));
  set_option(dealer, ZMQ_HANDSHAKE_IVL, static_cast<int>(options_.connect_timeout_ms));
  set_option(dealer, ZMQ_ROUTING_ID,
             options_.name + name_end + std::to_string(identities_ + link.value));
  const std::string events = "inproc://monitor-" + std::to_string(link.value);
  zmq_socket_monitor(dealer, events.c_str(), ends_of_a_link);
  sockets.monitor = make_socket(context_.get(), ZMQ_PAIR);
  zmq_connect(sockets.monitor.get(), events.c_str());
  const bool made = zmq_connect(dealer, endpoint.c_str()) == 0;
  links_.emplace(link, std::move(sockets));
  if (!made) break_link(link, "'" + endpoint + "' is no address: " + last_failure());
}

void hub_thread::break_link(link_id link, const std::string& why) {
  const auto gone = links_.extract(link);
  if (!gone) return;
  set_option(gone.mapped().dealer.get(), ZMQ_LINGER, 0);
  listener_->on_down(link, make_error(net_peer_lost, why));
}

// A bounded number, so that commands get their turn.
void hub_thread::read_messages() {
  for (std::size_t i = 0; i < messages_per_turn; ++i) {
    const auto message = receive_frames(router_.get());
    if (!message) return;
    if (message->frames.size() < 2 || message->frames.size() > most_frames) continue;
    const std::string from = name_in(message->frames.front());
    message->frames.erase(message->frames.begin());
    listener_->on_message(from, std::move(*message));
  }
}

void hub_thread::read_monitors() {
  std::vector<std::pair<link_id, std::string>> broken;
  for (const auto& [id, link] : links_) {
    if (auto why = end_of(link.monitor.get()); !why.empty()) broken.emplace_back(id, why);
  }
  for (const auto& [id, why] : broken) break_link(id, why);
}

// The first frame of an event is its number, 16 bits, and a value.
std::string hub_thread::end_of(void* monitor) const {
  const auto event = receive_frames(monitor);
  if (!event || event->frames.empty() || event->frames[0].size() < sizeof(std::uint16_t)) return {};
  std::uint16_t number = 0;
  std::memcpy(&number, event->frames[0].data(), sizeof number);
  return meaning_of(number);
}

}  // namespace millrace::net
