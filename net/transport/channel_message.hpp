#pragma once

#include "core/codec/element_codec.hpp"
#include "net/transport/channel_frame.hpp"
#include "net/transport/link_hub.hpp"

#include <memory>
#include <optional>

namespace millrace::net {

// A message between data planes: a first frame of `channel_frame`, the size of each segment of its
// element as 64 bits, and the segments that are small, each filled up to 8 bytes; then a frame for
// each large segment. Gathering costs a copy, a frame costs system calls and wake-ups at both ends
// (ADR 0015).

/// Segments from this size on are frames of their own, referred to and not copied.
inline constexpr std::size_t frame_of_its_own_bytes = 128U << 10;

/// What nothing follows: a grant, or the end of a channel.
[[nodiscard]] link_message notice_message(const channel_frame& frame);
/// Behind `frame`, whose `segments` is filled in, the segments of the element.
[[nodiscard]] link_message element_message(channel_frame frame,
                                           std::shared_ptr<const codec::encoded_element> element);

struct channel_message {
  channel_frame frame;
  link_message element;  ///< the segments, over the bytes of what came; none behind a notice
};
/// Nothing for frames that are no such message.
[[nodiscard]] std::optional<channel_message> read_channel_message(link_message message);

}  // namespace millrace::net
