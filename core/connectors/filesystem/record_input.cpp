#include "core/connectors/filesystem/record_input.hpp"

#include "core/connectors/formats/format.hpp"

#include <algorithm>
#include <cstring>

namespace millrace::connectors::filesystem {
namespace {

constexpr std::size_t block = 512 * 1024;

}  // namespace

result<void> record_input::open(const file_split& split) {
  split_end_ = split.end;
  // The line that the split's first byte is in belongs to the split before, unless it begins there:
  // so reading starts at the line end in front.
  skipping_ = !split.next && split.begin > 0;
  offset_ = split.next ? split.next->offset : split.begin - (skipping_ ? 1 : 0);
  begin_ = end_ = 0;
  complete_ = false;
  MILLRACE_TRY(stream_, open_stream(split.path, offset_));
  return {};
}

void record_input::make_room() {
  const std::size_t held = end_ - begin_;
  if (begin_ > 0 && held > 0) std::memmove(bytes_.data(), bytes_.data() + begin_, held);
  begin_ = 0;
  end_ = held;
  // A long record doubles the window, so that it is moved a few times only.
  const std::size_t wanted = held + std::max(block, held);
  if (bytes_.size() < wanted + formats::readable_slack)
    bytes_.resize(wanted + formats::readable_slack);
}

result<bool> record_input::fill() {
  if (complete_ || full()) return false;
  make_room();
  const std::size_t room = bytes_.size() - formats::readable_slack - end_;
  MILLRACE_TRY(const std::size_t n, stream_->read(bytes_.data() + end_, room));
  end_ += n;
  complete_ = n == 0;
  cut_at_split_end();
  skip_now();
  return !complete_ || n > 0;
}

// The split ends with the line that its last byte is in.
void record_input::cut_at_split_end() {
  if (split_end_ == file_split::whole_file || offset_ + (end_ - begin_) < split_end_) return;
  const std::uint64_t last = split_end_ - 1;
  const std::size_t from = begin_ + static_cast<std::size_t>(last > offset_ ? last - offset_ : 0);
  if (offset_ > last && !skipping_) {
    // The records so far ended exactly at the split's end.
    end_ = begin_;
    complete_ = true;
    return;
  }
  const void* line_end = std::memchr(bytes_.data() + from, '\n', end_ - from);
  if (line_end == nullptr) return;
  end_ = static_cast<std::size_t>(static_cast<const char*>(line_end) - bytes_.data()) + 1;
  complete_ = true;
}

void record_input::skip_now() {
  if (!skipping_) return;
  const void* line_end = std::memchr(bytes_.data() + begin_, '\n', end_ - begin_);
  if (line_end == nullptr) {
    consume(end_ - begin_);
    return;
  }
  skipping_ = false;
  consume(static_cast<std::size_t>(static_cast<const char*>(line_end) - bytes_.data()) + 1 -
          begin_);
}

}  // namespace millrace::connectors::filesystem
