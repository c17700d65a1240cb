#include "core/tables/set_state.hpp"
#include "core/tables/state_store.hpp"
#include "core/tables/table_filter.hpp"

#include <algorithm>
#include <utility>

namespace millrace::tables {

error set_state::corrupt(std::string what) {
  return make_error(errc::state_corrupt, "a checkpoint's entry is damaged: " + std::move(what),
                    "restore from an older checkpoint");
}

result<void> set_state::restore_keyed(keyed_table& t, segment& s, const delta_key& key,
                                      const delta_entry& entry, bool dirty) const {
  if (entry.tombstone) {
    const arena::ref block = t.find_block(s, key);
    if (block == arena::null) return {};
    // The store this state comes from does not hold it any more: no tombstone is needed.
    t.flags_of(s, block) &= static_cast<std::uint8_t>(~entry_flag::persisted);
    t.erase_block(s, block);
    return {};
  }
  MILLRACE_TRY(const arena::ref block, t.restore_block(s, key, entry.value));
  std::uint8_t& flags = t.flags_of(s, block);
  if (dirty) {
    t.note_change(s, block, flags);
  } else if (context.track_changes) {
    flags |= entry_flag::persisted;
  }
  return {};
}

result<void> set_state::restore(delta_reader& from, bool dirty, bool allow_dropped) {
  for (;;) {
    MILLRACE_TRY(const auto block, from.next());
    if (block.empty()) break;
    for (const delta_entry& entry : block) {
      const auto key = parse_delta_key(entry.key);
      if (!key) return corrupt("its key is cut short");
      if (key->table >= tables.size()) {
        if (allow_dropped) continue;
        return make_error(errc::state_type_changed,
                          "the checkpoint holds table number " + std::to_string(key->table) +
                              ", which the operator does not declare any more",
                          "allow dropped state to go on without it");
      }
      table& t = tables[key->table];
      if (t.task) {
        if (key->group != unkeyed_group) return corrupt("task state in a key group");
        MILLRACE_CHECK(t.task->restore(entry, dirty));
        continue;
      }
      if (!context.range.contains(key->group)) continue;
      if (context.range.group_of(key->key.hash) != key->group)
        return corrupt("its hash belongs to another key group");
      const std::uint32_t i = key->group - context.range.first;
      MILLRACE_CHECK(restore_keyed(*t.keyed, *t.keyed->segments_[i], *key, entry, dirty));
    }
  }
  for (table& t : tables) {
    if (t.keyed) t.keyed->segments_changed();
  }
  return {};
}

result<void> set_state::restore_lazily() {
  MILLRACE_ASSERT(context.store != nullptr);
  MILLRACE_TRY(const auto groups, context.store->groups());
  std::vector<key_group> resident;
  for (const key_group g : groups) {
    if (g.value != unkeyed_group && !context.range.contains(g.value)) continue;
    resident.push_back(g);
    if (g.value != unkeyed_group) make_cold(g.value - context.range.first);
  }
  MILLRACE_TRY(const auto all, context.store->read(resident));
  table_filter from(*all, *this, true);
  return restore(from, false, false);
}

}  // namespace millrace::tables
