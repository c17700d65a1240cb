#pragma once

#include "core/base/error.hpp"
#include "core/base/strong_id.hpp"
#include "core/data/element.hpp"

#include <cstdint>

namespace millrace::runtime {

/// Index of a channel among all channels that a task writes to, from 0.
using output_channel = strong_id<struct output_channel_tag, std::uint32_t>;

/// An element on its way, with the bytes of credit it takes: those of a batch, 0 for the rest.
struct parcel {
  data::element what;
  std::int64_t bytes = 0;
};

/// The parcel of an element. A batch counts the share of its columns that its live rows make.
[[nodiscard]] parcel make_parcel(data::element what);

/// A task as its channels see it. Port: implemented by the task's actor, and by queues in tests.
/// Called from any thread; never blocks.
class mailbox {
 public:
  virtual ~mailbox() = default;
  /// What arrived on a channel of the task's gate, in the order it was sent.
  virtual void deliver(channel_id from, parcel p) = 0;
  /// The reader of one of the task's output channels takes `bytes` more.
  virtual void grant(output_channel to, std::int64_t bytes) = 0;
  /// The channel is broken; the attempt of the region ends.
  virtual void fail(error e) = 0;
};

/// The sending end of a channel. Used by the sending task only.
class channel_writer {
 public:
  virtual ~channel_writer() = default;
  /// Hands the parcel on; never blocks. The caller keeps to the channel's credit; what takes no
  /// credit (watermarks, barriers) may always be sent.
  virtual void send(parcel p) = 0;
};

/// The receiving end of a channel. Used by the receiving task only.
class channel_reader {
 public:
  virtual ~channel_reader() = default;
  /// Lets the sender send `bytes` more.
  virtual void grant(std::int64_t bytes) = 0;
};

}  // namespace millrace::runtime
