#include "state/checkpoint/state_file_reader.hpp"

#include "state/checkpoint/state_file_format.hpp"

#include <fmt/format.h>
#include <lz4.h>

namespace millrace::state {

using tables::delta_entry;

result<void> byte_input::take(std::size_t size, std::string& to) {
  if (size > left_) {
    return make_error(errc::state_corrupt, fmt::format("{} is cut short", describe()),
                      "restore from an older checkpoint");
  }
  to.resize(size);
  if (object_) {
    MILLRACE_CHECK(object_->read_at(offset_, to.data(), size));
  } else {
    held_.copy(to.data(), size, offset_);
  }
  offset_ += size;
  left_ -= size;
  return {};
}

std::string byte_input::describe() const {
  return object_ ? fmt::format("'{}'", place_) : std::string("a small state file");
}

error state_file_reader::corrupt(std::string_view what) const {
  return make_error(
      errc::state_corrupt,
      fmt::format("{} is damaged at block {}: {}", from_.describe(), summary_.blocks, what),
      "restore from an older checkpoint");
}

result<std::span<const delta_entry>> state_file_reader::next() {
  entries_.clear();
  if (ended_) return std::span<const delta_entry>();
  if (!begun_) MILLRACE_CHECK(read_header());
  begun_ = true;
  if (from_.left() <= format::footer_size) {
    MILLRACE_CHECK(read_footer());
    ended_ = true;
  } else {
    MILLRACE_CHECK(read_block());
  }
  return std::span<const delta_entry>(entries_);
}

result<void> state_file_reader::read_header() {
  MILLRACE_CHECK(from_.take(format::header_size, head_));
  if (!head_.starts_with(format::header_magic)) return corrupt("it does not begin as a state file");
  if (const auto v = format::get<std::uint16_t>(head_.data() + 8); v != format::version) {
    return make_error(errc::state_corrupt,
                      fmt::format("{} has version {} of the state file format; this millrace reads "
                                  "version {}",
                                  from_.describe(), v, format::version));
  }
  before_.add(head_);
  return {};
}

result<void> state_file_reader::read_footer() {
  MILLRACE_CHECK(from_.take(format::footer_size, head_));
  const auto number = [&](std::size_t i) { return format::get<std::uint64_t>(&head_[8 + 8 * i]); };
  const std::string_view bytes = head_;
  if (!bytes.starts_with(format::footer_magic) ||
      number(4) != checksum_of(bytes.substr(0, format::footer_size - 8))) {
    return corrupt("its footer does not fit its checksum");
  }
  if (number(0) != summary_.blocks || number(1) != summary_.entries ||
      number(2) != summary_.tombstones || number(3) != before_.value()) {
    return corrupt("its blocks are not those of its footer");
  }
  return {};
}

result<void> state_file_reader::read_block() {
  MILLRACE_CHECK(from_.take(format::block_head_size, head_));
  const std::string_view head = head_;
  const auto stored_size = format::get<std::uint32_t>(head.data());
  if (stored_size == 0 || stored_size + format::footer_size > from_.left()) {
    return corrupt("a block larger than the file");
  }
  MILLRACE_CHECK(from_.take(stored_size, stored_));
  running_checksum sum;
  sum.add(head.substr(0, format::block_head_size - 8));
  sum.add(stored_);
  if (sum.value() != format::get<std::uint64_t>(head.data() + format::block_head_size - 8)) {
    return corrupt("a block does not fit its checksum");
  }
  before_.add(head);
  before_.add(stored_);
  MILLRACE_CHECK(
      unpack(static_cast<std::uint8_t>(head[16]), format::get<std::uint32_t>(head.data() + 4)));
  MILLRACE_CHECK(parse(format::get<std::uint32_t>(head.data() + 8),
                       format::get<std::uint16_t>(head.data() + 12),
                       format::get<std::uint16_t>(head.data() + 14)));
  ++summary_.blocks;
  return {};
}

result<void> state_file_reader::unpack(std::uint8_t codec, std::uint32_t raw_size) {
  // LZ4 makes at most 255 bytes of one.
  if (raw_size > format::block_limit || raw_size / 255 > stored_.size()) {
    return corrupt("a block above the size limit");
  }
  if (codec == static_cast<std::uint8_t>(format::block_codec::plain)) {
    if (raw_size != stored_.size()) return corrupt("a block of another size than it says");
    raw_.swap(stored_);
    return {};
  }
  if (codec != static_cast<std::uint8_t>(format::block_codec::lz4)) {
    return corrupt("an unknown compression");
  }
  raw_.resize(raw_size);
  const int size = LZ4_decompress_safe(
      stored_.data(), raw_.data(), static_cast<int>(stored_.size()), static_cast<int>(raw_size));
  if (size < 0 || static_cast<std::uint32_t>(size) != raw_size) {
    return corrupt("a block that cannot be decompressed");
  }
  return {};
}

namespace {

// An entry as it stands in a block.
struct packed_entry {
  std::uint32_t shared = 0;
  std::string_view suffix;
  std::string_view value;
  bool tombstone = false;
};

bool take_entry(std::string_view& from, packed_entry& to) {
  std::uint32_t suffix = 0;
  std::uint32_t value = 0;
  if (!format::take_varint(from, to.shared) || !format::take_varint(from, suffix)) return false;
  if (from.empty() || static_cast<std::uint8_t>(from.front()) > 1) return false;
  to.tombstone = from.front() != 0;
  from.remove_prefix(1);
  if (!format::take_varint(from, value) || suffix > from.size()) return false;
  to.suffix = from.substr(0, suffix);
  from.remove_prefix(suffix);
  if (value > from.size() || (to.tombstone && value != 0)) return false;
  to.value = from.substr(0, value);
  from.remove_prefix(value);
  return true;
}

}  // namespace

// Keys are put together one behind the other first: the buffer moves while it grows.
result<void> state_file_reader::parse(std::uint32_t count, std::uint16_t first,
                                      std::uint16_t last) {
  std::string_view rest = raw_;
  std::vector<std::size_t> ends;
  keys_.clear();
  std::string key;
  for (std::uint32_t i = 0; i < count; ++i) {
    packed_entry e;
    if (!take_entry(rest, e) || e.shared > key.size()) return corrupt("an entry that is none");
    key.resize(e.shared);
    key.append(e.suffix);
    if (key.size() < 4 || (summary_.entries > 0 && key <= last_key_)) {
      return corrupt("keys that do not ascend");
    }
    last_key_ = key;
    keys_.append(key);
    ends.push_back(keys_.size());
    entries_.push_back({{}, e.value, e.tombstone});
    ++summary_.entries;
    summary_.tombstones += e.tombstone ? 1 : 0;
  }
  if (!rest.empty() || count == 0) return corrupt("entries of another count than it says");
  for (std::uint32_t i = 0; i < count; ++i) {
    const std::size_t begin = i == 0 ? 0 : ends[i - 1];
    entries_[i].key = std::string_view(keys_).substr(begin, ends[i] - begin);
  }
  if (tables::group_of_key(entries_.front().key) != first ||
      tables::group_of_key(entries_.back().key) != last) {
    return corrupt("key groups other than it says");
  }
  return {};
}

}  // namespace millrace::state
