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
  constexpr std::size_t ahead = 12;   // blocks asked for before they are read
  constexpr std::size_t sample = 32;  // blocks that tell how large the others will be
  pieces.reserve(blocks.size());
  std::size_t kept = 0;
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    const arena::ref block = blocks[i];
    if (i == sample) bytes.reserve((bytes.size() / sample + 8) * blocks.size());
    if (i + ahead < blocks.size()) __builtin_prefetch(source->store.at(blocks[i + ahead]));
    std::uint8_t& flags = table->flags_of(*source, block);
    if ((flags & entry_flag::dead) != 0) {
      if (mode == freeze_mode::changes) source->dirty[kept++] = block;
      continue;
    }
    if (mode == freeze_mode::changes) {
      constexpr auto kept_flags =
          static_cast<std::uint8_t>(~(entry_flag::dirty | entry_flag::delta));
      flags = static_cast<std::uint8_t>((flags & kept_flags) | mark);
    }
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

// By hash first, without looking at bytes. Items of one key have mostly come in their order.
void frozen_segment::sort() {
  std::sort(pieces.begin(), pieces.end(), [](const piece& a, const piece& b) {
    return a.first != b.first ? a.first < b.first : a.at < b.at;
  });
  const auto less = [&](const piece& a, const piece& b) { return key_of(a) < key_of(b); };
  for (auto run = pieces.begin(); run != pieces.end();) {
    const auto end =
        std::find_if(run + 1, pieces.end(), [&](const piece& p) { return p.first != run->first; });
    if (end - run > 1 && !std::is_sorted(run, end, less)) std::sort(run, end, less);
    run = end;
  }
  const auto same = [&](const piece& a, const piece& b) {
    return a.first == b.first && key_of(a) == key_of(b);
  };
  pieces.erase(std::unique(pieces.begin(), pieces.end(), same), pieces.end());
}

void frozen_segment::cut_off() {
  const std::scoped_lock hold(lock);
  if (copied) return;
  source->frozen.store(nullptr, std::memory_order_release);
  copied = cut = true;
}

void frozen_segment::spend(frozen_segment* next) {
  std::string free_bytes;
  std::vector<piece> free_pieces;
  {
    const std::scoped_lock hold(lock);
    if (spent) return;
    spent = true;
    free_bytes.swap(bytes);
    free_pieces.swap(pieces);
  }
  if (next == nullptr) return;
  const std::scoped_lock hold(next->lock);
  if (next->copied) return;
  free_bytes.clear();
  free_pieces.clear();
  next->bytes.swap(free_bytes);
  next->pieces.swap(free_pieces);
}

// Tombstones come back also where the key did: it may go again before the next freeze, leaving no
// mark.
void frozen_segment::merge_back() {
  const std::scoped_lock hold(lock);
  const bool marks_stand = !copied || mode == freeze_mode::snapshot;
  if (!copied) source->frozen.store(nullptr, std::memory_order_release);
  copied = true;
  if (cut || (source->cold && !marks_stand)) return;  // it went to the store with all it held
  source->tombstones.append(tombstones);
  if (marks_stand) return;
  std::vector<arena::ref> blocks;
  table->all_blocks(*source, blocks);
  for (const arena::ref block : blocks) {
    std::uint8_t& flags = table->flags_of(*source, block);
    if ((flags & entry_flag::delta) == mark) table->note_change(*source, block, flags);
  }
}

}  // namespace millrace::tables
