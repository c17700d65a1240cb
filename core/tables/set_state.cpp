#include "core/tables/set_state.hpp"

#include "core/tables/state_store.hpp"

#include <algorithm>

namespace millrace::tables {

set_state::set_state(table_context c)
    : context(c),
      pinned(c.range.count),
      cold(c.range.count),
      loading(c.range.count),
      spilled_bytes(c.range.count) {
  use_clock = 1;
  for (std::uint32_t i = 0; i < c.range.count; ++i)
    loaded.push_back(std::make_unique<loaded_hashes>(c.budget));
}

set_state::~set_state() {
  if (in_flight == nullptr) return;
  for (auto& s : in_flight->segments) s->cut_off();
  in_flight->set = nullptr;
}

// Scans a segment only when something in it can have expired, and not again before a sixteenth of
// the time to live has passed: a table whose rows expire all the time is not scanned at each
// checkpoint.
void set_state::remove_expired(keyed_table& t, segment& s) const {
  const timestamp_ms now = context.time->now();
  if (s.oldest_write > now - t.spec().ttl_ms || now < s.next_expiry_scan) return;
  t.expire(s, now);
  s.next_expiry_scan = now + t.spec().ttl_ms / 16;
}

void set_state::freeze_segment(frozen_set& to, keyed_table& t, std::uint32_t i, freeze_mode mode) {
  segment& s = *t.segments_[i];
  const bool snapshot = mode == freeze_mode::snapshot;
  if (s.dead != 0) t.sweep(s);
  if ((snapshot ? s.rows == 0 : s.dirty.empty()) && s.tombstones.empty()) return;
  auto f = std::make_unique<frozen_segment>();
  f->table = &t;
  f->source = &s;
  f->group = group_at(i).value;
  f->mode = mode;
  f->mark = entry_flag::delta_mark(current.value);
  f->expected = snapshot ? s.rows : s.dirty.size();
  // Where there is a store, its own marks stand, and every checkpoint is a snapshot.
  f->deltas_follow = !snapshot || context.store == nullptr;
  if (f->deltas_follow) f->tombstones = std::exchange(s.tombstones, {});
  s.frozen.store(f.get(), std::memory_order_release);
  s.guarded = true;
  to.segments.push_back(std::move(f));
}

std::shared_ptr<frozen_set> set_state::freeze(checkpoint_id checkpoint, freeze_mode mode) {
  MILLRACE_ASSERT(in_flight == nullptr);
  MILLRACE_ASSERT(mode == freeze_mode::snapshot || context.track_changes);
  auto delta = std::make_shared<frozen_set>();
  delta->checkpoint_ = checkpoint;
  delta->epoch_ = current;
  delta->mode_ = mode;
  delta->store = context.store;
  if (mode == freeze_mode::snapshot) {
    if (auto spilled = spill_partial(); !spilled) delta->broken = spilled.take_error();
  }
  for (const table& t : tables) delta->resident_tables.push_back(t.keyed && t.spec.resident);
  for (table& t : tables) {
    if (t.keyed) t.keyed->purge();
  }
  for (std::uint32_t i = 0; i < context.range.count; ++i) {
    if (cold[i] && mode == freeze_mode::snapshot)
      delta->cold.push_back({group_at(i), delta->segments.size()});
    const std::size_t before = delta->segments.size();
    for (table& t : tables) {
      if (!t.keyed || t.keyed->segments_[i]->cold) continue;
      if (t.spec.ttl_ms > 0) remove_expired(*t.keyed, *t.keyed->segments_[i]);
      freeze_segment(*delta, *t.keyed, i, mode);
    }
    pinned[i] = delta->segments.size() > before || mode == freeze_mode::snapshot;
  }
  for (std::uint16_t i = 0; i < tables.size(); ++i) {
    if (!tables[i].task) continue;
    delta->task_lists.emplace_back(i, std::vector<std::string>());
    tables[i].task->collect(mode == freeze_mode::snapshot, delta->unkeyed,
                            delta->task_lists.back().second);
  }
  current = epoch(current.value + 1);
  delta->set = this;
  in_flight = delta.get();
  return delta;
}

void set_state::end_delta(frozen_set& delta) {
  if (delta.set != this) return;
  // A snapshot that was written may still be needed by a segment that nobody copied out.
  for (auto& s : delta.segments) s->cut_off();
  std::fill(pinned.begin(), pinned.end(), false);
  delta.set = nullptr;
  in_flight = nullptr;
}

void set_state::merge_back(frozen_set& delta) {
  if (delta.set != this) return;
  for (auto& s : delta.segments) s->merge_back();
  for (const auto& [ordinal, lists] : delta.task_lists) tables[ordinal].task->mark_dirty(lists);
  end_delta(delta);
}

std::size_t set_state::group_bytes(std::uint32_t i) const {
  std::size_t bytes = loaded[i]->bytes();
  for (const table& t : tables) {
    if (t.spillable()) bytes += t.keyed->segments_[i]->bytes();
  }
  return bytes;
}

bool set_state::group_changed(std::uint32_t i) const {
  return std::any_of(tables.begin(), tables.end(), [&](const table& t) {
    return t.spillable() &&
           !(t.keyed->segments_[i]->dirty.empty() && t.keyed->segments_[i]->tombstones.empty());
  });
}

// Changes made since a freeze must not reach the store before that checkpoint is linked.
bool set_state::held_by_checkpoint(std::uint32_t i) const {
  return pinned[i] || (in_flight != nullptr && group_changed(i));
}

result<void> set_state::retire(std::uint32_t i) {
  if (context.store == nullptr || !context.track_changes || held_by_checkpoint(i)) return {};
  for (table& t : tables) {
    if (t.keyed) t.keyed->purge();
  }
  return spill_groups({i});
}

std::vector<std::uint32_t> set_state::coldest(std::size_t bytes) const {
  std::vector<std::pair<std::uint32_t, std::uint32_t>> candidates;  // last use, group
  for (std::uint32_t i = 0; i < context.range.count; ++i) {
    if (held_by_checkpoint(i) || group_bytes(i) == 0) continue;
    std::uint32_t used = 0;
    for (const table& t : tables) {
      if (t.spillable()) used = std::max(used, t.keyed->segments_[i]->last_used);
    }
    candidates.emplace_back(used, i);
  }
  std::sort(candidates.begin(), candidates.end());
  std::vector<std::uint32_t> chosen;
  for (std::size_t k = 0, sum = 0; k < candidates.size() && sum < bytes; ++k) {
    chosen.push_back(candidates[k].second);
    sum += group_bytes(candidates[k].second);
  }
  std::sort(chosen.begin(), chosen.end());
  return chosen;
}

result<std::size_t> set_state::spill(std::size_t bytes) {
  if (context.store == nullptr || !context.track_changes) return std::size_t{0};
  for (table& t : tables) {
    if (t.keyed) t.keyed->purge();
  }
  const auto groups = coldest(bytes);
  std::size_t freed = 0;
  for (const std::uint32_t i : groups) freed += group_bytes(i);
  MILLRACE_CHECK(spill_groups(groups));
  return freed;
}

// The changes of the groups go to the store as a delta of their own, in one write.
result<void> set_state::spill_groups(const std::vector<std::uint32_t>& groups) {
  frozen_set delta;
  for (const std::uint32_t i : groups) {
    for (table& t : tables) {
      if (t.spillable()) freeze_segment(delta, *t.keyed, i, freeze_mode::changes);
    }
  }
  frozen_reader reader(delta);
  if (auto written = context.store->write(reader); !written.ok()) {
    for (auto& s : delta.segments) s->merge_back();
    return written.take_error();
  }
  for (const std::uint32_t i : groups) make_cold(i);
  return {};
}

// A snapshot reads cold groups from the store: what was loaded of them has to be there, too.
result<void> set_state::spill_partial() {
  std::vector<std::uint32_t> groups;
  for (std::uint32_t i = 0; i < context.range.count; ++i) {
    if (partial(i)) groups.push_back(i);
  }
  if (groups.empty()) return {};
  for (table& t : tables) {
    if (t.keyed) t.keyed->purge();
  }
  return spill_groups(groups);
}

void set_state::make_cold(std::uint32_t i) {
  spilled_bytes[i] = std::max(spilled_bytes[i], group_bytes(i));
  for (table& t : tables) {
    if (!t.spillable()) continue;
    segment& s = *t.keyed->segments_[i];
    s.clear();
    s.cold = s.guarded = true;
    s.partial = false;
    t.keyed->segments_changed();
  }
  loaded[i]->clear();
  if (!cold[i]) ++cold_count;
  cold[i] = true;
}

void set_state::make_partial(std::uint32_t i) {
  for (table& t : tables) {
    if (!t.spillable()) continue;
    segment& s = *t.keyed->segments_[i];
    s.cold = false;
    s.partial = s.guarded = true;
    s.last_used = use_clock;
  }
}

void set_state::make_warm(std::uint32_t i) {
  for (table& t : tables) {
    if (!t.spillable()) continue;
    segment& s = *t.keyed->segments_[i];
    s.cold = s.partial = false;
    s.last_used = use_clock;
    t.keyed->segments_changed();
  }
  loaded[i]->clear();
  spilled_bytes[i] = 0;
  cold[i] = loading[i] = false;
  --cold_count;
}

// Whole groups come back only far below the limit, else spills and loads of the same group would
// take turns.
bool set_state::takes_whole(std::uint32_t i) const {
  if (context.loads != load_policy::by_room) return context.loads == load_policy::groups;
  const std::size_t size = spilled_bytes[i] != 0
                               ? spilled_bytes[i]
                               : 2 * context.store->stored_bytes() / context.range.count;
  return context.budget->used() + static_cast<std::int64_t>(wanted_bytes + 2 * size) <
         context.budget->limit() / 2;
}

readiness set_state::want(std::uint32_t i, std::uint64_t hash) {
  if (!cold[i] || loaded[i]->contains(hash)) return readiness::ready;
  if (loading[i] || std::find(wanted.begin(), wanted.end(), i) != wanted.end())
    return readiness::loading;
  if (!partial(i) && takes_whole(i)) return want(i);
  wanted_keys.emplace_back(i, hash);
  return readiness::loading;
}

readiness set_state::want(std::uint32_t i) {
  if (!cold[i]) return readiness::ready;
  if (!loading[i] && std::find(wanted.begin(), wanted.end(), i) == wanted.end()) {
    wanted.push_back(i);
    wanted_bytes += spilled_bytes[i];
  }
  return readiness::loading;
}

}  // namespace millrace::tables
