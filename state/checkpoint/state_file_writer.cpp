#include "state/checkpoint/state_file_writer.hpp"

#include "state/checkpoint/state_file_format.hpp"

#include <lz4.h>

#include <algorithm>

namespace millrace::state {

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
    if (e.key.size() < 4 || (any_ && e.key <= std::string_view(last_key_))) {
      return make_error(errc::internal, "state entries do not come in the order of their keys");
    }
    add(e);
    if (raw_.size() >= format::block_target) MILLRACE_CHECK(flush_block());
  }
  return {};
}

void state_file_writer::add(const tables::delta_entry& e) {
  std::size_t shared = 0;
  if (block_entries_ == 0) {
    first_group_ = tables::group_of_key(e.key);
  } else {
    const std::size_t most = std::min(last_key_.size(), e.key.size());
    while (shared < most && last_key_[shared] == e.key[shared]) ++shared;
  }
  format::put_varint(raw_, shared);
  format::put_varint(raw_, e.key.size() - shared);
  raw_.push_back(
      static_cast<char>(e.tombstone ? format::entry_kind::tombstone : format::entry_kind::value));
  format::put_varint(raw_, e.value.size());
  raw_.append(e.key.substr(shared));
  raw_.append(e.value);
  last_key_.assign(e.key);
  any_ = true;
  ++block_entries_;
  ++entries_;
  tombstones_ += e.tombstone ? 1 : 0;
}

result<void> state_file_writer::flush_block() {
  if (!header_.empty()) MILLRACE_CHECK(to_.write(std::exchange(header_, {})));
  if (block_entries_ == 0) return {};
  if (raw_.size() > format::block_limit) {
    return make_error(errc::state_io, "an entry of state has " + std::to_string(raw_.size()) +
                                          " bytes; a block of a state file holds " +
                                          std::to_string(format::block_limit));
  }
  const int raw_size = static_cast<int>(raw_.size());
  packed_.resize(static_cast<std::size_t>(LZ4_compressBound(raw_size)));
  const int packed_size =
      LZ4_compress_default(raw_.data(), packed_.data(), raw_size, static_cast<int>(packed_.size()));
  const bool smaller = packed_size > 0 && packed_size < raw_size;
  const std::string_view stored =
      smaller ? std::string_view(packed_).substr(0, static_cast<std::size_t>(packed_size)) : raw_;
  std::string head;
  format::put(head, static_cast<std::uint32_t>(stored.size()));
  format::put(head, static_cast<std::uint32_t>(raw_.size()));
  format::put(head, block_entries_);
  format::put(head, first_group_);
  format::put(head, tables::group_of_key(last_key_));
  head.push_back(
      static_cast<char>(smaller ? format::block_codec::lz4 : format::block_codec::plain));
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
