#pragma once

#include "core/runtime/channel.hpp"

#include <memory>

namespace millrace::net {

/// Both ends of a channel within one process.
struct in_process_ends {
  std::unique_ptr<runtime::channel_writer> writer;  ///< for the sending task
  std::unique_ptr<runtime::channel_reader> reader;  ///< for the receiving task's gate
};

/// Who is connected: the channel is output `out` of the sender and input `in` of the receiver.
struct in_process_route {
  std::shared_ptr<runtime::mailbox> sender;
  runtime::output_channel out;
  std::shared_ptr<runtime::mailbox> receiver;
  channel_id in;
  /// Sends every batch through the wire form and back, as if it went to another worker (tests).
  bool wire_codec = false;
};

/// A channel that hands elements over by reference: no copy, no parsing, no lock of its own.
/// Keeps both mailboxes alive.
[[nodiscard]] in_process_ends make_in_process_channel(in_process_route route);

}  // namespace millrace::net
