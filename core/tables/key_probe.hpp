#pragma once

#include "core/tables/key_batch.hpp"
#include "core/tables/segment.hpp"

#include <algorithm>
#include <cstring>

namespace millrace::tables {

/// Compares entries with the keys of a batch of one fixed width. The width is a template argument
/// so that the comparison becomes one or a few loads.
template <std::uint32_t Width>
struct packed_keys {
  const key_batch& keys;

  [[nodiscard]] bool same(std::uint32_t i, const key_entry& e, const char* stored) const {
    const std::uint8_t nulls = keys.nulls() ? keys.nulls()[i] : std::uint8_t{0};
    return e.nulls == nulls &&
           std::memcmp(stored, keys.fixed() + std::size_t{i} * Width, Width) == 0;
  }
};

/// True if `size` bytes are equal; short ones without a call.
[[nodiscard]] inline bool same_bytes(const char* a, const char* b, std::size_t size) {
  const auto word_differs = [&](std::size_t at) {
    std::uint64_t x, y;
    std::memcpy(&x, a + at, sizeof x);
    std::memcpy(&y, b + at, sizeof y);
    return x ^ y;
  };
  if (size < 8 || size > 32) return std::string_view(a, size) == std::string_view(b, size);
  if (size <= 16) return (word_differs(0) | word_differs(size - 8)) == 0;
  return (word_differs(0) | word_differs(8) | word_differs(size - 16) | word_differs(size - 8)) ==
         0;
}

/// The same for keys of any size.
struct text_keys {
  const key_batch& keys;

  [[nodiscard]] bool same(std::uint32_t i, const key_entry& e, const char* stored) const {
    const key_view key = keys.view(i);
    return e.nulls == key.nulls && e.key_size == key.size && same_bytes(stored, key.data, key.size);
  }
};

/// Calls `f` with what compares the keys of a batch: one branch per batch.
template <class F>
void with_key_form(const key_batch& keys, F&& f) {
  switch (keys.width()) {
    case 8: return f(packed_keys<8>{keys});
    case 16: return f(packed_keys<16>{keys});
    case 24: return f(packed_keys<24>{keys});
    case 32: return f(packed_keys<32>{keys});
    default: return f(text_keys{keys});
  }
}

/// Keys whose cache lines are asked for ahead of their use.
inline constexpr std::uint32_t probe_block = 32;

/// Entries are prefetched up to this size.
inline constexpr std::uint32_t prefetched_bytes = 256;

/// Asks for the cache lines of `bytes` bytes.
inline void prefetch_bytes(const char* at, std::uint32_t bytes) {
  const std::uint32_t size = std::min(bytes, prefetched_bytes);
  for (std::uint32_t i = 0; i < size; i += 64) __builtin_prefetch(at + i);
  __builtin_prefetch(at + size - 1);
}

/// Calls `step(i, segment)` for every key. Per block of keys first the index slots, then the
/// entries they name are prefetched, so that the misses of a block overlap. `entry_bytes`: what
/// `step` will touch of an entry.
template <class SegmentOf, class Step>
void probe_in_blocks(const key_batch& keys, std::uint32_t entry_bytes, SegmentOf&& segment_of,
                     Step&& step) {
  segment* segments[probe_block];
  const std::uint64_t* hashes = keys.hashes();
  for (std::uint32_t base = 0; base < keys.count(); base += probe_block) {
    const std::uint32_t n = std::min(probe_block, keys.count() - base);
    for (std::uint32_t i = 0; i < n; ++i) {
      segments[i] = &segment_of(hashes[base + i]);
      segments[i]->keys.prefetch(key_index::tag_of(hashes[base + i]));
    }
    for (std::uint32_t i = 0; i < n; ++i) {
      const arena::ref block = segments[i]->keys.hint(key_index::tag_of(hashes[base + i]));
      if (block == arena::null) continue;
      prefetch_bytes(segments[i]->store.at(block), entry_bytes);
    }
    for (std::uint32_t i = 0; i < n; ++i) step(base + i, *segments[i]);
  }
}

}  // namespace millrace::tables
