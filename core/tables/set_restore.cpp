#include "core/tables/set_state.hpp"
#include "core/tables/state_store.hpp"

#include <algorithm>
#include <utility>

namespace millrace::tables {
namespace {

error corrupt(std::string what) {
  return make_error(errc::state_corrupt, "a checkpoint's entry is damaged: " + std::move(what),
                    "restore from an older checkpoint");
}

}  // namespace

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

namespace {

/// The entries of the tables that a set wants, of all that its store gives.
class table_filter final : public delta_reader {
 public:
  table_filter(delta_reader& from, const set_state& set, bool resident)
      : from_(from), set_(set), resident_(resident) {}

  [[nodiscard]] result<std::span<const delta_entry>> next() override {
    for (;;) {
      MILLRACE_TRY(const auto block, from_.next());
      if (block.empty()) return block;
      kept_.clear();
      for (const delta_entry& e : block) {
        if (e.key.size() < delta_key_head || wanted(table_of_key(e.key))) kept_.push_back(e);
      }
      if (!kept_.empty()) return std::span<const delta_entry>(kept_);
    }
  }

 private:
  [[nodiscard]] bool wanted(std::size_t table) const {
    return table >= set_.tables.size() || set_.tables[table].spillable() != resident_;
  }

  delta_reader& from_;
  const set_state& set_;
  bool resident_;
  std::vector<delta_entry> kept_;
};

/// Reads cold groups into segments of its own; they are handed over by `finish_load`.
class group_load final : public load_job {
 public:
  group_load(set_state& owner, std::vector<std::uint32_t> cold_groups)
      : set(owner), groups(std::move(cold_groups)) {
    segments.resize(set.tables.size());
    for (std::size_t t = 0; t < set.tables.size(); ++t) {
      if (!set.tables[t].spillable()) continue;
      segments[t].resize(set.context.range.count);
      for (const std::uint32_t i : groups)
        segments[t][i] = std::make_unique<segment>(set.context.budget);
    }
  }
  void run() override {
    if (auto done = read(); !done.ok()) failure = done.take_error();
  }

  result<void> read() {
    std::vector<key_group> ids;
    for (const std::uint32_t i : groups) ids.push_back(set.group_at(i));
    MILLRACE_TRY(const auto all, set.context.store->read(ids));
    table_filter from(*all, set, false);
    for (;;) {
      MILLRACE_TRY(const auto block, from.next());
      if (block.empty()) return {};
      for (const delta_entry& entry : block) MILLRACE_CHECK(put(entry));
    }
  }

  result<void> put(const delta_entry& entry) {
    const auto key = parse_delta_key(entry.key);
    if (!key || key->table >= segments.size() || !set.context.range.contains(key->group))
      return corrupt("it does not belong to a cold key group");
    segment& s = *segments[key->table][key->group - set.context.range.first];
    return set.restore_keyed(*set.tables[key->table].keyed, s, *key, entry, false);
  }

  set_state& set;
  std::vector<std::uint32_t> groups;
  std::vector<std::vector<std::unique_ptr<segment>>> segments;  // by table and group
  std::optional<error> failure;
};

}  // namespace

std::unique_ptr<load_job> set_state::begin_load() {
  if (wanted.empty()) return nullptr;
  std::sort(wanted.begin(), wanted.end());
  for (const std::uint32_t i : wanted) loading[i] = true;
  return std::make_unique<group_load>(*this, std::exchange(wanted, {}));
}

result<void> set_state::finish_load(load_job& finished) {
  auto& job = static_cast<group_load&>(finished);
  for (const std::uint32_t i : job.groups) {
    loading[i] = false;
    if (job.failure || !cold[i]) continue;
    for (std::size_t t = 0; t < tables.size(); ++t) {
      if (tables[t].spillable()) tables[t].keyed->segments_[i] = std::move(job.segments[t][i]);
    }
    make_warm(i);
  }
  if (job.failure) return *std::move(job.failure);
  return {};
}

void set_state::load_now(std::uint32_t i) {
  group_load job(*this, {i});
  job.run();
  if (context.strict_prefetch && !failure) {
    failure = make_error(errc::internal, "an operator looked into key group " +
                                             std::to_string(group_at(i).value) +
                                             ", which is cold, without prefetch");
  }
  if (job.failure && !failure) failure = *job.failure;
  // The caller holds the segment: fill it in place.
  for (std::size_t t = 0; t < tables.size(); ++t) {
    if (tables[t].spillable()) tables[t].keyed->segments_[i]->take(*job.segments[t][i]);
  }
  make_warm(i);
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
