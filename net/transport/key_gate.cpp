#include "net/transport/key_gate.hpp"

#include "core/base/net_errors.hpp"

#include <zmq.h>

#include <string_view>
#include <utility>

namespace millrace::net {

namespace {

constexpr const char* asking_address = "inproc://zeromq.zap.01";
constexpr const char* domain = "millrace";
constexpr std::size_t key_bytes = 32;

// Frames of a request, in their order; behind them the mechanism's credentials.
enum request_frame : std::size_t { version, request_id, domain_name, address, identity, mechanism };
constexpr std::size_t frames_of_curve = mechanism + 2;

std::string_view text_of(std::span<const std::byte> frame) {
  return {reinterpret_cast<const char*>(frame.data()), frame.size()};
}

std::span<const std::byte> frame_of(std::string_view text) {
  return std::as_bytes(std::span(text.data(), text.size()));
}

}  // namespace

result<void> key_gate::open(void* context, cluster_keys keys) {
  open_key_.resize(key_bytes);
  zmq_z85_decode(reinterpret_cast<std::uint8_t*>(open_key_.data()), keys.open.c_str());
  asked_ = make_socket(context, ZMQ_REP);
  set_option(asked_.get(), ZMQ_LINGER, 0);
  if (zmq_bind(asked_.get(), asking_address) == 0) return {};
  return make_error(net_cannot_listen, "cannot check keys: " + last_failure());
}

bool key_gate::holds_keys(const link_message& request) const {
  return request.frames.size() == frames_of_curve &&
         text_of(request.frames[mechanism]) == "CURVE" &&
         text_of(request.frames[mechanism + 1]) == open_key_;
}

std::vector<std::string> key_gate::answer() {
  std::vector<std::string> refused;
  while (const auto request = receive_frames(asked_.get())) {
    const bool known = holds_keys(*request);
    if (!known) refused.emplace_back(text_of(request->frames[address]));
    link_message reply;
    reply.frames = {request->frames[version],
                    request->frames[request_id],
                    frame_of(known ? "200" : "400"),
                    frame_of(known ? "OK" : "not the keys of this cluster"),
                    frame_of(""),
                    frame_of("")};
    static_cast<void>(send_frames(asked_.get(), reply));
  }
  return refused;
}

// libzmq asks the gate where there is one: it opens before the first socket listens, and goes after
// the last.
void listen_with(void* socket, const cluster_keys& keys) {
  set_option(socket, ZMQ_CURVE_SERVER, 1);
  set_option(socket, ZMQ_CURVE_SECRETKEY, keys.secret);
  set_option(socket, ZMQ_ZAP_DOMAIN, std::string(domain));
}

void connect_with(void* socket, const cluster_keys& keys) {
  set_option(socket, ZMQ_CURVE_SERVERKEY, keys.open);
  set_option(socket, ZMQ_CURVE_PUBLICKEY, keys.open);
  set_option(socket, ZMQ_CURVE_SECRETKEY, keys.secret);
}

}  // namespace millrace::net
