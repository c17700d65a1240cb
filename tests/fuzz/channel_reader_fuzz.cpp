// Messages from another worker, two ways by the first byte: odd, the frames themselves; even, edits
// to a valid message, which reach what lies behind the first checks. A channel takes what comes
// until it has failed, once, and nothing behind that.

#include "core/codec/element_codec.hpp"
#include "core/data/text_table.hpp"
#include "net/transport/channel_message.hpp"
#include "net/transport/channel_table.hpp"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

namespace {

using namespace millrace;
using bytes_list = std::vector<std::string>;

constexpr std::uint32_t attempt = 1;
constexpr std::uint32_t channel = 2;

const data::schema& table() {
  static const data::schema s{
      {{"n", data::data_type(data::type_id::bigint)}, {"s", data::data_type::string()}}};
  return s;
}

/// Reads every row that comes; aborts when something comes behind a failure.
struct strict_mailbox final : runtime::mailbox {
  void deliver(channel_id, runtime::parcel p) override {
    if (failed) std::abort();
    if (const auto* batch = std::get_if<data::batch_ptr>(&p.what)) {
      static_cast<void>(data::print_table(**batch));
    }
  }
  void grant(runtime::output_channel, std::int64_t bytes) override {
    if (failed || bytes < 0) std::abort();
  }
  void fail(error e) override {
    if (failed || e.message.empty()) std::abort();
    failed = true;
  }
  bool failed = false;
};

bytes_list copy_of(const net::link_message& message) {
  bytes_list frames;
  for (const auto f : message.frames) {
    frames.emplace_back(reinterpret_cast<const char*>(f.data()), f.size());
  }
  return frames;
}

bytes_list valid_message(net::channel_frame::kind what, std::uint64_t sequence) {
  const net::channel_frame head{.what = what, .attempt = attempt, .channel = channel, .bytes = 64};
  if (what != net::channel_frame::kind::element) return copy_of(net::notice_message(head));
  const auto batch = data::parse_table(table(), "+I | 1 | héllo\n-D | 2 | NULL\n");
  auto element = codec::encode({attempt_id(attempt), channel_id(channel), sequence}, *batch);
  return copy_of(net::element_message(head, std::move(*element)));
}

net::link_message message_of(bytes_list frames) {
  auto kept = std::make_shared<bytes_list>(std::move(frames));
  net::link_message message;
  for (const auto& f : *kept) message.frames.push_back(std::as_bytes(std::span(f)));
  message.owner = std::move(kept);
  return message;
}

// A byte with the number of frames, a byte with the length of each, the frames.
bytes_list as_they_are(std::string_view input) {
  bytes_list frames;
  const std::size_t count = std::min<std::size_t>(input.empty() ? 0 : input[0] & 7, input.size());
  if (input.size() <= count) return frames;
  std::string_view rest = input.substr(1 + count);
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t size = static_cast<unsigned char>(input[1 + i]);
    frames.emplace_back(rest.substr(0, size));
    rest.remove_prefix(frames.back().size());
  }
  return frames;
}

// A byte with the kind; edits of ten bytes: the frame, the word in it, its value.
bytes_list edited(std::string_view input, std::uint64_t sequence) {
  if (input.empty()) return {};
  const auto kind = static_cast<net::channel_frame::kind>(1 + (input[0] & 3) % 3);
  bytes_list frames = valid_message(kind, sequence);
  for (input.remove_prefix(1); input.size() >= 10; input.remove_prefix(10)) {
    std::string& frame = frames[static_cast<unsigned char>(input[0]) % frames.size()];
    if (frame.size() < 8) continue;
    const std::size_t word = static_cast<unsigned char>(input[1]) % (frame.size() / 8);
    std::memcpy(frame.data() + word * 8, input.data() + 2, 8);
  }
  return frames;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view input(reinterpret_cast<const char*>(bytes) + 1, size - 1);
  net::channel_table channels;
  const auto reader = std::make_shared<strict_mailbox>();
  const auto writer = std::make_shared<strict_mailbox>();
  const net::channel_table::key at{attempt, channel};
  channels.add(
      at, net::channel_table::reader_end{reader, channel_id(0), table(), "tcp://peer", "peer"});
  channels.add(
      at, net::channel_table::writer_end{writer, runtime::output_channel(0), "tcp://peer", "peer"});
  for (std::uint64_t turn = 0; turn < 3; ++turn) {
    auto frames = bytes[0] % 2 != 0 ? as_they_are(input) : edited(input, turn);
    const bool had_failed = reader->failed;
    const auto notice = channels.take("peer", message_of(std::move(frames)));
    if (notice.has_value() != (reader->failed && !had_failed)) std::abort();
  }
  return 0;
}
