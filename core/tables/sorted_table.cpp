#include "core/tables/sorted_table.hpp"

#include "core/tables/sorted_leaf.hpp"

#include <algorithm>

namespace millrace::tables {
namespace {

sorted_head& sorted_in(char* head) { return *reinterpret_cast<sorted_head*>(head); }
const sorted_head& sorted_in(const char* head) {
  return *reinterpret_cast<const sorted_head*>(head);
}

}  // namespace

sorted_table::sorted_table(table_spec spec, std::uint16_t ordinal, const table_context& context,
                           segment_host& host, prefix_form prefix)
    : item_table(std::move(spec), ordinal, context, host, sizeof(item)), prefix_(prefix) {
  static_assert(sizeof(sorted_head) == sizeof(chain_head));
}

bool sorted_table::put(key_handle key, std::string_view order, std::string_view row) {
  MILLRACE_ASSERT(!spec_.sequenced);
  segment& s = segment_of(key.payload);
  before_write(s);
  sorted_head& head = sorted_in(key.payload);
  const spot at = search(s, head, order, bound::lower);
  if (!holds(s, head, at, order)) {
    place_row(s, head, at, order, row);
    return true;
  }
  const arena::ref block = block_at(s, head, at);
  item* old = item_at(s, block);
  const bool fresh = !alive(old, horizon());
  if (overwrite(s, old, row)) {
    note_change(s, block, old->flags);
    return fresh;
  }
  const auto persisted = static_cast<std::uint8_t>(old->flags & entry_flag::persisted);
  old->flags &= static_cast<std::uint8_t>(~entry_flag::persisted);
  remove_at(s, head, at);
  forget_item(s, key.payload, block);
  const spot again = search(s, head, order, bound::lower);
  place_row(s, head, again, order, row);
  item_at(s, block_at(s, head, again))->flags |= persisted;
  return fresh;
}

std::uint64_t sorted_table::insert(key_handle key, std::string_view order, std::string_view row) {
  MILLRACE_ASSERT(spec_.sequenced);
  segment& s = segment_of(key.payload);
  before_write(s);
  const std::uint64_t number = s.sequence++;
  const std::uint64_t big = __builtin_bswap64(number);
  char small[120];
  std::string large;
  char* bytes = small;
  if (order.size() + sequence_size > sizeof small) {
    large.resize(order.size() + sequence_size);
    bytes = large.data();
  }
  if (!order.empty()) std::memcpy(bytes, order.data(), order.size());
  std::memcpy(bytes + order.size(), &big, sizeof big);
  const std::string_view full(bytes, order.size() + sequence_size);
  sorted_head& head = sorted_in(key.payload);
  place_row(s, head, search(s, head, full, bound::lower), full, row);
  return number;
}

void sorted_table::place_row(segment& s, sorted_head& head, spot at, std::string_view order,
                             std::string_view row) {
  char* payload = reinterpret_cast<char*>(&head);
  const arena::ref block = add_item(s, payload, order, row.data(), row.size());
  note_change(s, block, item_at(s, block)->flags);
  insert_at(s, head, at, block);
}

bool sorted_table::erase(key_handle key, std::string_view order) {
  if (count(key) == 0) return false;
  segment& s = segment_of(key.payload);
  sorted_head& head = sorted_in(key.payload);
  const spot at = search(s, head, order, bound::lower);
  if (!holds(s, head, at, order)) return false;
  before_write(s);
  const arena::ref block = block_at(s, head, at);
  const bool seen = alive(item_at(s, block), horizon());
  remove_at(s, head, at);
  forget_item(s, key.payload, block);
  return seen;
}

void sorted_table::erase(sorted_cursor& c) {
  segment& s = *c.segment_;
  before_write(s);
  sorted_head& head = sorted_in(c.head_);
  spot at{c.leaf_, c.place_};
  const arena::ref block = block_at(s, head, at);
  const std::uint32_t leaves = head.leaves;
  remove_at(s, head, at);
  // Leaves that went or merged moved the rows: look for what comes next by the old bytes.
  if (head.leaves != leaves) at = search(s, head, sub_of(item_at(s, block)), bound::lower);
  forget_item(s, c.head_, block);
  c.leaf_ = at.leaf;
  c.place_ = at.place;
  settle(c, true);
}

std::uint32_t sorted_table::erase_range(key_handle key, std::string_view from,
                                        std::string_view to) {
  if (count(key) == 0) return 0;
  segment& s = segment_of(key.payload);
  before_write(s);
  sorted_head& head = sorted_in(key.payload);
  std::uint32_t removed = 0;
  spot at = search(s, head, from, bound::lower);
  while (head.count != 0) {
    const arena::ref block = block_at(s, head, at);
    if (block == arena::null || (!to.empty() && sub_of(item_at(s, block)) >= to)) break;
    const std::uint32_t leaves = head.leaves;
    remove_at(s, head, at);
    forget_item(s, key.payload, block);
    ++removed;
    at = head.leaves != leaves ? search(s, head, from, bound::lower) : normal(s, head, at);
  }
  return removed;
}

sorted_cursor sorted_table::first(key_handle key) const { return cursor_at(key, {0, 0}, true); }

sorted_cursor sorted_table::last(key_handle key) const {
  if (count(key) == 0) return {};
  const sorted_head& head = sorted_in(key.payload);
  if (head.leaves == 0) return cursor_at(key, {0, 0}, false);
  const std::uint32_t leaf = head.leaves - 1;
  return cursor_at(key, {leaf, leaf_at(segment_of(key.payload), head, leaf).count() - 1}, false);
}

sorted_cursor sorted_table::lower_bound(key_handle key, std::string_view order) const {
  if (count(key) == 0) return {};
  return cursor_at(
      key, search(segment_of(key.payload), sorted_in(key.payload), order, bound::lower), true);
}

sorted_cursor sorted_table::upper_bound(key_handle key, std::string_view order) const {
  if (count(key) == 0) return {};
  return cursor_at(
      key, search(segment_of(key.payload), sorted_in(key.payload), order, bound::upper), true);
}

sorted_cursor sorted_table::find(key_handle key, std::string_view order) const {
  sorted_cursor c = lower_bound(key, order);
  return c.valid() && c.order() == order ? c : sorted_cursor();
}

sorted_cursor sorted_table::nth(key_handle key, std::uint32_t n) const {
  if (n >= count(key)) return {};
  const segment& s = segment_of(key.payload);
  const sorted_head& head = sorted_in(key.payload);
  spot at{0, n};
  for (; head.leaves != 0; ++at.leaf) {
    const std::uint32_t rows = leaf_at(s, head, at.leaf).count();
    if (at.place < rows) break;
    at.place -= rows;
  }
  return cursor_at(key, at, true);
}

std::uint32_t sorted_table::rank(const sorted_cursor& c) const {
  std::uint32_t before = c.place_;
  for (std::uint32_t i = 0; i < c.leaf_; ++i)
    before += leaf_at(*c.segment_, sorted_in(c.head_), i).count();
  return before;
}

sorted_cursor sorted_table::cursor_at(key_handle key, spot at, bool forward) const {
  sorted_cursor c;
  if (count(key) == 0) return c;
  c.table_ = this;
  c.segment_ = const_cast<segment*>(&segment_of(key.payload));
  c.head_ = key.payload;
  c.horizon_ = horizon();
  c.leaf_ = at.leaf;
  c.place_ = at.place;
  settle(c, forward);
  return c;
}

// Reads the row at the cursor's place; moves on where there is none, or an expired one.
void sorted_table::settle(sorted_cursor& c, bool forward) const {
  const sorted_head& head = sorted_in(c.head_);
  for (;;) {
    const arena::ref block = block_at(*c.segment_, head, {c.leaf_, c.place_});
    c.at_ = block == arena::null ? nullptr : item_at(*c.segment_, block);
    if (c.at_ != nullptr && alive(c.at_, c.horizon_)) return;
    if (forward) {
      if (c.at_ != nullptr) {
        ++c.place_;
      } else if (c.leaf_ + 1 < head.leaves) {
        ++c.leaf_;
        c.place_ = 0;
      } else {
        return;
      }
    } else if (c.place_ != 0) {
      --c.place_;
    } else if (c.leaf_ != 0) {
      c.place_ = leaf_at(*c.segment_, head, --c.leaf_).count() - 1;
    } else {
      c.at_ = nullptr;
      return;
    }
  }
}

void sorted_cursor::next() {
  ++place_;
  table_->settle(*this, true);
}

void sorted_cursor::previous() {
  if (place_ != 0) {
    --place_;
  } else if (leaf_ != 0) {
    place_ = UINT32_MAX;
    --leaf_;
    place_ = table_->rows_in_leaf(*this) - 1;
  } else {
    at_ = nullptr;
    return;
  }
  table_->settle(*this, false);
}

std::uint32_t sorted_table::rows_in_leaf(const sorted_cursor& c) const {
  return leaf_at(*c.segment_, sorted_in(c.head_), c.leaf_).count();
}

arena::ref sorted_table::find_item(segment& s, char* payload, std::string_view sub) {
  const sorted_head& head = sorted_in(payload);
  if (head.count == 0) return arena::null;
  const spot at = search(s, head, sub, bound::lower);
  return holds(s, head, at, sub) ? block_at(s, head, at) : arena::null;
}

void sorted_table::link_item(segment& s, char* payload, arena::ref block) {
  sorted_head& head = sorted_in(payload);
  const std::string_view order = sub_of(item_at(s, block));
  insert_at(s, head, search(s, head, order, bound::lower), block);
  if (!spec_.sequenced || order.size() < sequence_size) return;
  std::uint64_t big;
  std::memcpy(&big, order.data() + order.size() - sequence_size, sizeof big);
  s.sequence = std::max(s.sequence, __builtin_bswap64(big) + 1);
}

void sorted_table::unlink_item(segment& s, char* payload, arena::ref block) {
  sorted_head& head = sorted_in(payload);
  remove_at(s, head, search(s, head, sub_of(item_at(s, block)), bound::lower));
}

void sorted_table::items_of(const segment& s, const char* payload,
                            std::vector<arena::ref>& out) const {
  const sorted_head& head = sorted_in(payload);
  if (head.leaves == 0 && head.root != arena::null) out.push_back(head.root);
  for (std::uint32_t i = 0; i < head.leaves; ++i) {
    const leaf_view leaf = leaf_at(s, head, i);
    out.insert(out.end(), leaf.blocks(), leaf.blocks() + leaf.count());
  }
}

}  // namespace millrace::tables
