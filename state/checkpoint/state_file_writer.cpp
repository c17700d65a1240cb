#include "state/checkpoint/state_file_writer.hpp"

#include "state/checkpoint/state_file_format.hpp"

#include <lz4.h>

#include <algorithm>
#include <cstring>

namespace millrace::state {

namespace {

/// On a local disk every so many blocks one is packed to see whether the next are to be,
constexpr std::uint64_t packing_trial = 16;
/// which pays when no more than one byte of so many is left.
constexpr std::size_t least_gain = 4;

// Bytes that two keys have in common at their fronts.
std::size_t shared_front(std::string_view a, std::string_view b) {
  const std::size_t most = std::min(a.size(), b.size());
  std::size_t n = 0;
  for (; n + 8 <= most; n += 8) {
    std::uint64_t x;
    std::uint64_t y;
    std::memcpy(&x, a.data() + n, sizeof x);
    std::memcpy(&y, b.data() + n, sizeof y);
    if (x != y) return n + static_cast<std::size_t>(__builtin_ctzll(x ^ y)) / 8;
  }
  while (n < most && a[n] == b[n]) ++n;
  return n;
}

// That `key` is above `last`, whose first `shared` bytes are its own.
bool follows(std::string_view last, std::string_view key, std::size_t shared) {
  if (shared == key.size()) return false;
  return shared == last.size() ||
         static_cast<std::uint8_t>(last[shared]) < static_cast<std::uint8_t>(key[shared]);
}

}  // namespace

result<void> spooled_output::write(std::string_view bytes) {
  written_ += bytes.size();
  checksum_.add(bytes);
  if (in_memory()) {
    if (written_ < limit_) {
      held_.append(bytes);
      return {};
    }
    MILLRACE_TRY(object_, folder_.create(name_));
    MILLRACE_CHECK(object_->write(held_));
    held_ = {};
  }
  return object_->write(bytes);
}

result<void> spooled_output::finish() {
  if (in_memory()) return {};
  return object_->finish();
}

state_file_writer::state_file_writer(spooled_output& to, coordination::state_file_kind kind)
    : to_(to), header_(format::header_magic) {
  format::put(header_, format::version);
  format::put(header_, static_cast<std::uint8_t>(kind));
  header_.resize(format::header_size);
}

result<void> state_file_writer::append(std::span<const tables::delta_entry> entries) {
  for (const tables::delta_entry& e : entries) {
    MILLRACE_CHECK(add(e));
    if (raw_.size() >= format::block_target) MILLRACE_CHECK(flush_block());
  }
  return {};
}

result<void> state_file_writer::add(const tables::delta_entry& e) {
  std::size_t shared = shared_front(last_key_, e.key);
  if (e.key.size() < 4 || !follows(last_key_, e.key, shared)) {
    return make_error(errc::internal, "state entries do not come in the order of their keys");
  }
  if (block_entries_ == 0) {
    first_group_ = tables::group_of_key(e.key);
    shared = 0;
  }
  const std::string_view rest = e.key.substr(shared);
  format::put_varint(raw_, shared);
  format::put_varint(raw_, rest.size());
  raw_.push_back(
      static_cast<char>(e.tombstone ? format::entry_kind::tombstone : format::entry_kind::value));
  format::put_varint(raw_, e.value.size());
  raw_.append(rest);
  raw_.append(e.value);
  last_key_.resize(shared);
  last_key_.append(rest);
  ++block_entries_;
  ++entries_;
  tombstones_ += e.tombstone ? 1 : 0;
  return {};
}

// Whether the block is to be stored as `packed_`. Nearly all of the time of a checkpoint on a disk
// would be LZ4's, so there it has to make little of much.
bool state_file_writer::pack_block() {
  const bool dear = to_.bytes_are_dear();
  if (!dear && !packing_pays_ && blocks_ % packing_trial != 0) return false;
  const int raw_size = static_cast<int>(raw_.size());
  packed_.resize(static_cast<std::size_t>(LZ4_compressBound(raw_size)));
  const int size =
      LZ4_compress_default(raw_.data(), packed_.data(), raw_size, static_cast<int>(packed_.size()));
  packed_.resize(static_cast<std::size_t>(size));
  packing_pays_ = size > 0 && packed_.size() < raw_.size() / (dear ? 1 : least_gain);
  return packing_pays_;
}

result<void> state_file_writer::flush_block() {
  if (!header_.empty()) MILLRACE_CHECK(to_.write(std::exchange(header_, {})));
  if (block_entries_ == 0) return {};
  if (raw_.size() > format::block_limit) {
    return make_error(errc::state_io, "an entry of state has " + std::to_string(raw_.size()) +
                                          " bytes; a block of a state file holds " +
                                          std::to_string(format::block_limit));
  }
  const bool packed = pack_block();
  const std::string& stored = packed ? packed_ : raw_;
  std::string head;
  format::put(head, static_cast<std::uint32_t>(stored.size()));
  format::put(head, static_cast<std::uint32_t>(raw_.size()));
  format::put(head, block_entries_);
  format::put(head, first_group_);
  format::put(head, tables::group_of_key(last_key_));
  head.push_back(static_cast<char>(packed ? format::block_codec::lz4 : format::block_codec::plain));
  head.resize(format::block_head_size - 8);
  running_checksum sum;
  sum.add(head);
  sum.add(stored);
  format::put(head, sum.value());
  MILLRACE_CHECK(to_.write(head));
  MILLRACE_CHECK(to_.write(stored));
  raw_.clear();
  block_entries_ = 0;
  ++blocks_;
  return {};
}

result<void> state_file_writer::finish() {
  MILLRACE_CHECK(flush_block());
  std::string footer(format::footer_magic);
  format::put(footer, blocks_);
  format::put(footer, entries_);
  format::put(footer, tombstones_);
  format::put(footer, to_.checksum());
  format::put(footer, checksum_of(footer));
  MILLRACE_CHECK(to_.write(footer));
  return to_.finish();
}

}  // namespace millrace::state
