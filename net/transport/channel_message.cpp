#include "net/transport/channel_message.hpp"

#include "core/data/buffer.hpp"

#include <cstring>
#include <utility>

namespace millrace::net {

namespace {

using segment = std::span<const std::byte>;
using segment_list = std::span<const segment>;

constexpr std::size_t word = sizeof(std::uint64_t);

constexpr std::size_t whole_words(std::size_t bytes) { return (bytes + word - 1) / word * word; }

bool is_gathered(std::size_t size) { return size < frame_of_its_own_bytes; }

std::size_t first_frame_size(segment_list segments) {
  std::size_t size = sizeof(channel_frame) + word * segments.size();
  for (const segment& s : segments) size += is_gathered(s.size()) ? whole_words(s.size()) : 0;
  return size;
}

/// The bytes that a message refers to. The element lives on for its large segments only.
struct sent_element {
  std::unique_ptr<std::byte[]> first;
  std::shared_ptr<const codec::encoded_element> large;
};

class first_frame_writer {
 public:
  explicit first_frame_writer(std::byte* to) : to_(to) {}

  void write(const channel_frame& frame, segment_list segments) {
    add(&frame, sizeof frame);
    for (const segment& s : segments) {
      const std::uint64_t size = s.size();
      add(&size, word);
    }
    const std::byte* sizes_end = to_;
    for (const segment& s : segments) {
      if (is_gathered(s.size())) add(s.data(), s.size());
    }
    data::count_copied(static_cast<std::size_t>(to_ - sizes_end));
  }

 private:
  void add(const void* bytes, std::size_t size) {
    if (size == 0) return;
    const std::size_t filled = whole_words(size);
    std::memset(to_ + filled - word, 0, word);
    std::memcpy(to_, bytes, size);
    to_ += filled;
  }

  std::byte* to_;
};

/// Takes the segments of a message one after the other.
class segment_reader {
 public:
  explicit segment_reader(const std::vector<segment>& frames)
      : rest_(frames.front()), large_(segment_list(frames).subspan(1)) {}

  std::uint64_t read_size() {
    std::uint64_t size = 0;
    std::memcpy(&size, rest_.data(), word);
    rest_ = rest_.subspan(word);
    return size;
  }

  std::optional<segment> read(std::uint64_t size) {
    return is_gathered(size) ? read_gathered(size) : read_large(size);
  }

  void skip(std::size_t bytes) { rest_ = rest_.subspan(bytes); }
  [[nodiscard]] std::size_t rest() const { return rest_.size(); }
  [[nodiscard]] bool at_end() const { return rest_.empty() && large_.empty(); }

 private:
  std::optional<segment> read_gathered(std::size_t size) {
    if (rest_.size() < whole_words(size)) return std::nullopt;
    const segment found = rest_.first(size);
    skip(whole_words(size));
    return found;
  }

  std::optional<segment> read_large(std::uint64_t size) {
    if (large_.empty() || large_.front().size() != size) return std::nullopt;
    const segment found = large_.front();
    large_ = large_.subspan(1);
    return found;
  }

  segment rest_;
  segment_list large_;
};

bool read_segments(segment_reader from, std::uint32_t count, std::vector<segment>& to) {
  if (from.rest() / word < count) return false;
  segment_reader sizes = from;
  from.skip(count * word);
  to.reserve(count);
  for (std::uint32_t i = 0; i < count; ++i) {
    const auto found = from.read(sizes.read_size());
    if (!found) return false;
    to.push_back(*found);
  }
  return from.at_end();
}

}  // namespace

link_message notice_message(const channel_frame& frame) {
  auto kept = std::make_shared<channel_frame>(frame);
  link_message message;
  message.frames.push_back(std::as_bytes(std::span(kept.get(), 1)));
  message.owner = std::move(kept);
  return message;
}

link_message element_message(channel_frame frame,
                             std::shared_ptr<const codec::encoded_element> element) {
  const auto segments = element->segments();
  frame.segments = static_cast<std::uint32_t>(segments.size());
  const std::size_t size = first_frame_size(segments);
  auto kept = std::make_shared<sent_element>();
  kept->first = std::make_unique_for_overwrite<std::byte[]>(size);
  first_frame_writer(kept->first.get()).write(frame, segments);
  link_message message;
  message.frames.push_back({kept->first.get(), size});
  for (const segment& s : segments) {
    if (!is_gathered(s.size())) message.frames.push_back(s);
  }
  if (message.frames.size() > 1) kept->large = std::move(element);
  message.owner = std::move(kept);
  return message;
}

std::optional<channel_message> read_channel_message(link_message message) {
  if (message.frames.empty()) return std::nullopt;
  const auto frame = read_channel_frame(message.frames.front());
  if (!frame || frame->segments > most_frames) return std::nullopt;
  segment_reader from(message.frames);
  from.skip(sizeof *frame);
  channel_message found{*frame, {std::move(message.owner), {}}};
  if (!read_segments(from, frame->segments, found.element.frames)) return std::nullopt;
  return found;
}

}  // namespace millrace::net
