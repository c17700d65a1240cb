#include "core/tables/frozen_segment.hpp"

#include <algorithm>

namespace millrace::tables {

void append_tombstone(std::string& list, std::string_view key) {
  const auto size = static_cast<std::uint32_t>(key.size());
  list.append(reinterpret_cast<const char*>(&size), sizeof size);
  list.append(key);
}

void frozen_segment::copy_out() {
  const std::scoped_lock hold(lock);
  if (copied) return;
  copy_blocks();
  copy_tombstones();
  copied = true;
  source->frozen.store(nullptr, std::memory_order_release);
}

// Behind key group and table, which are the same for all of a segment, stands the hash.
void frozen_segment::add_piece(std::size_t at, std::size_t key_size, bool tombstone) {
  std::uint64_t first;
  std::memcpy(&first, bytes.data() + at + 4, sizeof first);
  const std::size_t value_size = bytes.size() - at - key_size;
  pieces.push_back({__builtin_bswap64(first), at, static_cast<std::uint32_t>(key_size),
                    tombstone ? piece::tombstone : static_cast<std::uint32_t>(value_size)});
}

// A snapshot leaves the marks of change alone: the next delta must hold what this one would have
// held. Where deltas follow on it, what it holds leaves a tombstone from now on.
void frozen_segment::copy_blocks() {
  std::vector<arena::ref> all;
  if (mode == freeze_mode::snapshot) table->all_blocks(*source, all);
  auto& blocks = mode == freeze_mode::snapshot ? all : source->dirty;
  constexpr std::size_t ahead = 12;  // blocks asked for before they are read
  pieces.reserve(blocks.size());
  bytes.reserve(blocks.size() * 64);
  std::size_t kept = 0;
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    const arena::ref block = blocks[i];
    if (i + ahead < blocks.size()) __builtin_prefetch(source->store.at(blocks[i + ahead]));
    std::uint8_t& flags = table->flags_of(*source, block);
    if ((flags & entry_flag::dead) != 0) {
      if (mode == freeze_mode::changes) source->dirty[kept++] = block;
      continue;
    }
    if (mode == freeze_mode::changes) flags &= static_cast<std::uint8_t>(~entry_flag::dirty);
    if (deltas_follow) flags |= entry_flag::persisted;
    const std::size_t at = bytes.size();
    const std::size_t key_size = table->write_block(*source, block, bytes);
    add_piece(at, key_size, false);
  }
  if (mode == freeze_mode::changes) source->dirty.resize(kept);
}

// A key that came back after its removal is among the dirty blocks.
void frozen_segment::copy_tombstones() {
  if (mode == freeze_mode::snapshot) return;
  for_each_tombstone(tombstones, [&](std::string_view key) {
    const auto parsed = parse_delta_key(key);
    if (table->find_block(*source, *parsed) != arena::null) return;
    const std::size_t at = bytes.size();
    bytes.append(key);
    add_piece(at, key.size(), true);
  });
}

void frozen_segment::sort() {
  const auto less = [&](const piece& a, const piece& b) {
    return a.first != b.first ? a.first < b.first : key_of(a) < key_of(b);
  };
  const auto same = [&](const piece& a, const piece& b) { return key_of(a) == key_of(b); };
  std::sort(pieces.begin(), pieces.end(), less);
  pieces.erase(std::unique(pieces.begin(), pieces.end(), same), pieces.end());
}

void frozen_segment::cut_off() {
  const std::scoped_lock hold(lock);
  if (copied) return;
  source->frozen.store(nullptr, std::memory_order_release);
  copied = cut = true;
}

void frozen_segment::merge_back() {
  const std::scoped_lock hold(lock);
  if (mode == freeze_mode::snapshot) {
    if (!copied) source->frozen.store(nullptr, std::memory_order_release);
    source->tombstones.append(tombstones);
    copied = true;
    return;
  }
  if (!copied) {
    // Nothing was written since: the marks still stand.
    source->frozen.store(nullptr, std::memory_order_release);
    source->tombstones.append(tombstones);
    copied = true;
    return;
  }
  if (source->cold) return;  // it went to the store with all it held
  for (const piece& p : pieces) {
    if (p.removed()) {
      // Also when the key is back: it may go again before the next freeze, leaving no mark.
      append_tombstone(source->tombstones, key_of(p));
      continue;
    }
    const auto key = parse_delta_key(key_of(p));
    const arena::ref block = table->find_block(*source, *key);
    if (block != arena::null) table->note_change(*source, block, table->flags_of(*source, block));
  }
}

}  // namespace millrace::tables
