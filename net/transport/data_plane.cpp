#include "net/transport/data_plane.hpp"

#include "net/transport/channel_message.hpp"
#include "net/transport/channel_table.hpp"
#include "net/transport/link_hub.hpp"

#include <algorithm>
#include <map>
#include <mutex>
#include <utility>

namespace millrace::net {

namespace {

/// Links to other workers, one each, made when first needed.
class peer_links {
 public:
  link_id to(const std::string& peer, link_hub& over) {
    const std::scoped_lock hold(mutex_);
    const auto known = links_.find(peer);
    if (known != links_.end()) return known->second;
    return links_[peer] = over.connect(peer);
  }
  /// The peer whose link it was; empty when none was.
  std::string forget(link_id link) {
    const std::scoped_lock hold(mutex_);
    for (auto at = links_.begin(); at != links_.end(); ++at) {
      if (at->second == link) return links_.extract(at).key();
    }
    return {};
  }

 private:
  std::mutex mutex_;
  std::map<std::string, link_id> links_;  // guarded by mutex_
};

using segment_list = std::span<const std::span<const std::byte>>;

std::size_t largest_of(segment_list segments) {
  std::size_t largest = 0;
  for (const auto& segment : segments) largest = std::max(largest, segment.size());
  return largest;
}

error too_large(segment_list segments) {
  return make_error(errc::net_frame_too_large,
                    "a batch with a column of " + std::to_string(largest_of(segments)) +
                        " bytes in " + std::to_string(segments.size()) +
                        " buffers; between workers go 64 MiB and 16383 buffers at most",
                    "send smaller values, or fewer columns");
}

class remote_writer final : public runtime::channel_writer {
 public:
  remote_writer(remote_channel channel, std::shared_ptr<runtime::mailbox> sender, link_hub& hub,
                link_id link)
      : channel_(std::move(channel)), sender_(std::move(sender)), hub_(hub), link_(link) {}

  void send(runtime::parcel p) override {
    const auto* batch = std::get_if<data::batch_ptr>(&p.what);
    if (batch == nullptr || p.bytes <= whole_below || (*batch)->row_count() < 2) {
      return send_whole(p);
    }
    send_pieces(*batch, p.bytes);
  }

 private:
  static constexpr std::int64_t whole_below = 16 << 20;
  static constexpr std::int64_t piece_bytes = 6 << 20;

  // Three at least: then each is less than half of the batch, of which only its rows are sent.
  void send_pieces(const data::batch_ptr& batch, std::int64_t bytes) {
    const std::uint64_t rows = batch->row_count();
    const auto pieces =
        std::min<std::uint64_t>(rows, static_cast<std::uint64_t>(bytes / piece_bytes));
    std::int64_t left = bytes;
    for (std::uint64_t i = 0; i < pieces; ++i) {
      const auto begin = static_cast<std::uint32_t>(rows * i / pieces);
      const auto end = static_cast<std::uint32_t>(rows * (i + 1) / pieces);
      const std::int64_t share = i + 1 == pieces ? left : bytes / static_cast<std::int64_t>(pieces);
      left -= share;
      send_whole({data::live_slice(batch, begin, end - begin), share});
    }
  }

  void send_whole(const runtime::parcel& p) {
    const codec::frame_header header{channel_.attempt, channel_id(channel_.number), sequence_++};
    auto coded = codec::encode(header, p.what);
    if (!coded) return sender_->fail(coded.take_error());
    const auto segments = (*coded)->segments();
    if (segments.size() >= most_frames || largest_of(segments) > hub_options{}.max_frame_bytes) {
      return sender_->fail(too_large(segments));
    }
    const channel_frame frame{.what = channel_frame::kind::element,
                              .attempt = channel_.attempt.value,
                              .channel = channel_.number,
                              .bytes = p.bytes};
    hub_.send(link_, element_message(frame, std::move(*coded)));
  }

  remote_channel channel_;
  std::shared_ptr<runtime::mailbox> sender_;
  link_hub& hub_;
  link_id link_;
  std::uint64_t sequence_ = 0;
};

class remote_reader final : public runtime::channel_reader {
 public:
  remote_reader(remote_channel channel, link_hub& hub, link_id link)
      : channel_(std::move(channel)), hub_(hub), link_(link) {}

  void grant(std::int64_t bytes) override {
    const channel_frame frame{.what = channel_frame::kind::grant,
                              .attempt = channel_.attempt.value,
                              .channel = channel_.number,
                              .bytes = bytes};
    hub_.send(link_, notice_message(frame));
  }

 private:
  remote_channel channel_;
  link_hub& hub_;
  link_id link_;
};

class running_plane final : public data_plane {
 public:
  result<void> start(data_plane_options options) {
    hub_options hub;
    hub.name = std::move(options.name);
    hub.listen = std::move(options.listen);
    hub.silence_ms = options.silence_ms;
    hub.advertise = std::move(options.advertise);
    hub.keys = std::move(options.keys);
    MILLRACE_TRY(hub_, link_hub::open(std::move(hub), std::make_shared<listener>(*this)));
    return {};
  }

  const std::string& endpoint() const override { return hub_->endpoint(); }

  std::unique_ptr<runtime::channel_writer> make_writer(remote_channel channel,
                                                       std::shared_ptr<runtime::mailbox> sender,
                                                       runtime::output_channel out) override {
    // In the table first: a link that breaks right now has to find it.
    table_.add({channel.attempt.value, channel.number},
               channel_table::writer_end{sender, out, channel.peer, channel.peer_name});
    const link_id link = links_.to(channel.peer, *hub_);
    return std::make_unique<remote_writer>(std::move(channel), std::move(sender), *hub_, link);
  }

  std::unique_ptr<runtime::channel_reader> make_reader(remote_channel channel,
                                                       std::shared_ptr<runtime::mailbox> receiver,
                                                       channel_id in, data::schema rows) override {
    table_.add({channel.attempt.value, channel.number},
               channel_table::reader_end{std::move(receiver), in, std::move(rows), channel.peer,
                                         channel.peer_name});
    const link_id link = links_.to(channel.peer, *hub_);
    return std::make_unique<remote_reader>(std::move(channel), *hub_, link);
  }

  void forget(attempt_id attempt) override { table_.forget(attempt.value); }
  std::uint64_t dropped() const override { return table_.dropped(); }

 private:
  class listener final : public link_listener {
   public:
    explicit listener(running_plane& plane) : plane_(plane) {}
    void on_message(const std::string& from, link_message message) override {
      plane_.on_message(from, std::move(message));
    }
    void on_down(link_id link, const error& cause) override { plane_.on_down(link, cause); }

   private:
    running_plane& plane_;
  };

  void on_message(const std::string& from, link_message message) {
    const auto answer = table_.take(from, std::move(message));
    if (answer) hub_->send(links_.to(answer->peer, *hub_), notice_message(answer->frame));
  }

  void on_down(link_id link, const error& cause) {
    const std::string peer = links_.forget(link);
    if (!peer.empty()) table_.fail_peer(peer, cause);
  }

  channel_table table_;
  peer_links links_;
  std::unique_ptr<link_hub> hub_;  // last: its thread uses the others
};

}  // namespace

result<std::unique_ptr<data_plane>> data_plane::open(data_plane_options options) {
  auto plane = std::make_unique<running_plane>();
  MILLRACE_CHECK(plane->start(std::move(options)));
  return std::unique_ptr<data_plane>(std::move(plane));
}

}  // namespace millrace::net
