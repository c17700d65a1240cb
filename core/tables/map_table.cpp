#include "core/tables/map_table.hpp"

#include <algorithm>

namespace millrace::tables {
namespace {

// Longer chains are searched by the segment's index of items.
constexpr std::uint32_t longest_chain = 8;

chain_head& chain_in(char* head) { return *reinterpret_cast<chain_head*>(head); }
const chain_head& chain_in(const char* head) { return *reinterpret_cast<const chain_head*>(head); }

constexpr std::uint64_t odd = 0x9e3779b97f4a7c15ULL;

std::uint64_t folded(std::uint64_t a, std::uint64_t b) {
  const auto product = static_cast<unsigned __int128>(a) * b;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

// Of this process only, never stored.
std::uint32_t hash_of(std::string_view bytes) {
  std::uint64_t h = bytes.size() * odd;
  const char* at = bytes.data();
  std::size_t rest = bytes.size();
  for (; rest > 8; rest -= 8, at += 8) {
    std::uint64_t word;
    std::memcpy(&word, at, sizeof word);
    h = folded(h ^ word, odd);
  }
  std::uint64_t tail = 0;
  if (rest != 0) std::memcpy(&tail, at, rest);
  return static_cast<std::uint32_t>(folded(h ^ tail, 0xd6e8feb86659fd93ULL));
}

std::uint32_t item_tag(std::uint32_t sub_hash, arena::ref owner) {
  return static_cast<std::uint32_t>(folded(sub_hash ^ odd, owner * odd) >> 16);
}

}  // namespace

map_table::map_table(table_spec spec, std::uint16_t ordinal, const table_context& context,
                     segment_host& host)
    : item_table(std::move(spec), ordinal, context, host, sizeof(map_item)) {}

arena::ref map_table::search(const segment& s, const char* head, std::string_view sub,
                             std::uint32_t hash) const {
  const chain_head& chain = chain_in(head);
  const auto same = [&](arena::ref block) {
    const auto* at = item_at<map_item>(s, block);
    return at->sub_hash == hash && at->owner == chain.self && sub_of(at) == sub;
  };
  if (chain.indexed != 0) return s.items.find(item_tag(hash, chain.self), same);
  for (arena::ref at = chain.root; at != arena::null; at = item_at<map_item>(s, at)->next) {
    if (same(at)) return at;
  }
  return arena::null;
}

value_ref map_table::find(key_handle key, std::string_view sub_key) const {
  if (count(key) == 0) return {};
  const segment& s = segment_of(key.payload);
  const arena::ref block = search(s, key.payload, sub_key, hash_of(sub_key));
  if (block == arena::null) return {};
  const item* at = item_at(s, block);
  if (!alive(at, horizon())) return {};
  return {sub_bytes(at) + at->sub_size, at->value_size};
}

arena::ref map_table::writable(segment& s, char* head, std::string_view sub, std::uint32_t hash) {
  before_write(s);
  const arena::ref block = search(s, head, sub, hash);
  if (block == arena::null) return arena::null;
  item* at = item_at(s, block);
  if (!alive(at, horizon())) {
    remove(s, head, block);
    return arena::null;
  }
  note_change(s, block, at->flags);
  set_time(s, at);
  return block;
}

value_ref map_table::find_mutable(key_handle key, std::string_view sub_key) {
  if (count(key) == 0) return {};
  segment& s = segment_of(key.payload);
  const arena::ref block = writable(s, key.payload, sub_key, hash_of(sub_key));
  if (block == arena::null) return {};
  const item* at = item_at(s, block);
  return {sub_bytes(at) + at->sub_size, at->value_size};
}

value_ref map_table::upsert(key_handle key, std::string_view sub_key, std::uint32_t size,
                            bool* inserted) {
  segment& s = segment_of(key.payload);
  const std::uint32_t hash = hash_of(sub_key);
  arena::ref block = writable(s, key.payload, sub_key, hash);
  if (inserted != nullptr) *inserted = block == arena::null;
  if (block == arena::null) block = add(s, key.payload, sub_key, hash, nullptr, size);
  const item* at = item_at(s, block);
  MILLRACE_ASSERT(at->value_size == size);
  return {sub_bytes(at) + at->sub_size, size};
}

void map_table::put(key_handle key, std::string_view sub_key, std::string_view value) {
  segment& s = segment_of(key.payload);
  const std::uint32_t hash = hash_of(sub_key);
  const arena::ref block = writable(s, key.payload, sub_key, hash);
  if (block == arena::null) {
    add(s, key.payload, sub_key, hash, value.data(), value.size());
  } else if (!overwrite(s, item_at(s, block), value)) {
    replace_value(s, key.payload, block, value);
  }
}

arena::ref map_table::add(segment& s, char* head, std::string_view sub, std::uint32_t hash,
                          const char* value, std::size_t size) {
  const arena::ref block = add_item(s, head, sub, value, size);
  item_at<map_item>(s, block)->sub_hash = hash;
  note_change(s, block, item_at(s, block)->flags);
  append_link(s, head, block);
  return block;
}

void map_table::append_link(segment& s, char* head, arena::ref block) {
  chain_head& chain = chain_in(head);
  auto* at = item_at<map_item>(s, block);
  at->next = arena::null;
  at->previous = chain.root == arena::null ? arena::null : chain.last;
  (chain.root == arena::null ? chain.root : item_at<map_item>(s, chain.last)->next) = block;
  chain.last = block;
  if (chain.indexed != 0) {
    s.items.insert(item_tag(at->sub_hash, chain.self), block);
  } else if (chain.count > longest_chain) {
    index_items(s, head);
  }
}

void map_table::index_items(segment& s, char* head) {
  chain_head& chain = chain_in(head);
  for (arena::ref at = chain.root; at != arena::null; at = item_at<map_item>(s, at)->next)
    s.items.insert(item_tag(item_at<map_item>(s, at)->sub_hash, chain.self), at);
  chain.indexed = 1;
}

// A larger value takes a new block at the old one's place in the order.
void map_table::replace_value(segment& s, char* head, arena::ref block, std::string_view value) {
  const auto* old = item_at<map_item>(s, block);
  const arena::ref fresh = add_item(s, head, sub_of(old), value.data(), value.size());
  auto* at = item_at<map_item>(s, fresh);
  old = item_at<map_item>(s, block);
  at->sub_hash = old->sub_hash;
  at->next = old->next;
  at->previous = old->previous;
  at->flags = old->flags & entry_flag::persisted;
  note_change(s, fresh, at->flags);
  chain_head& chain = chain_in(head);
  (at->previous == arena::null ? chain.root : item_at<map_item>(s, at->previous)->next) = fresh;
  (at->next == arena::null ? chain.last : item_at<map_item>(s, at->next)->previous) = fresh;
  if (chain.indexed != 0) {
    s.items.erase(item_tag(at->sub_hash, chain.self), block);
    s.items.insert(item_tag(at->sub_hash, chain.self), fresh);
  }
  item_at(s, block)->flags &= static_cast<std::uint8_t>(~entry_flag::persisted);
  forget_item(s, head, block);
}

void map_table::unlink_item(segment& s, char* head, arena::ref block) {
  chain_head& chain = chain_in(head);
  const auto* at = item_at<map_item>(s, block);
  (at->previous == arena::null ? chain.root : item_at<map_item>(s, at->previous)->next) = at->next;
  (at->next == arena::null ? chain.last : item_at<map_item>(s, at->next)->previous) = at->previous;
  if (chain.indexed != 0) s.items.erase(item_tag(at->sub_hash, chain.self), block);
  if (chain.root == arena::null) chain.indexed = 0;
}

void map_table::remove(segment& s, char* head, arena::ref block) {
  unlink_item(s, head, block);
  forget_item(s, head, block);
}

bool map_table::erase(key_handle key, std::string_view sub_key) {
  if (count(key) == 0) return false;
  segment& s = segment_of(key.payload);
  before_write(s);
  const arena::ref block = search(s, key.payload, sub_key, hash_of(sub_key));
  if (block == arena::null) return false;
  const bool seen = alive(item_at(s, block), horizon());
  remove(s, key.payload, block);
  return seen;
}

void map_table::erase(map_cursor& at) {
  segment& s = *at.segment_;
  before_write(s);
  char* head = head_of(s, at.at_);
  const map_item* next = at.at_;
  const arena::ref block = next->previous == arena::null
                               ? chain_in(head).root
                               : item_at<map_item>(s, next->previous)->next;
  at.next();
  remove(s, head, block);
}

void map_table::clear(key_handle key) {
  if (count(key) == 0) return;
  segment& s = segment_of(key.payload);
  before_write(s);
  while (chain_in(key.payload).root != arena::null)
    remove(s, key.payload, chain_in(key.payload).root);
}

map_cursor map_table::items(key_handle key) const {
  map_cursor cursor;
  if (count(key) == 0) return cursor;
  cursor.table_ = this;
  cursor.segment_ = const_cast<segment*>(&segment_of(key.payload));
  cursor.horizon_ = horizon();
  cursor.at_ = first_alive(*cursor.segment_, chain_in(key.payload).root, cursor.horizon_);
  return cursor;
}

arena::ref map_table::find_item(segment& s, char* head, std::string_view sub) {
  if (chain_in(head).root == arena::null) return arena::null;
  return search(s, head, sub, hash_of(sub));
}

void map_table::link_item(segment& s, char* head, arena::ref block) {
  item_at<map_item>(s, block)->sub_hash = hash_of(sub_of(item_at(s, block)));
  append_link(s, head, block);
}

void map_table::items_of(const segment& s, const char* head, std::vector<arena::ref>& out) const {
  for (arena::ref at = chain_in(head).root; at != arena::null;
       at = item_at<map_item>(s, at)->next) {
    out.push_back(at);
  }
}

}  // namespace millrace::tables
