#include "net/transport/channel_table.hpp"

#include "net/transport/channel_message.hpp"

#include <set>

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
auto channel_table::find(Map& ends, const std::string& from, const channel_frame& frame) ->
    typename Map::mapped_type {
  const auto found = ends.find({frame.attempt, frame.channel});
  return found == ends.end() || found->second->peer_name != from ? nullptr : found->second;
}

std::optional<channel_table::notice> channel_table::take(const std::string& from,
                                                         link_message message) {
  auto read = read_channel_message(std::move(message));
  if (!read) {
    ++dropped_;
    return std::nullopt;
  }
  switch (read->frame.what) {
    case channel_frame::kind::grant: take_grant(from, read->frame); return std::nullopt;
    case channel_frame::kind::broken: take_end(from, read->frame); return std::nullopt;
    case channel_frame::kind::element: break;
  }
  return take_element(from, read->frame, std::move(read->element));
}

void channel_table::take_grant(const std::string& from, const channel_frame& frame) {
  std::shared_ptr<writer_end> end;
  {
    const std::scoped_lock hold(mutex_);
    end = find(writers_, from, frame);
  }
  if (!end) return static_cast<void>(++dropped_);
  end->sender->grant(end->out, frame.bytes);
}

// Told by the reader's side, whose own task has failed already.
void channel_table::take_end(const std::string& from, const channel_frame& frame) {
  std::shared_ptr<writer_end> end;
  {
    const std::scoped_lock hold(mutex_);
    end = find(writers_, from, frame);
    if (end) writers_.erase({frame.attempt, frame.channel});
  }
  if (!end) return static_cast<void>(++dropped_);
  end->sender->fail(make_error(
      errc::net_bad_sequence,
      "channel " + std::to_string(frame.channel) + " has failed at its reader on " + end->peer));
}

std::optional<channel_table::notice> channel_table::take_element(const std::string& from,
                                                                 const channel_frame& frame,
                                                                 link_message message) {
  std::shared_ptr<reader_end> end;
  {
    const std::scoped_lock hold(mutex_);
    end = find(readers_, from, frame);
  }
  if (!end || end->failed) {
    ++dropped_;
    return std::nullopt;
  }
  auto element = decode(*end, frame, std::move(message));
  if (element) {
    end->receiver->deliver(end->in, {std::move(*element), frame.bytes});
    return std::nullopt;
  }
  end->failed = true;
  end->receiver->fail(element.take_error());
  return notice{
      end->peer,
      {.what = channel_frame::kind::broken, .attempt = frame.attempt, .channel = frame.channel}};
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
  std::set<std::shared_ptr<runtime::mailbox>> hit;
  {
    const std::scoped_lock hold(mutex_);
    for (const auto& [at, end] : writers_) {
      if (end->peer == peer) hit.insert(end->sender);
    }
    for (const auto& [at, end] : readers_) {
      if (end->peer == peer && !end->failed) hit.insert(end->receiver);
    }
    std::erase_if(writers_, [&](const auto& entry) { return entry.second->peer == peer; });
    std::erase_if(readers_, [&](const auto& entry) { return entry.second->peer == peer; });
  }
  for (const auto& mailbox : hit) mailbox->fail(cause);
}

}  // namespace millrace::net
