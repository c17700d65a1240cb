#include "net/transport/channel_table.hpp"

#include <vector>

namespace millrace::net {

void channel_table::add(key at, writer_end end) {
  const std::scoped_lock hold(mutex_);
  writers_[at] = std::make_shared<writer_end>(std::move(end));
}

void channel_table::add(key at, reader_end end) {
  const std::scoped_lock hold(mutex_);
  readers_[at] = std::make_shared<reader_end>(std::move(end));
}

void channel_table::forget(std::uint32_t attempt) {
  const std::scoped_lock hold(mutex_);
  std::erase_if(writers_, [&](const auto& entry) { return entry.first.first == attempt; });
  std::erase_if(readers_, [&](const auto& entry) { return entry.first.first == attempt; });
}

template <class Map>
auto channel_table::find(Map& ends, key at) -> typename Map::mapped_type {
  const auto found = ends.find(at);
  return found == ends.end() ? nullptr : found->second;
}

void channel_table::take(link_message message) {
  if (message.frames.empty()) return;
  const auto frame = read_channel_frame(message.frames.front());
  if (!frame) return;
  if (frame->what == channel_frame::kind::grant) return take_grant(*frame);
  message.frames.erase(message.frames.begin());
  take_element(*frame, std::move(message));
}

void channel_table::take_grant(const channel_frame& frame) {
  std::shared_ptr<writer_end> end;
  {
    const std::scoped_lock hold(mutex_);
    end = find(writers_, {frame.attempt, frame.channel});
  }
  if (end) end->sender->grant(end->out, frame.bytes);
}

void channel_table::take_element(const channel_frame& frame, link_message message) {
  std::shared_ptr<reader_end> end;
  {
    const std::scoped_lock hold(mutex_);
    end = find(readers_, {frame.attempt, frame.channel});
  }
  if (!end) return;
  auto element = decode(*end, frame, std::move(message));
  if (!element) return end->receiver->fail(element.take_error());
  end->receiver->deliver(end->in, {std::move(*element), frame.bytes});
}

result<data::element> channel_table::decode(reader_end& end, const channel_frame& frame,
                                            link_message message) const {
  MILLRACE_TRY(auto decoded, codec::decode(message.frames, message.owner, end.rows));
  const codec::frame_header expected{attempt_id(frame.attempt), channel_id(frame.channel),
                                     end.next_sequence};
  if (decoded.header != expected) {
    return make_error(errc::net_bad_sequence, "element " + std::to_string(decoded.header.sequence) +
                                                  " of channel " + std::to_string(frame.channel) +
                                                  " came from " + end.peer + " instead of " +
                                                  std::to_string(end.next_sequence));
  }
  ++end.next_sequence;
  return std::move(decoded.element);
}

void channel_table::fail_peer(const std::string& peer, const error& cause) {
  std::vector<std::shared_ptr<runtime::mailbox>> hit;
  {
    const std::scoped_lock hold(mutex_);
    for (const auto& [at, end] : writers_) {
      if (end->peer == peer) hit.push_back(end->sender);
    }
    for (const auto& [at, end] : readers_) {
      if (end->peer == peer) hit.push_back(end->receiver);
    }
    std::erase_if(writers_, [&](const auto& entry) { return entry.second->peer == peer; });
    std::erase_if(readers_, [&](const auto& entry) { return entry.second->peer == peer; });
  }
  for (const auto& mailbox : hit) mailbox->fail(cause);
}

}  // namespace millrace::net
