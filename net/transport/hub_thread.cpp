#include "net/transport/hub_thread.hpp"

#include "core/base/net_errors.hpp"

#include <sys/eventfd.h>
#include <unistd.h>
#include <zmq.h>

#include <algorithm>
#include <cstring>
#include <random>
#include <utility>

namespace millrace::net {

namespace {

using steady = std::chrono::steady_clock;

constexpr int linger_ms = 1'000;  // for what is queued when a hub goes
constexpr std::size_t messages_per_turn = 1'024;
constexpr std::size_t longest_name = 200;     // an identity of ZeroMQ has 255 bytes
constexpr std::size_t encryption_bytes = 64;  // more than CURVE adds to a frame
constexpr char name_end = '\x1f';  // in an identity, between name and what makes it unique

constexpr int events_of_a_link =
    ZMQ_EVENT_HANDSHAKE_SUCCEEDED | ZMQ_EVENT_DISCONNECTED | ZMQ_EVENT_CLOSED |
    ZMQ_EVENT_CONNECT_RETRIED | ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL |
    ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL | ZMQ_EVENT_HANDSHAKE_FAILED_AUTH;

std::string name_in(std::span<const std::byte> identity) {
  const std::string_view text(reinterpret_cast<const char*>(identity.data()), identity.size());
  return std::string(text.substr(0, text.find(name_end)));
}

std::string advertised(const std::string& bound, const std::string& host) {
  return host.empty() ? bound : "tcp://" + host + bound.substr(bound.rfind(':'));
}

// Only where it is asked for: a host's name would not be looked up as IPv4 any more.
void allow_for_ipv6(void* socket, const std::string& address) {
  if (address.find('[') != std::string::npos) set_option(socket, ZMQ_IPV6, 1);
}

error lost(const std::string& why) { return make_error(net_peer_lost, why); }

error meaning_of(std::uint16_t event) {
  switch (event) {
    case ZMQ_EVENT_DISCONNECTED: return lost("the connection broke");
    case ZMQ_EVENT_HANDSHAKE_FAILED_AUTH: return lost("its keys were refused");
    case ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL:
    case ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL: return lost("it does not speak our protocol");
    default: return lost("nobody answers");
  }
}

// libzmq tells a listener with other keys, or none, from one that just went away in few cases.
error never_made(std::uint16_t event) {
  error why = meaning_of(event);
  if (event != ZMQ_EVENT_CLOSED && event != ZMQ_EVENT_CONNECT_RETRIED) {
    why.message += " before the link was made";
    why.hint = "both ends need the same cluster.key, or both none";
  }
  return why;
}

// The first frame of an event is its number, 16 bits, and a value. Nothing: no event waits.
std::optional<std::uint16_t> next_event(void* monitor) {
  const auto event = receive_frames(monitor);
  if (!event || event->frames[0].size() < sizeof(std::uint16_t)) return std::nullopt;
  std::uint16_t number = 0;
  std::memcpy(&number, event->frames[0].data(), sizeof number);
  return number;
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
  gate_ = key_gate();
  context_.reset();
  close(wake_);
}

void hub_thread::set_limits(void* socket) const {
  // What waits is bounded by the credit of channels, above.
  set_option(socket, ZMQ_SNDHWM, 0);
  set_option(socket, ZMQ_RCVHWM, 0);
  const std::size_t most =
      options_.max_frame_bytes + (options_.keys.given() ? encryption_bytes : 0);
  set_option(socket, ZMQ_MAXMSGSIZE, static_cast<std::int64_t>(most));
  const int silence = static_cast<int>(options_.silence_ms);
  set_option(socket, ZMQ_HEARTBEAT_IVL, silence / 4);
  set_option(socket, ZMQ_HEARTBEAT_TIMEOUT, silence);
  set_option(socket, ZMQ_LINGER, linger_ms);
}

result<void> hub_thread::check_name() const {
  const std::string& name = options_.name;
  const bool plain = !name.empty() && name.size() <= longest_name && name.front() != '\0' &&
                     name.find(name_end) == std::string::npos;
  if (plain) return {};
  return make_error(errc::config_bad_value,
                    "a name of " + std::to_string(name.size()) + " bytes for a process",
                    "take 1 to 200 bytes of plain text");
}

result<void> hub_thread::listen() {
  MILLRACE_CHECK(check_name());
  router_ = make_socket(context_.get(), ZMQ_ROUTER);
  set_limits(router_.get());
  if (options_.keys.given()) {
    MILLRACE_CHECK(gate_.open(context_.get(), options_.keys));
    listen_with(router_.get(), options_.keys);
  }
  allow_for_ipv6(router_.get(), options_.listen);
  if (zmq_bind(router_.get(), options_.listen.c_str()) != 0) {
    return make_error(net_cannot_listen,
                      "cannot listen on " + options_.listen + ": " + last_failure(),
                      "choose another port; 0 takes a free one");
  }
  char bound[256];
  std::size_t size = sizeof bound;
  zmq_getsockopt(router_.get(), ZMQ_LAST_ENDPOINT, bound, &size);
  endpoint_ = advertised(bound, options_.advertise);
  return {};
}

void hub_thread::tell(hub_command command) {
  bool wake = false;
  {
    const std::scoped_lock hold(mutex_);
    wake = commands_.empty() && std::this_thread::get_id() != own_thread_;
    commands_.push_back(std::move(command));
  }
  const std::uint64_t one = 1;
  if (wake) static_cast<void>(!write(wake_, &one, sizeof one));
}

std::vector<hub_command> hub_thread::take_commands() {
  const std::scoped_lock hold(mutex_);
  return std::exchange(commands_, {});
}

void hub_thread::run() {
  {
    const std::scoped_lock hold(mutex_);
    own_thread_ = std::this_thread::get_id();
  }
  while (true) {
    const work now = wait_for_work();
    if (now.commands) {
      std::uint64_t count = 0;
      static_cast<void>(!read(wake_, &count, sizeof count));
    }
    if (now.strangers) let_in();
    if (now.messages) read_messages();
    for (const link_id link : now.events) read_events(link);
    break_late_links();
    if (!carry_out_all()) return;
  }
}

bool hub_thread::carry_out_all() {
  for (hub_command& command : take_commands()) {
    if (!carry_out(command)) return false;
  }
  return true;
}

hub_thread::work hub_thread::wait_for_work() {
  std::vector<zmq_pollitem_t> all;
  std::vector<link_id> polled;
  all.push_back({nullptr, wake_, ZMQ_POLLIN, 0});
  all.push_back({router_.get(), 0, ZMQ_POLLIN, 0});
  const std::size_t first_link = all.size();
  for (const auto& [id, link] : links_) {
    all.push_back({link.monitor.get(), 0, ZMQ_POLLIN, 0});
    polled.push_back(id);
  }
  if (gate_.socket() != nullptr) all.push_back({gate_.socket(), 0, ZMQ_POLLIN, 0});
  if (zmq_poll(all.data(), static_cast<int>(all.size()), patience_ms()) < 0) return {};
  work found{.commands = all[0].revents != 0, .messages = all[1].revents != 0, .events = {}};
  found.strangers = gate_.socket() != nullptr && all.back().revents != 0;
  for (std::size_t i = 0; i < polled.size(); ++i) {
    if (all[i + first_link].revents != 0) found.events.push_back(polled[i]);
  }
  return found;
}

// Until the next link has to be made; for ever when none waits. Not at all while there are
// commands: those of the hub's own thread do not wake it.
int hub_thread::patience_ms() {
  {
    const std::scoped_lock hold(mutex_);
    if (!commands_.empty()) return 0;
  }
  std::int64_t patience = -1;
  for (const auto& [id, link] : links_) {
    if (link.made) continue;
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(link.deadline - steady::now()).count();
    const std::int64_t wait = std::max<std::int64_t>(left, 0);
    patience = patience < 0 ? wait : std::min(patience, wait);
  }
  return static_cast<int>(patience);
}

bool hub_thread::carry_out(hub_command& command) {
  switch (command.what) {
    case hub_command::kind::stop: return false;
    case hub_command::kind::connect: connect(command.link, command.endpoint); return true;
    case hub_command::kind::close: links_.erase(command.link); return true;
    case hub_command::kind::send: send(command.link, command.message); return true;
  }
  return true;
}

void hub_thread::send(link_id over, const link_message& message) {
  const auto link = links_.find(over);
  if (link == links_.end()) return;
  std::size_t largest = 0;
  for (const auto& frame : message.frames) largest = std::max(largest, frame.size());
  if (largest > options_.max_frame_bytes || message.frames.size() > most_frames) {
    return break_link(
        over, make_error(errc::net_frame_too_large,
                         "a message of " + std::to_string(message.frames.size()) +
                             " frames, the largest of " + std::to_string(largest) +
                             " bytes; the limit is " + std::to_string(options_.max_frame_bytes)));
  }
  if (!send_frames(link->second.dealer.get(), message)) {
    break_link(over, meaning_of(ZMQ_EVENT_DISCONNECTED));
  }
}

// What breaks before there is a link is told as the end of one.
void hub_thread::connect(link_id link, const std::string& endpoint) {
  link_sockets sockets;
  sockets.deadline = steady::now() + std::chrono::milliseconds(options_.connect_timeout_ms);
  sockets.dealer = make_watched_socket(context_.get(), ZMQ_DEALER);
  const bool watched = sockets.dealer != nullptr && watch(link, sockets);
  if (watched) set_up_dealer(link, sockets.dealer.get());
  if (watched) allow_for_ipv6(sockets.dealer.get(), endpoint);
  const bool made = watched && zmq_connect(sockets.dealer.get(), endpoint.c_str()) == 0;
  const std::string why = made ? "" : last_failure();
  links_.emplace(link, std::move(sockets));
  if (!watched) return break_link(link, lost("no socket is left for a link: " + why));
  if (!made) break_link(link, lost("'" + endpoint + "' is no address: " + why));
}

void hub_thread::set_up_dealer(link_id link, void* dealer) const {
  const int patience = static_cast<int>(options_.connect_timeout_ms);
  set_limits(dealer);
  if (options_.keys.given()) connect_with(dealer, options_.keys);
  set_option(dealer, ZMQ_RECONNECT_IVL, -1);  // it would lose messages without a word
  set_option(dealer, ZMQ_CONNECT_TIMEOUT, patience);
  set_option(dealer, ZMQ_HANDSHAKE_IVL, patience);
  set_option(dealer, ZMQ_ROUTING_ID,
             options_.name + name_end + std::to_string(identities_ + link.value));
}

// False: there is no socket for it.
bool hub_thread::watch(link_id link, link_sockets& sockets) const {
  const std::string events = "inproc://monitor-" + std::to_string(link.value);
  if (zmq_socket_monitor(sockets.dealer.get(), events.c_str(), events_of_a_link) != 0) return false;
  sockets.monitor = make_socket(context_.get(), ZMQ_PAIR);
  return sockets.monitor != nullptr && zmq_connect(sockets.monitor.get(), events.c_str()) == 0;
}

void hub_thread::break_link(link_id link, const error& why) {
  const auto gone = links_.extract(link);
  if (!gone) return;
  if (gone.mapped().dealer) set_option(gone.mapped().dealer.get(), ZMQ_LINGER, 0);
  listener_->on_down(link, why);
}

// A bounded number, so that commands get their turn. More frames than the limit are no message of
// ours: what they were to be is missed by its sequence number.
void hub_thread::read_messages() {
  for (std::size_t i = 0; i < messages_per_turn; ++i) {
    const auto message = receive_frames(router_.get());
    if (!message) return;
    if (message->frames.size() < 2 || message->frames.size() > most_frames + 1) continue;
    const std::string from = name_in(message->frames.front());
    message->frames.erase(message->frames.begin());
    listener_->on_message(from, std::move(*message));
  }
}

void hub_thread::let_in() {
  for (const std::string& address : gate_.answer()) listener_->on_stranger(address);
}

void hub_thread::read_events(link_id link) {
  for (auto at = links_.find(link); at != links_.end(); at = links_.find(link)) {
    const auto event = next_event(at->second.monitor.get());
    if (!event) return;
    if (*event != ZMQ_EVENT_HANDSHAKE_SUCCEEDED) {
      return break_link(link, at->second.made ? meaning_of(*event) : never_made(*event));
    }
    at->second.made = true;
  }
}

// libzmq says nothing when it finds no address for a host's name.
void hub_thread::break_late_links() {
  std::vector<link_id> late;
  for (const auto& [id, link] : links_) {
    if (!link.made && link.deadline <= steady::now()) late.push_back(id);
  }
  for (const link_id id : late) break_link(id, lost("nobody answers in time"));
}

}  // namespace millrace::net
