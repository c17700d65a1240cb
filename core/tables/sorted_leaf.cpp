#include "core/tables/sorted_leaf.hpp"

#include <algorithm>

namespace millrace::tables {
namespace {

arena::ref* directory_of(const segment& s, const sorted_head& head) {
  return reinterpret_cast<arena::ref*>(s.store.at(head.root));
}

}  // namespace

sorted_table::leaf_view sorted_table::leaf_at(const segment& s, const sorted_head& head,
                                              std::uint32_t i) const {
  return {s.store.at(head.leaves == 1 ? head.root : directory_of(s, head)[i])};
}

// Whether a row stands before the bound.
bool sorted_table::passes(std::uint64_t prefix, arena::ref block, const segment& s,
                          std::string_view order, std::uint64_t wanted, bound b) const {
  if (prefix < wanted) return true;
  if (prefix > wanted && (b == bound::lower || order.size() >= bytes_in_prefix())) return false;
  const std::string_view row = sub_of(item_at(s, block));
  if (b == bound::upper && row.substr(0, order.size()) == order) return true;
  return row < order;
}

sorted_table::spot sorted_table::search(const segment& s, const sorted_head& head,
                                        std::string_view order, bound b) const {
  const std::uint64_t wanted = prefix_of(order);
  if (head.leaves == 0) {
    if (head.root == arena::null) return {0, 0};
    const std::string_view row = sub_of(item_at(s, head.root));
    return {0, passes(prefix_of(row), head.root, s, order, wanted, b) ? 1U : 0U};
  }
  // The last leaf whose first row stands before the bound.
  std::uint32_t low = 0;
  std::uint32_t high = head.leaves - 1;
  while (low < high) {
    const std::uint32_t middle = (low + high + 1) / 2;
    const leaf_view leaf = leaf_at(s, head, middle);
    if (passes(leaf.prefixes()[0], leaf.blocks()[0], s, order, wanted, b)) {
      low = middle;
    } else {
      high = middle - 1;
    }
  }
  const leaf_view leaf = leaf_at(s, head, low);
  std::uint32_t first = 0;
  std::uint32_t end = leaf.count();
  // Rows in the order of their bytes are the usual case: look at the end first.
  if (passes(leaf.prefixes()[end - 1], leaf.blocks()[end - 1], s, order, wanted, b)) first = end;
  while (first < end) {
    const std::uint32_t middle = (first + end) / 2;
    if (passes(leaf.prefixes()[middle], leaf.blocks()[middle], s, order, wanted, b)) {
      first = middle + 1;
    } else {
      end = middle;
    }
  }
  return normal(s, head, {low, first});
}

// The end of a leaf is the beginning of the next one.
sorted_table::spot sorted_table::normal(const segment& s, const sorted_head& head, spot at) const {
  if (at.leaf + 1 < head.leaves && at.place == leaf_at(s, head, at.leaf).count())
    return {at.leaf + 1, 0};
  return at;
}

arena::ref sorted_table::block_at(const segment& s, const sorted_head& head, spot at) const {
  if (head.leaves == 0) return at.place == 0 ? head.root : arena::null;
  if (at.leaf >= head.leaves) return arena::null;
  const leaf_view leaf = leaf_at(s, head, at.leaf);
  return at.place < leaf.count() ? leaf.blocks()[at.place] : arena::null;
}

bool sorted_table::holds(const segment& s, const sorted_head& head, spot at,
                         std::string_view order) const {
  const arena::ref block = block_at(s, head, at);
  if (block == arena::null) return false;
  if (head.leaves != 0 && leaf_at(s, head, at.leaf).prefixes()[at.place] != prefix_of(order))
    return false;
  return sub_of(item_at(s, block)) == order;
}

void sorted_table::insert_at(segment& s, sorted_head& head, spot at, arena::ref block) {
  if (head.leaves == 0 && head.root == arena::null) {
    head.root = block;
    return;
  }
  if (head.leaves == 0) {
    const arena::ref only = head.root;
    head.root = s.store.allocate(leaf_view::size_for(leaf_view::smallest));
    head.leaves = 1;
    const leaf_view leaf = leaf_at(s, head, 0);
    leaf.begin(leaf_view::smallest);
    leaf.resize(1);
    leaf.set(0, prefix_of(sub_of(item_at(s, only))), only);
  }
  if (const leaf_view leaf = leaf_at(s, head, at.leaf); leaf.count() == leaf.room()) {
    if (leaf.room() < leaf_view::largest) {
      resize_leaf(s, head, at.leaf, leaf.room() * 4);
    } else {
      split_leaf(s, head, at);
    }
  }
  const leaf_view leaf = leaf_at(s, head, at.leaf);
  leaf.copy(at.place + 1, leaf, at.place, leaf.count() - at.place);
  leaf.set(at.place, prefix_of(sub_of(item_at(s, block))), block);
  leaf.resize(leaf.count() + 1);
}

void sorted_table::remove_at(segment& s, sorted_head& head, spot at) {
  if (head.leaves == 0) {
    head.root = arena::null;
    return;
  }
  const leaf_view leaf = leaf_at(s, head, at.leaf);
  leaf.copy(at.place, leaf, at.place + 1, leaf.count() - at.place - 1);
  leaf.resize(leaf.count() - 1);
  if (leaf.count() == 0) {
    remove_leaf(s, head, at.leaf);
  } else if (head.leaves > 1 && leaf.count() <= leaf_view::largest / 4) {
    merge_leaf(s, head, at.leaf);
  }
}

void sorted_table::resize_leaf(segment& s, sorted_head& head, std::uint32_t i, std::uint32_t room) {
  const leaf_view old = leaf_at(s, head, i);
  const arena::ref fresh = s.store.allocate(leaf_view::size_for(room));
  const leaf_view leaf{s.store.at(fresh)};
  leaf.begin(room);
  leaf.copy(0, old, 0, old.count());
  leaf.resize(old.count());
  arena::ref& place = head.leaves == 1 ? head.root : directory_of(s, head)[i];
  s.store.release(place, leaf_view::size_for(old.room()));
  place = fresh;
}

// At the very end a leaf begins anew, so that rows in order leave full leaves behind; else in
// halves.
void sorted_table::split_leaf(segment& s, sorted_head& head, spot& at) {
  const leaf_view full = leaf_at(s, head, at.leaf);
  const bool appending = at.leaf + 1 == head.leaves && at.place == full.count();
  const std::uint32_t keep = appending ? full.count() : full.count() / 2;
  const std::uint32_t room = appending ? leaf_view::largest / 4 : leaf_view::largest;
  const arena::ref fresh = s.store.allocate(leaf_view::size_for(room));
  const leaf_view leaf{s.store.at(fresh)};
  leaf.begin(room);
  leaf.copy(0, full, keep, full.count() - keep);
  leaf.resize(full.count() - keep);
  full.resize(keep);
  insert_leaf(s, head, at.leaf + 1, fresh);
  if (at.place > keep || appending) at = {at.leaf + 1, at.place - keep};
}

void sorted_table::insert_leaf(segment& s, sorted_head& head, std::uint32_t i, arena::ref leaf) {
  if (head.leaves == 1) {
    const arena::ref only = head.root;
    head.room = 4;
    head.root = s.store.allocate(head.room * sizeof(arena::ref));
    directory_of(s, head)[0] = only;
  } else if (head.leaves == head.room) {
    const arena::ref wider = s.store.allocate(head.room * 2 * sizeof(arena::ref));
    std::memcpy(s.store.at(wider), directory_of(s, head), head.leaves * sizeof(arena::ref));
    s.store.release(head.root, head.room * sizeof(arena::ref));
    head.root = wider;
    head.room *= 2;
  }
  arena::ref* directory = directory_of(s, head);
  std::memmove(directory + i + 1, directory + i, (head.leaves - i) * sizeof(arena::ref));
  directory[i] = leaf;
  ++head.leaves;
}

void sorted_table::remove_leaf(segment& s, sorted_head& head, std::uint32_t i) {
  const std::size_t size = leaf_view::size_for(leaf_at(s, head, i).room());
  if (head.leaves == 1) {
    s.store.release(head.root, size);
    head.root = arena::null;
    head.leaves = 0;
    return;
  }
  arena::ref* directory = directory_of(s, head);
  s.store.release(directory[i], size);
  std::memmove(directory + i, directory + i + 1, (head.leaves - i - 1) * sizeof(arena::ref));
  if (--head.leaves > 1) return;
  const arena::ref only = directory[0];
  s.store.release(head.root, head.room * sizeof(arena::ref));
  head.root = only;
  head.room = 0;
}

// Joins a leaf that has become small with a neighbour, if both fit well into one.
void sorted_table::merge_leaf(segment& s, sorted_head& head, std::uint32_t i) {
  const std::uint32_t left = i + 1 < head.leaves ? i : i - 1;
  const std::uint32_t rows = leaf_at(s, head, left).count() + leaf_at(s, head, left + 1).count();
  if (rows > leaf_view::merged) return;
  if (leaf_at(s, head, left).room() < rows) resize_leaf(s, head, left, leaf_view::largest);
  const leaf_view into = leaf_at(s, head, left);
  const leaf_view from = leaf_at(s, head, left + 1);
  into.copy(into.count(), from, 0, from.count());
  into.resize(rows);
  remove_leaf(s, head, left + 1);
}

}  // namespace millrace::tables
