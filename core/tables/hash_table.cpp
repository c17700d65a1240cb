#include "core/tables/hash_table.hpp"

#include "core/tables/key_probe.hpp"

#include <algorithm>

namespace millrace::tables {
namespace {

std::uint32_t rounded(std::uint32_t width) { return (width + 7) & ~7U; }

std::uint32_t payload_size_of(const table_spec& spec) {
  std::uint32_t size = 0;
  for (const slot_spec& slot : spec.slots) size += rounded(slot.width);
  return size;
}

}  // namespace

hash_table::hash_table(table_spec spec, std::uint16_t ordinal, const table_context& context,
                       segment_host& host)
    : keyed_table(spec, ordinal, context, host, payload_size_of(spec), spec.ttl_ms > 0) {
  std::uint32_t at = 0;
  for (const slot_spec& slot : spec_.slots) {
    slot_offsets_.push_back(at);
    if (slot.kind == slot_kind::blob) blob_offsets_.push_back(at);
    at += rounded(slot.width);
  }
}

timestamp_ms hash_table::time_of(const key_entry* e) const {
  timestamp_ms at;
  std::memcpy(&at, key_bytes(e) - sizeof at, sizeof at);
  return at;
}

void hash_table::set_time(segment& s, key_entry* e, timestamp_ms now) const {
  std::memcpy(const_cast<char*>(key_bytes(e)) - sizeof now, &now, sizeof now);
  s.oldest_write = std::min(s.oldest_write, now);
}

// Back to what an insert gives.
void hash_table::reset(segment& s, key_entry* e) {
  for (const std::uint32_t at : blob_offsets_)
    s.heap.release(*reinterpret_cast<data::blob_slot*>(e->payload() + at));
  std::memset(e->payload(), 0, payload_size_);
}

char* hash_table::visible(const segment& s, arena::ref block, timestamp_ms now) const {
  if (block == arena::null) return nullptr;
  key_entry* e = entry_at(s, block);
  return expires_ && expired(e, now) ? nullptr : e->payload();
}

// Marks a found entry as written; one that had expired starts afresh.
char* hash_table::for_writing(segment& s, arena::ref block, timestamp_ms now, bool& inserted) {
  key_entry* e = entry_at(s, block);
  note_change(s, block, e->flags);
  if (expires_) {
    if (expired(e, now)) {
      reset(s, e);
      inserted = true;
    }
    set_time(s, e, now);
  }
  return e->payload();
}

// Head, payload and key; of keys of any size the first bytes.
std::uint32_t hash_table::probed_bytes(const key_batch& keys) const {
  constexpr std::uint32_t usual_text = 24;
  const std::uint32_t key = keys.width() == key_batch::variable ? usual_text : keys.width();
  return static_cast<std::uint32_t>(sizeof(key_entry)) + payload_size_ + key;
}

void hash_table::find_or_insert(const key_batch& keys, std::span<char*> payloads,
                                std::span<std::uint8_t> inserted) {
  const timestamp_ms at = now();
  with_key_form(keys, [&](const auto& form) {
    const auto segment_at = [&](std::uint64_t hash) -> segment& { return segment_of(hash); };
    probe_in_blocks(keys, probed_bytes(keys), segment_at, [&](std::uint32_t i, segment& s) {
      const std::uint64_t hash = keys.hashes()[i];
      before_write(s, hash);
      arena::ref block = s.keys.find(key_index::tag_of(hash), [&](arena::ref candidate) {
        const key_entry* e = entry_at(s, candidate);
        return form.same(i, *e, key_bytes(e));
      });
      bool fresh = block == arena::null;
      if (fresh) {
        block = add_entry(s, context_.range.group_of(hash) - context_.range.first, keys.view(i));
        ++s.rows;
        if (expires_) set_time(s, entry_at(s, block), at);
      }
      payloads[i] = for_writing(s, block, at, fresh);
      inserted[i] = fresh ? 1 : 0;
    });
  });
}

void hash_table::find(const key_batch& keys, std::span<const char*> payloads) {
  const timestamp_ms at = now();
  with_key_form(keys, [&](const auto& form) {
    const auto segment_at = [&](std::uint64_t hash) -> segment& { return segment_of(hash); };
    probe_in_blocks(keys, probed_bytes(keys), segment_at, [&](std::uint32_t i, segment& s) {
      before_read(s, keys.hashes()[i]);
      const auto tag = key_index::tag_of(keys.hashes()[i]);
      payloads[i] = visible(s,
                            s.keys.find(tag,
                                        [&](arena::ref candidate) {
                                          const key_entry* e = entry_at(s, candidate);
                                          return form.same(i, *e, key_bytes(e));
                                        }),
                            at);
    });
  });
}

void hash_table::find_mutable(const key_batch& keys, std::span<char*> payloads) {
  const timestamp_ms at = now();
  with_key_form(keys, [&](const auto& form) {
    const auto segment_at = [&](std::uint64_t hash) -> segment& { return segment_of(hash); };
    probe_in_blocks(keys, probed_bytes(keys), segment_at, [&](std::uint32_t i, segment& s) {
      before_write(s, keys.hashes()[i]);
      const auto tag = key_index::tag_of(keys.hashes()[i]);
      const arena::ref block = s.keys.find(tag, [&](arena::ref candidate) {
        const key_entry* e = entry_at(s, candidate);
        return form.same(i, *e, key_bytes(e));
      });
      bool fresh = false;
      payloads[i] = visible(s, block, at) == nullptr ? nullptr : for_writing(s, block, at, fresh);
    });
  });
}

char* hash_table::find_or_insert(const key_view& key, bool* inserted) {
  segment& s = segment_of(key.hash);
  before_write(s, key.hash);
  arena::ref block = find_entry(s, key);
  bool fresh = block == arena::null;
  const timestamp_ms at = now();
  if (fresh) {
    block = add_entry(s, context_.range.group_of(key.hash) - context_.range.first, key);
    ++s.rows;
    if (expires_) set_time(s, entry_at(s, block), at);
  }
  char* payload = for_writing(s, block, at, fresh);
  if (inserted != nullptr) *inserted = fresh;
  return payload;
}

const char* hash_table::find(const key_view& key) {
  segment& s = segment_of(key.hash);
  before_read(s, key.hash);
  return visible(s, find_entry(s, key), now());
}

char* hash_table::find_mutable(const key_view& key) {
  segment& s = segment_of(key.hash);
  before_write(s, key.hash);
  const arena::ref block = find_entry(s, key);
  const timestamp_ms at = now();
  bool fresh = false;
  return visible(s, block, at) == nullptr ? nullptr : for_writing(s, block, at, fresh);
}

void hash_table::erase_block(segment& s, arena::ref block) {
  key_entry* e = entry_at(s, block);
  s.keys.erase(key_index::tag_of(e->hash), block);
  --s.rows;
  reset(s, e);
  drop_block(s, block);
}

void hash_table::erase(char* payload) {
  segment& s = segment_of(payload);
  before_write(s);
  erase_block(s, block_of(s, key_entry::of(payload)));
}

bool hash_table::erase(const key_view& key) {
  segment& s = segment_of(key.hash);
  before_write(s, key.hash);
  const arena::ref block = find_entry(s, key);
  if (block == arena::null) return false;
  const bool seen = visible(s, block, now()) != nullptr;
  erase_block(s, block);
  return seen;
}

void hash_table::mark_dirty(char* payload) {
  segment& s = segment_of(payload);
  before_write(s);
  key_entry* e = key_entry::of(payload);
  if (expires_) set_time(s, e, now());
  if ((e->flags & entry_flag::dirty) == 0) note_change(s, block_of(s, e), e->flags);
}

data::blob_heap& hash_table::heap_of(const char* payload) { return segment_of(payload).heap; }

key_view hash_table::key_of(const char* payload) const { return view_of(key_entry::of(payload)); }

std::uint32_t hash_table::scan(table_cursor& at, std::span<char*> payloads, std::uint32_t end) {
  const timestamp_ms time = now();
  std::uint32_t n = 0;
  for (; at.segment < std::min<std::size_t>(end, segments_.size()); ++at.segment, at.position = 0) {
    const segment& s = *segments_[at.segment];
    for (; at.position < s.keys.capacity(); ++at.position) {
      if (n == payloads.size()) return n;
      const auto slot = s.keys.at(at.position);
      if (!key_index::is_live(slot)) continue;
      char* payload = visible(s, slot.block, time);
      if (payload != nullptr) payloads[n++] = payload;
    }
  }
  return n;
}

void hash_table::clear() {
  for (std::uint32_t i = 0; i < segments_.size(); ++i) {
    auto& s = segments_[i];
    if (s->cold || s->partial) host_.load_now(i);
    before_write(*s);
    std::vector<arena::ref> blocks;
    all_blocks(*s, blocks);
    for (const arena::ref block : blocks) erase_block(*s, block);
  }
}

void hash_table::expire(segment& s, timestamp_ms now) {
  std::vector<arena::ref> blocks;
  all_blocks(s, blocks);
  s.oldest_write = INT64_MAX;
  for (const arena::ref block : blocks) {
    const timestamp_ms written = time_of(entry_at(s, block));
    if (written <= now - spec_.ttl_ms) {
      erase_block(s, block);
    } else {
      s.oldest_write = std::min(s.oldest_write, written);
    }
  }
}

std::uint8_t& hash_table::flags_of(const segment& s, arena::ref block) const {
  return entry_at(s, block)->flags;
}

void hash_table::all_blocks(const segment& s, std::vector<arena::ref>& out) const {
  out.reserve(out.size() + s.keys.size());
  for (std::uint32_t i = 0; i < s.keys.capacity(); ++i) {
    const auto slot = s.keys.at(i);
    if (key_index::is_live(slot)) out.push_back(slot.block);
  }
}

void hash_table::release_block(segment& s, arena::ref block) {
  s.store.release(block, entry_size(entry_at(s, block)));
}

arena::ref hash_table::find_block(segment& s, const delta_key& key) {
  return find_entry(s, key.key);
}

// Value: [write time] then the slots; a blob is its u32 size and its bytes.
std::size_t hash_table::write_block(const segment& s, arena::ref block, std::string& out) const {
  key_entry* e = entry_at(s, block);
  const std::size_t begin = out.size();
  append_delta_key(out, e->segment + context_.range.first, ordinal_, view_of(e), {});
  const std::size_t key_size = out.size() - begin;
  if (expires_) out.append(key_bytes(e) - 8, 8);
  std::uint32_t from = 0;
  for (const std::uint32_t at : blob_offsets_) {
    out.append(e->payload() + from, at - from);
    const auto& blob = *reinterpret_cast<const data::blob_slot*>(e->payload() + at);
    out.append(reinterpret_cast<const char*>(&blob.size), sizeof blob.size);
    out.append(blob.view());
    from = at + static_cast<std::uint32_t>(sizeof(data::blob_slot));
  }
  out.append(e->payload() + from, payload_size_ - from);
  return key_size;
}

bool hash_table::read_value(segment& s, char* payload, std::string_view value) const {
  std::uint32_t from = 0;
  const auto copy_to = [&](std::uint32_t end) {
    if (value.size() < end - from) return false;
    std::memcpy(payload + from, value.data(), end - from);
    value.remove_prefix(end - from);
    return true;
  };
  for (const std::uint32_t at : blob_offsets_) {
    std::uint32_t size = 0;
    if (!copy_to(at) || value.size() < sizeof size) return false;
    std::memcpy(&size, value.data(), sizeof size);
    value.remove_prefix(sizeof size);
    if (value.size() < size) return false;
    s.heap.assign(*reinterpret_cast<data::blob_slot*>(payload + at), value.substr(0, size));
    value.remove_prefix(size);
    from = at + static_cast<std::uint32_t>(sizeof(data::blob_slot));
  }
  return copy_to(payload_size_) && value.empty();
}

result<arena::ref> hash_table::restore_block(segment& s, const delta_key& key,
                                             std::string_view value) {
  arena::ref block = find_entry(s, key.key);
  if (block == arena::null) {
    block = add_entry(s, key.group - context_.range.first, key.key);
    ++s.rows;
  }
  key_entry* e = entry_at(s, block);
  reset(s, e);
  if (expires_ && value.size() >= 8) {
    timestamp_ms written;
    std::memcpy(&written, value.data(), sizeof written);
    set_time(s, e, written);
    value.remove_prefix(8);
  }
  if (!key.sub.empty() || !read_value(s, e->payload(), value)) {
    return make_error(errc::state_corrupt,
                      "table " + spec_.name + ": an entry is not what the table declares",
                      "the checkpoint is damaged or was written by another table layout");
  }
  return block;
}

}  // namespace millrace::tables
