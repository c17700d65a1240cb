#include "core/tables/list_table.hpp"

#include <algorithm>

namespace millrace::tables {
namespace {

constexpr std::size_t sequence_size = 8;

chain_head& chain_in(char* head) { return *reinterpret_cast<chain_head*>(head); }
const chain_head& chain_in(const char* head) { return *reinterpret_cast<const chain_head*>(head); }

// The sub-key of a row: its number in the list, big endian.
std::uint64_t number_of(const char* bytes) {
  std::uint64_t number;
  std::memcpy(&number, bytes, sizeof number);
  return __builtin_bswap64(number);
}

}  // namespace

list_table::list_table(table_spec spec, std::uint16_t ordinal, const table_context& context,
                       segment_host& host)
    : item_table(std::move(spec), ordinal, context, host, sizeof(linked_item)) {}

void list_table::append(key_handle key, std::string_view row) {
  segment& s = segment_of(key.payload);
  before_write(s);
  chain_head& chain = chain_in(key.payload);
  const std::uint64_t number =
      chain.count == 0 ? 0 : number_of(sub_bytes(item_at(s, chain.last))) + 1;
  const std::uint64_t big = __builtin_bswap64(number);
  const arena::ref block = add_item(
      s, key.payload, {reinterpret_cast<const char*>(&big), sizeof big}, row.data(), row.size());
  note_change(s, block, item_at(s, block)->flags);
  (chain.root == arena::null ? chain.root : item_at<linked_item>(s, chain.last)->next) = block;
  chain.last = block;
}

list_cursor list_table::rows(key_handle key) const {
  list_cursor cursor;
  if (!key) return cursor;
  cursor.table_ = this;
  cursor.segment_ = &segment_of(key.payload);
  cursor.horizon_ = horizon();
  cursor.at_ = first_alive(*cursor.segment_, chain_in(key.payload).root, cursor.horizon_);
  return cursor;
}

void list_table::remove_first(key_handle key, std::uint32_t n) {
  if (!key || count(key) == 0) return;
  segment& s = segment_of(key.payload);
  before_write(s);
  chain_head& chain = chain_in(key.payload);
  for (; n != 0 && chain.root != arena::null; --n) {
    const arena::ref block = chain.root;
    chain.root = item_at<linked_item>(s, block)->next;
    forget_item(s, key.payload, block);
  }
}

// Rows have consecutive numbers, for they go from the front only.
arena::ref list_table::find_item(segment& s, char* head, std::string_view sub) {
  const chain_head& chain = chain_in(head);
  if (chain.count == 0 || sub.size() != sequence_size) return arena::null;
  const std::uint64_t number = number_of(sub.data());
  const std::uint64_t newest = number_of(sub_bytes(item_at(s, chain.last)));
  if (number == newest) return chain.last;
  if (number > newest || number < number_of(sub_bytes(item_at(s, chain.root)))) return arena::null;
  for (arena::ref at = chain.root; at != arena::null; at = item_at<linked_item>(s, at)->next) {
    if (number_of(sub_bytes(item_at(s, at))) == number) return at;
  }
  return arena::null;
}

void list_table::link_item(segment& s, char* head, arena::ref block) {
  chain_head& chain = chain_in(head);
  const std::uint64_t number = number_of(sub_bytes(item_at(s, block)));
  arena::ref* place = &chain.root;
  if (chain.root != arena::null && number_of(sub_bytes(item_at(s, chain.last))) < number)
    place = &item_at<linked_item>(s, chain.last)->next;
  while (*place != arena::null && number_of(sub_bytes(item_at(s, *place))) < number)
    place = &item_at<linked_item>(s, *place)->next;
  item_at<linked_item>(s, block)->next = *place;
  if (*place == arena::null) chain.last = block;
  *place = block;
}

void list_table::unlink_item(segment& s, char* head, arena::ref block) {
  chain_head& chain = chain_in(head);
  arena::ref before = arena::null;
  for (arena::ref at = chain.root; at != block; at = item_at<linked_item>(s, at)->next) before = at;
  const arena::ref next = item_at<linked_item>(s, block)->next;
  (before == arena::null ? chain.root : item_at<linked_item>(s, before)->next) = next;
  if (chain.last == block) chain.last = before;
}

void list_table::items_of(const segment& s, const char* head, std::vector<arena::ref>& out) const {
  for (arena::ref at = chain_in(head).root; at != arena::null;
       at = item_at<linked_item>(s, at)->next) {
    out.push_back(at);
  }
}

bool list_table::valid_sub(std::string_view sub) const { return sub.size() == sequence_size; }

}  // namespace millrace::tables
