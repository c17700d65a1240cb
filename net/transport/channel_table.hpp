#pragma once

#include "core/codec/element_codec.hpp"
#include "core/data/types.hpp"
#include "core/runtime/channel.hpp"
#include "net/transport/channel_frame.hpp"
#include "net/transport/link_hub.hpp"

#include <atomic>
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
    std::string peer_name;
  };
  /// The receiving end: gets elements.
  struct reader_end {
    std::shared_ptr<runtime::mailbox> receiver;
    channel_id in;
    data::schema rows;
    std::string peer;
    std::string peer_name;
    std::uint64_t next_sequence = 0;
    bool failed = false;  // told once; nothing is delivered any more
  };
  /// What the other end of a channel has to hear.
  struct notice {
    std::string peer;
    channel_frame frame;
  };

  void add(key at, writer_end end);
  void add(key at, reader_end end);
  void forget(std::uint32_t attempt);
  /// A message has come in, from the data plane of that name. What is for no channel with it is
  /// counted and dropped, what is no message too.
  /// Gives what to answer when the message has failed its channel.
  [[nodiscard]] std::optional<notice> take(const std::string& from, link_message message);
  /// Messages that were dropped so far.
  [[nodiscard]] std::uint64_t dropped() const { return dropped_.load(); }
  /// The mailboxes of all channels to the peer fail, each once; the channels are forgotten.
  void fail_peer(const std::string& peer, const error& cause);

 private:
  void take_grant(const std::string& from, const channel_frame& frame);
  void take_end(const std::string& from, const channel_frame& frame);
  [[nodiscard]] std::optional<notice> take_element(const std::string& from,
                                                   const channel_frame& frame,
                                                   link_message message);
  [[nodiscard]] result<data::element> decode(reader_end& end, const channel_frame& frame,
                                             link_message message) const;
  template <class Map>
  static auto find(Map& ends, const std::string& from, const channel_frame& frame) ->
      typename Map::mapped_type;

  std::atomic<std::uint64_t> dropped_ = 0;
  std::mutex mutex_;
  std::map<key, std::shared_ptr<writer_end>> writers_;  // guarded by mutex_
  std::map<key, std::shared_ptr<reader_end>> readers_;  // guarded by mutex_
};

}  // namespace millrace::net
