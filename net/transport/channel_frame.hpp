#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <type_traits>

namespace millrace::net {

/// The beginning of every message between data planes: what follows, and for which channel.
/// Little endian, as all of millrace's wire forms.
struct channel_frame {
  enum class kind : std::uint32_t {
    element = 1,  ///< an element's segments follow; `bytes`: the credit that it takes
    grant = 2,    ///< nothing follows; `bytes`: the credit that is given
    broken = 3,   ///< nothing follows; the other end has failed
  };
  kind what = kind::element;
  std::uint32_t attempt = 0;
  std::uint32_t channel = 0;
  std::uint32_t segments = 0;  ///< of the element that follows
  std::int64_t bytes = 0;
};
static_assert(std::is_trivially_copyable_v<channel_frame> && sizeof(channel_frame) == 24);

/// Nothing for bytes that do not begin with such a frame.
[[nodiscard]] inline std::optional<channel_frame> read_channel_frame(
    std::span<const std::byte> bytes) {
  channel_frame frame;
  if (bytes.size() < sizeof frame) return std::nullopt;
  std::memcpy(&frame, bytes.data(), sizeof frame);
  const bool known =
      frame.what >= channel_frame::kind::element && frame.what <= channel_frame::kind::broken;
  if (!known || frame.bytes < 0) return std::nullopt;
  return frame;
}

}  // namespace millrace::net
