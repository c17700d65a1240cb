#include "core/tables/item_table.hpp"

#include "core/tables/key_probe.hpp"

#include <algorithm>

namespace millrace::tables {
namespace {

constexpr std::uint32_t head_size = sizeof(chain_head);
constexpr std::uint32_t usual_entry_bytes = 48;
// Keys left empty by single-key calls that may wait for their removal.
constexpr std::size_t most_empty_keys = 4096;

}  // namespace

item_table::item_table(table_spec spec, std::uint16_t ordinal, const table_context& context,
                       segment_host& host, std::uint32_t item_head_size)
    : keyed_table(std::move(spec), ordinal, context, host, head_size, false),
      item_head_(item_head_size) {}

key_handle item_table::handle_of(const segment& s, arena::ref block) const {
  if (block == arena::null) return {};
  char* payload = entry_at(s, block)->payload();
  return head_in(payload).count == 0 ? key_handle{} : key_handle{payload};
}

// Calls step(i, segment, the entry's block or null).
template <class Step>
void item_table::locate_batch(const key_batch& keys, Step&& step) {
  with_key_form(keys, [&](const auto& form) {
    const auto segment_at = [&](std::uint64_t hash) -> segment& { return segment_of(hash); };
    probe_in_blocks(keys, usual_entry_bytes, segment_at, [&](std::uint32_t i, segment& s) {
      before_read(s, keys.hashes()[i]);
      const auto tag = key_index::tag_of(keys.hashes()[i]);
      step(i, s, s.keys.find(tag, [&](arena::ref candidate) {
        const key_entry* e = entry_at(s, candidate);
        return form.same(i, *e, key_bytes(e));
      }));
    });
  });
}

void item_table::locate(const key_batch& keys, std::span<key_handle> handles) {
  purge();
  locate_batch(keys, [&](std::uint32_t i, segment& s, arena::ref block) {
    handles[i] = handle_of(s, block);
    if (handles[i]) __builtin_prefetch(s.store.at(head_in(handles[i].payload).root));
  });
}

void item_table::locate_or_insert(const key_batch& keys, std::span<key_handle> handles) {
  purge();
  locate_batch(keys, [&](std::uint32_t i, segment& s, arena::ref block) {
    if (block == arena::null) {
      handles[i] = {add_key(s, keys.view(i))};
    } else {
      handles[i] = {entry_at(s, block)->payload()};
    }
  });
}

key_handle item_table::locate(const key_view& key) {
  segment& s = segment_of(key.hash);
  before_read(s, key.hash);
  return handle_of(s, find_entry(s, key));
}

key_handle item_table::locate_or_insert(const key_view& key) {
  if (empty_keys_.size() > most_empty_keys) purge();
  segment& s = segment_of(key.hash);
  before_read(s, key.hash);
  return {insert_key(s, key)};
}

char* item_table::insert_key(segment& s, const key_view& key) {
  if (const arena::ref known = find_entry(s, key); known != arena::null)
    return entry_at(s, known)->payload();
  return add_key(s, key);
}

char* item_table::add_key(segment& s, const key_view& key) {
  before_write(s);
  const auto index = context_.range.group_of(key.hash) - context_.range.first;
  const arena::ref block = add_entry(s, index, key);
  char* head = entry_at(s, block)->payload();
  head_in(head).self = block;
  watch_empty(head);
  return head;
}

key_view item_table::key_of(key_handle key) const { return view_of(key_entry::of(key.payload)); }

std::uint32_t item_table::scan_keys(table_cursor& at, std::span<key_handle> handles,
                                    std::uint32_t end) {
  std::uint32_t n = 0;
  for (; at.segment < std::min<std::size_t>(end, segments_.size()); ++at.segment, at.position = 0) {
    const segment& s = *segments_[at.segment];
    for (; at.position < s.keys.capacity(); ++at.position) {
      if (n == handles.size()) return n;
      const auto slot = s.keys.at(at.position);
      if (!key_index::is_live(slot)) continue;
      if (const key_handle key = handle_of(s, slot.block)) handles[n++] = key;
    }
  }
  return n;
}

// A key without items stays until the next look-up: rows of one batch may hold its handle.
void item_table::watch_empty(char* head) {
  std::uint8_t& flags = key_entry::of(head)->flags;
  if ((flags & entry_flag::doomed) != 0) return;
  flags |= entry_flag::doomed;
  empty_keys_.push_back(head);
}

void item_table::purge() {
  for (char* head : empty_keys_) {
    key_entry* e = key_entry::of(head);
    e->flags &= static_cast<std::uint8_t>(~entry_flag::doomed);
    if (head_in(head).count != 0) continue;
    segment& s = segment_of(head);
    before_write(s);
    const arena::ref block = head_in(head).self;
    s.keys.erase(key_index::tag_of(e->hash), block);
    s.store.release(block, entry_size(e));
  }
  empty_keys_.clear();
}

timestamp_ms item_table::time_of(const item* at) const {
  timestamp_ms written;
  std::memcpy(&written, sub_bytes(at) + at->sub_size + at->value_size, sizeof written);
  return written;
}

void item_table::put_time(segment& s, item* at, timestamp_ms written) const {
  std::memcpy(sub_bytes(at) + at->sub_size + at->value_size, &written, sizeof written);
  s.oldest_write = std::min(s.oldest_write, written);
}

void item_table::set_time(segment& s, item* at) const {
  if (expires_) put_time(s, at, context_.time->now());
}

arena::ref item_table::add_item(segment& s, char* head, std::string_view sub, const char* value,
                                std::size_t value_size) {
  const arena::ref block = s.store.allocate(item_size(sub.size(), value_size));
  item* at = item_at(s, block);
  std::memset(static_cast<void*>(at), 0, item_head_);
  at->owner = head_in(head).self;
  at->sub_size = static_cast<std::uint32_t>(sub.size());
  at->value_size = static_cast<std::uint32_t>(value_size);
  if (!sub.empty()) std::memcpy(sub_bytes(at), sub.data(), sub.size());
  if (value != nullptr && value_size != 0) {
    std::memcpy(sub_bytes(at) + sub.size(), value, value_size);
  } else {
    std::memset(sub_bytes(at) + sub.size(), 0, value_size);
  }
  set_time(s, at);
  ++head_in(head).count;
  ++s.rows;
  return block;
}

bool item_table::overwrite(segment& s, item* at, std::string_view value) {
  const std::size_t room = arena::block_size(item_size(at->sub_size, at->value_size));
  if (arena::block_size(item_size(at->sub_size, value.size())) != room) return false;
  at->value_size = static_cast<std::uint32_t>(value.size());
  if (!value.empty()) std::memcpy(sub_bytes(at) + at->sub_size, value.data(), value.size());
  set_time(s, at);
  return true;
}

void item_table::forget_item(segment& s, char* head, arena::ref block) {
  --s.rows;
  if (--head_in(head).count == 0) watch_empty(head);
  drop_block(s, block);
}

void item_table::erase_block(segment& s, arena::ref block) {
  char* head = head_of(s, item_at(s, block));
  unlink_item(s, head, block);
  forget_item(s, head, block);
}

void item_table::release_block(segment& s, arena::ref block) {
  const item* at = item_at(s, block);
  s.store.release(block, item_size(at->sub_size, at->value_size));
}

// Value: [write time] value.
std::size_t item_table::write_block(const segment& s, arena::ref block, std::string& out) const {
  const item* at = item_at(s, block);
  const key_entry* e = entry_at(s, at->owner);
  const std::size_t begin = out.size();
  append_delta_key(out, e->segment + context_.range.first, ordinal_, view_of(e), sub_of(at));
  const std::size_t key_size = out.size() - begin;
  const std::string_view value = value_of(at);
  if (expires_) out.append(value.data() + value.size(), sizeof(timestamp_ms));
  out.append(value);
  return key_size;
}

void item_table::all_blocks(const segment& s, std::vector<arena::ref>& out) const {
  for (std::uint32_t i = 0; i < s.keys.capacity(); ++i) {
    const auto slot = s.keys.at(i);
    if (key_index::is_live(slot)) items_of(s, entry_at(s, slot.block)->payload(), out);
  }
}

arena::ref item_table::find_block(segment& s, const delta_key& key) {
  const arena::ref block = find_entry(s, key.key);
  if (block == arena::null) return arena::null;
  return find_item(s, entry_at(s, block)->payload(), key.sub);
}

result<arena::ref> item_table::restore_block(segment& s, const delta_key& key,
                                             std::string_view value) {
  timestamp_ms written = 0;
  if (!valid_sub(key.sub) || (expires_ && value.size() < sizeof written)) {
    return make_error(errc::state_corrupt,
                      "table " + spec_.name + ": an entry is not what the table declares",
                      "the checkpoint is damaged or was written by another table layout");
  }
  if (expires_) {
    std::memcpy(&written, value.data(), sizeof written);
    value.remove_prefix(sizeof written);
  }
  arena::ref owner = find_entry(s, key.key);
  if (owner == arena::null) owner = add_entry(s, key.group - context_.range.first, key.key);
  char* head = entry_at(s, owner)->payload();
  head_in(head).self = owner;
  arena::ref block = find_item(s, head, key.sub);
  if (block == arena::null || !overwrite(s, item_at(s, block), value)) {
    if (block != arena::null) {
      item_at(s, block)->flags &= static_cast<std::uint8_t>(~entry_flag::persisted);
      unlink_item(s, head, block);
      --head_in(head).count;
      --s.rows;
      drop_block(s, block);
    }
    block = add_item(s, head, key.sub, value.data(), value.size());
    link_item(s, head, block);
  }
  if (expires_) put_time(s, item_at(s, block), written);
  return block;
}

void item_table::expire(segment& s, timestamp_ms now) {
  std::vector<arena::ref> blocks;
  all_blocks(s, blocks);
  s.oldest_write = INT64_MAX;
  for (const arena::ref block : blocks) {
    const timestamp_ms written = time_of(item_at(s, block));
    if (written <= now - spec_.ttl_ms) {
      erase_block(s, block);
    } else {
      s.oldest_write = std::min(s.oldest_write, written);
    }
  }
}

}  // namespace millrace::tables
