#pragma once

#include "core/codec/element_codec.hpp"
#include "core/data/types.hpp"
#include "core/runtime/channel.hpp"
#include "net/transport/channel_frame.hpp"
#include "net/transport/link_hub.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

namespace millrace::net {

/// The ends of a worker's channels to others, and what to do with what comes for them.
/// Thread safe; `take` on one thread.
class channel_table {
 public:
  using key = std::pair<std::uint32_t, std::uint32_t>;  // attempt, number

  /// The sending end: hears of grants.
  struct writer_end {
    std::shared_ptr<runtime::mailbox> sender;
    runtime::output_channel out;
    std::string peer;
  };
  /// The receiving end: gets elements.
  struct reader_end {
    std::shared_ptr<runtime::mailbox> receiver;
    channel_id in;
    data::schema rows;
    std::string peer;
    std::uint64_t next_sequence = 0;
  };

  void add(key at, writer_end end);
  void add(key at, reader_end end);
  void forget(std::uint32_t attempt);
  /// A message has come in. What is for no channel is dropped, what is no message too.
  void take(link_message message);
  /// The mailboxes of all channels to the peer fail; the channels are forgotten.
  void fail_peer(const std::string& peer, const error& cause);

 private:
  void take_grant(const channel_frame& frame);
  void take_element(const channel_frame& frame, link_message message);
  [[nodiscard]] result<data::element> decode(reader_end& end, const channel_frame& frame,
                                             link_message message) const;
  template <class Map>
  static auto find(Map& ends, key at) -> typename Map::mapped_type;

  std::mutex mutex_;
  std::map<key, std::shared_ptr<writer_end>> writers_;  // guarded by mutex_
  std::map<key, std::shared_ptr<reader_end>> readers_;  // guarded by mutex_
};

}  // namespace millrace::net
