#pragma once

#include "core/codec/element_codec.hpp"
#include "core/data/types.hpp"
#include "core/runtime/channel.hpp"
#include "net/transport/cluster_keys.hpp"

#include <cstdint>
#include <memory>
#include <string>

namespace millrace::net {

/// A channel between tasks of two workers. `number`: unique within the job's attempt, the same on
/// both sides.
struct remote_channel {
  attempt_id attempt;  ///< unique within the cluster
  std::uint32_t number = 0;
  std::string peer;       ///< the data endpoint of the other worker
  std::string peer_name;  ///< the name of its data plane; what others send is dropped
};

struct data_plane_options {
  std::string name;  ///< of this worker; unique
  // As of `hub_options`:
  std::string listen = "tcp://127.0.0.1:0";
  std::int64_t silence_ms = 2'000;
  std::string advertise;
  cluster_keys keys;
};

/// The channels of this worker to others: multiplexed over one link per worker, with large columns
/// as frames without copies, small ones gathered in one, and grants the other way. A gap, a
/// duplicate, an element of an attempt that is over, or a broken link fails the mailboxes at both
/// its ends; nothing is lost silently. A batch of more than 16 MiB goes in pieces, so that others
/// get their turn. Thread safe.
class data_plane {
 public:
  [[nodiscard]] static result<std::unique_ptr<data_plane>> open(data_plane_options options);
  virtual ~data_plane() = default;
  [[nodiscard]] virtual const std::string& endpoint() const = 0;
  /// The sending end; `sender` hears of grants as `out`.
  [[nodiscard]] virtual std::unique_ptr<runtime::channel_writer> make_writer(
      remote_channel channel, std::shared_ptr<runtime::mailbox> sender,
      runtime::output_channel out) = 0;
  /// The receiving end; `receiver` gets elements as from `in`, batches of `rows`.
  [[nodiscard]] virtual std::unique_ptr<runtime::channel_reader> make_reader(
      remote_channel channel, std::shared_ptr<runtime::mailbox> receiver, channel_id in,
      data::schema rows) = 0;
  /// Forgets all channels of an attempt and lets the mailboxes go; what still arrives for it is
  /// counted and dropped.
  virtual void forget(attempt_id attempt) = 0;
  /// Messages so far that were for no channel: of attempts that are over, or not from its peer.
  [[nodiscard]] virtual std::uint64_t dropped() const = 0;
};

}  // namespace millrace::net
