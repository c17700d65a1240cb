#pragma once

#include "core/base/error.hpp"
#include "core/base/result.hpp"
#include "core/base/strong_id.hpp"
#include "net/transport/cluster_keys.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace millrace::net {

/// A message of several frames; `owner` keeps their bytes alive, immutable.
struct link_message {
  std::shared_ptr<const void> owner;
  std::vector<std::span<const std::byte>> frames;
};

/// A message whose one frame is a copy of `bytes`.
[[nodiscard]] link_message copy_message(std::string_view bytes);

/// An outgoing link of a hub, never used again.
using link_id = strong_id<struct link_id_tag, std::uint32_t>;

/// Who hears of a hub. Called on the hub's thread; must not block, may call `send` and `connect`.
class link_listener {
 public:
  virtual ~link_listener() = default;
  /// `from`: the name of the hub that sent it.
  virtual void on_message(const std::string& from, link_message message) = 0;
  /// A link has broken, or could not be made in time; it is gone for ever: what was sent over it
  /// may be lost.
  virtual void on_down(link_id link, const error& cause) = 0;
  /// Somebody at that address has other keys, and was not let in.
  virtual void on_stranger(const std::string& address) { static_cast<void>(address); }
};

/// More frames than any element has; a message of more breaks its link.
inline constexpr std::size_t most_frames = 1U << 14;

struct hub_options {
  std::string name;                          ///< unique among hubs that meet; 1 to 200 bytes
  std::string listen = "tcp://127.0.0.1:0";  ///< port 0: any free one
  std::string advertise;                     ///< host in `endpoint`; empty: that of `listen`
  cluster_keys keys;                         ///< none: links are not encrypted
  std::size_t max_frame_bytes = 64U << 20;   ///< ZMQ_MAXMSGSIZE
  std::int64_t connect_timeout_ms = 5'000;
  std::int64_t silence_ms = 2'000;  ///< a peer that has not answered for that long is gone
};

/// Messages between processes over ZeroMQ: one thread, one listening socket, and one socket per
/// link that this side has made. Links never reconnect by themselves, for libzmq loses messages
/// when they do. Thread safe; messages of one link arrive in order.
class link_hub {
 public:
  /// Listens. Errors: 1002 for a name that is none, 5004 for an address that is taken or none. With
  /// keys only hubs of the same ones are let in, and met.
  [[nodiscard]] static result<std::unique_ptr<link_hub>> open(hub_options options,
                                                              std::shared_ptr<link_listener> to);
  virtual ~link_hub() = default;
  /// Where others reach this hub, with the real port.
  [[nodiscard]] virtual const std::string& endpoint() const = 0;
  /// A link to the hub at `endpoint`; it is made in the background, messages wait until then.
  [[nodiscard]] virtual link_id connect(const std::string& endpoint) = 0;
  /// Never blocks, never copies frames above a few hundred bytes. Does nothing on a link that is
  /// gone. A message above the limits breaks the link with error 5002.
  virtual void send(link_id over, link_message message) = 0;
  /// Lets a link go without telling of it.
  virtual void close(link_id link) = 0;
};

}  // namespace millrace::net
