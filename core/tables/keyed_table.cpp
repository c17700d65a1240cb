#include "core/tables/keyed_table.hpp"

#include "core/tables/frozen_segment.hpp"

namespace millrace::tables {

keyed_table::keyed_table(table_spec spec, std::uint16_t ordinal, const table_context& context,
                         segment_host& host, std::uint32_t payload_size, bool entry_has_time)
    : spec_(std::move(spec)),
      context_(context),
      host_(host),
      ordinal_(ordinal),
      payload_size_((payload_size + 7) & ~7U),
      key_offset_(static_cast<std::uint32_t>(sizeof(key_entry)) + payload_size_ +
                  (entry_has_time ? 8 : 0)),
      expires_(spec_.ttl_ms > 0) {
  segments_.reserve(context.range.count);
  for (std::uint32_t i = 0; i < context.range.count; ++i)
    segments_.push_back(std::make_unique<segment>(context.budget));
}

keyed_table::~keyed_table() = default;

std::uint64_t keyed_table::row_count() const {
  std::uint64_t rows = 0;
  for (const auto& s : segments_) rows += s->rows;
  return rows;
}

std::size_t keyed_table::memory_bytes() const {
  std::size_t bytes = 0;
  for (const auto& s : segments_) bytes += s->bytes();
  return bytes;
}

void keyed_table::load_key(segment& s, std::uint64_t hash) {
  if (s.cold || s.partial)
    host_.load_key_now(context_.range.group_of(hash) - context_.range.first, hash);
}

void keyed_table::lift_guard(segment& s) {
  if (frozen_segment* f = s.frozen.load(std::memory_order_acquire)) f->copy_out();
  s.guarded = s.cold || s.partial;
}

void keyed_table::drop_block(segment& s, arena::ref block) {
  std::uint8_t& flags = flags_of(s, block);
  if ((flags & entry_flag::persisted) != 0) {
    std::string key;
    key.resize(write_block(s, block, key));
    append_tombstone(s.tombstones, key);
  }
  if ((flags & entry_flag::dirty) == 0) {
    release_block(s, block);
    return;
  }
  flags = entry_flag::dirty | entry_flag::dead;
  ++s.dead;
  if (s.dead > 64 && s.dead > s.dirty.size() / 4) sweep(s);
}

void keyed_table::sweep(segment& s) {
  std::size_t kept = 0;
  for (const arena::ref block : s.dirty) {
    if ((flags_of(s, block) & entry_flag::dead) != 0) {
      release_block(s, block);
    } else {
      s.dirty[kept++] = block;
    }
  }
  s.dirty.resize(kept);
  s.dead = 0;
}

arena::ref keyed_table::add_entry(segment& s, std::uint32_t index, const key_view& key) {
  const arena::ref block = s.store.allocate(key_offset_ + key.size);
  key_entry* e = entry_at(s, block);
  *e = {key.hash, key.size, static_cast<std::uint16_t>(index), key.nulls, 0};
  std::memset(e->payload(), 0, key_offset_ - sizeof(key_entry));
  if (key.size != 0)
    std::memcpy(e->payload() + (key_offset_ - sizeof(key_entry)), key.data, key.size);
  s.keys.insert(key_index::tag_of(key.hash), block);
  return block;
}

arena::ref keyed_table::find_entry(const segment& s, const key_view& key) const {
  return s.keys.find(key_index::tag_of(key.hash), [&](arena::ref block) {
    const key_entry* e = entry_at(s, block);
    return e->key_size == key.size && e->nulls == key.nulls &&
           std::string_view(key_bytes(e), e->key_size) == key.bytes();
  });
}

arena::ref keyed_table::block_of(const segment& s, const key_entry* e) const {
  return s.keys.find(key_index::tag_of(e->hash),
                     [&](arena::ref block) { return entry_at(s, block) == e; });
}

void keyed_table::unlink_entry(segment& s, key_entry* e) {
  s.keys.erase(key_index::tag_of(e->hash), block_of(s, e));
}

}  // namespace millrace::tables
