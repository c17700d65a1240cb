#pragma once

#include "core/base/result.hpp"
#include "core/base/strong_id.hpp"
#include "core/data/element.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace millrace::codec {

/// Where a frame belongs: receivers refuse a gap, a duplicate and an older attempt.
struct frame_header {
  attempt_id attempt;
  channel_id channel;
  std::uint64_t sequence = 0;
  friend bool operator==(const frame_header&, const frame_header&) = default;
};

/// A message ready to be sent. Its segments refer to the batch's own buffers, which it keeps alive;
/// immutable, so it may be shared and sent from any thread.
class encoded_element {
 public:
  virtual ~encoded_element() = default;
  encoded_element(const encoded_element&) = delete;
  encoded_element& operator=(const encoded_element&) = delete;

  /// Of one message, in order; whole 8-byte words each.
  [[nodiscard]] std::span<const std::span<const std::byte>> segments() const { return segments_; }
  /// Bytes of all segments.
  [[nodiscard]] std::size_t byte_size() const;

 protected:
  encoded_element() = default;
  std::vector<std::span<const std::byte>> segments_;
};

/// Builds the message of `schemas/element.capnp`. Large buffers are referred to, not copied; those
/// below `copy_below` bytes move into the first segment, since a frame of their own costs more. A
/// batch of which less than half is live is compacted first. Error 5002 for a buffer above 512 MiB.
[[nodiscard]] result<std::shared_ptr<const encoded_element>> encode(const frame_header& header,
                                                                    const data::element& element);
inline constexpr std::size_t copy_below = 256;

/// What a receiver takes at most.
struct decode_limits {
  std::size_t max_bytes = 256U << 20;     ///< of all segments
  std::uint32_t max_rows = 1U << 20;      ///< of a batch
  std::uint32_t max_elements = 1U << 24;  ///< of a nested column or a dictionary
};

struct decoded_element {
  frame_header header;
  data::element element;
};

/// Reads a message in place: the batch's buffers refer to the segments, which live as long as
/// `owner`. Segments that are not aligned to 8 are copied (libzmq hands small frames over so), and
/// decimals that are not aligned to 16. Nothing from outside is trusted: a batch that comes back
/// has columns of the types `expected`, whose every row can be read, with valid UTF-8.
/// Errors: 5001 for bytes that are no valid element, 5002 for more than the limits allow.
[[nodiscard]] result<decoded_element> decode(std::span<const std::span<const std::byte>> segments,
                                             std::shared_ptr<const void> owner,
                                             const data::schema& expected,
                                             const decode_limits& limits = {});

}  // namespace millrace::codec
