#include "net/transport/zmq_parts.hpp"

#include <zmq.h>

#include <cerrno>
#include <cstring>
#include <deque>

namespace millrace::net {

namespace {

constexpr std::size_t copy_below = 256;
constexpr int most_sockets = 60'000;  // of a context; a link takes three

using owner_pointer = std::shared_ptr<const void>;

void release_owner(void*, void* hint) { delete static_cast<owner_pointer*>(hint); }

/// The frames of a message as they came.
struct received_frames {
  received_frames() = default;
  ~received_frames() {
    for (zmq_msg_t& frame : frames) zmq_msg_close(&frame);
  }
  received_frames(const received_frames&) = delete;
  received_frames& operator=(const received_frames&) = delete;
  std::deque<zmq_msg_t> frames;  // never moved: small ones keep their bytes inside
};

void fill(zmq_msg_t& to, std::span<const std::byte> bytes, const owner_pointer& owner) {
  if (bytes.size() < copy_below || owner == nullptr) {
    zmq_msg_init_size(&to, bytes.size());
    if (!bytes.empty()) std::memcpy(zmq_msg_data(&to), bytes.data(), bytes.size());
    return;
  }
  auto* hint = new owner_pointer(owner);
  void* data = const_cast<std::byte*>(bytes.data());  // libzmq only reads
  zmq_msg_init_data(&to, data, bytes.size(), &release_owner, hint);
}

}  // namespace

void context_closer::operator()(void* context) const { zmq_ctx_term(context); }
void socket_closer::operator()(void* socket) const { zmq_close(socket); }
// Its last events are not sent.
void watched_socket_closer::operator()(void* socket) const {
  zmq_socket_monitor(socket, nullptr, 0);
  zmq_close(socket);
}

zmq_context make_context() {
  zmq_context made(zmq_ctx_new());
  zmq_ctx_set(made.get(), ZMQ_MAX_SOCKETS, most_sockets);
  return made;
}

zmq_socket make_socket(void* context, int type) { return zmq_socket(::zmq_socket(context, type)); }
watched_zmq_socket make_watched_socket(void* context, int type) {
  return watched_zmq_socket(::zmq_socket(context, type));
}

void set_option(void* socket, int option, int value) {
  zmq_setsockopt(socket, option, &value, sizeof value);
}
void set_option(void* socket, int option, std::int64_t value) {
  zmq_setsockopt(socket, option, &value, sizeof value);
}
void set_option(void* socket, int option, const std::string& value) {
  zmq_setsockopt(socket, option, value.data(), value.size());
}

std::string last_failure() { return zmq_strerror(zmq_errno()); }

bool send_frames(void* socket, const link_message& message) {
  for (std::size_t i = 0; i < message.frames.size(); ++i) {
    zmq_msg_t frame;
    fill(frame, message.frames[i], message.owner);
    const int more = i + 1 < message.frames.size() ? ZMQ_SNDMORE : 0;
    if (zmq_msg_send(&frame, socket, ZMQ_DONTWAIT | more) >= 0) continue;
    zmq_msg_close(&frame);
    return false;
  }
  return true;
}

std::unique_ptr<link_message> receive_frames(void* socket) {
  auto kept = std::make_shared<received_frames>();
  auto message = std::make_unique<link_message>();
  for (bool more = true; more;) {
    zmq_msg_t& frame = kept->frames.emplace_back();
    zmq_msg_init(&frame);
    if (zmq_msg_recv(&frame, socket, ZMQ_DONTWAIT) < 0) return nullptr;
    more = zmq_msg_more(&frame) != 0;
    message->frames.push_back(
        {static_cast<const std::byte*>(zmq_msg_data(&frame)), zmq_msg_size(&frame)});
  }
  message->owner = std::move(kept);
  return message;
}

}  // namespace millrace::net
