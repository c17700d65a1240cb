#include "core/tables/delta_key.hpp"
#include "core/tables/set_state.hpp"
#include "core/tables/state_store.hpp"
#include "core/tables/table_filter.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace millrace::tables {
namespace {

/// What `prefetch` asked for: whole groups, and keys of others.
struct load_order {
  std::vector<std::uint32_t> groups;
  std::vector<std::pair<std::uint32_t, std::uint64_t>> keys;  ///< group, hash
};

std::string prefix_of(key_group group, std::size_t table, std::uint64_t hash) {
  std::string prefix;
  append_delta_key(prefix, group.value, static_cast<std::uint16_t>(table), {.hash = hash}, {});
  prefix.resize(delta_key_head - 1 - 4);  // up to the hash
  return prefix;
}

/// Reads cold groups into segments of its own, which `finish_load` hands over, and keys, which it
/// puts one by one; so it does with the groups of which some keys are in memory.
class state_load final : public load_job {
 public:
  state_load(set_state& owner, load_order wanted) : set(owner), order(std::move(wanted)) {
    segments.resize(set.tables.size());
    for (std::size_t t = 0; t < set.tables.size(); ++t) {
      if (!set.tables[t].spillable()) continue;
      segments[t].resize(set.context.range.count);
      for (const std::uint32_t i : order.groups) {
        if (!set.partial(i)) segments[t][i] = std::make_unique<segment>(set.context.budget);
      }
    }
  }

  void run() override {
    if (auto done = read(); !done.ok()) failure = done.take_error();
  }

  set_state& set;
  load_order order;
  std::vector<std::vector<std::unique_ptr<segment>>> segments;  // by table and group
  std::vector<owned_entry> entries;                             // to be put one by one
  std::optional<error> failure;

 private:
  result<void> read() {
    if (!order.groups.empty()) {
      std::vector<key_group> ids;
      for (const std::uint32_t i : order.groups) ids.push_back(set.group_at(i));
      MILLRACE_TRY(const auto all, set.context.store->read(ids));
      MILLRACE_CHECK(take(*all));
    }
    if (order.keys.empty()) return {};
    MILLRACE_TRY(const auto some, set.context.store->read_prefixes(prefixes()));
    return take(*some);
  }

  [[nodiscard]] std::vector<std::string> prefixes() const {
    std::vector<std::string> all;
    for (const auto& [i, hash] : order.keys) {
      for (std::size_t t = 0; t < set.tables.size(); ++t) {
        if (set.tables[t].spillable()) all.push_back(prefix_of(set.group_at(i), t, hash));
      }
    }
    std::sort(all.begin(), all.end());
    return all;
  }

  result<void> take(delta_reader& all) {
    table_filter from(all, set, false);
    for (;;) {
      MILLRACE_TRY(const auto block, from.next());
      if (block.empty()) return {};
      for (const delta_entry& entry : block) MILLRACE_CHECK(put(entry));
    }
  }

  result<void> put(const delta_entry& entry) {
    const auto key = parse_delta_key(entry.key);
    if (!key || key->table >= segments.size() || !set.context.range.contains(key->group))
      return set_state::corrupt("it does not belong to a cold key group");
    segment* s = segments[key->table][key->group - set.context.range.first].get();
    if (s != nullptr)
      return set.restore_keyed(*set.tables[key->table].keyed, *s, *key, entry, false);
    entries.push_back({std::string(entry.key), std::string(entry.value), false});
    return {};
  }
};

}  // namespace

std::unique_ptr<load_job> set_state::begin_load() {
  if (wanted.empty() && wanted_keys.empty()) return nullptr;
  load_order order{std::exchange(wanted, {}), std::exchange(wanted_keys, {})};
  wanted_bytes = 0;
  std::sort(order.groups.begin(), order.groups.end());
  for (const std::uint32_t i : order.groups) loading[i] = true;
  std::erase_if(order.keys, [&](const auto& key) { return loading[key.first]; });
  std::sort(order.keys.begin(), order.keys.end());
  order.keys.erase(std::unique(order.keys.begin(), order.keys.end()), order.keys.end());
  return std::make_unique<state_load>(*this, std::move(order));
}

result<void> set_state::finish_load(load_job& finished) {
  auto& job = static_cast<state_load&>(finished);
  for (const std::uint32_t i : job.order.groups) loading[i] = false;
  if (job.failure) return *std::move(job.failure);
  for (const owned_entry& e : job.entries) {
    MILLRACE_CHECK(install_key({e.key, e.value, false}));
  }
  for (const std::uint32_t i : job.order.groups) {
    for (std::size_t t = 0; t < tables.size() && !partial(i); ++t) {
      if (tables[t].spillable()) tables[t].keyed->segments_[i]->take(*job.segments[t][i]);
    }
    make_warm(i);
  }
  for (const auto& [i, hash] : job.order.keys) {
    if (!partial(i)) make_partial(i);
    loaded[i]->insert(hash);
  }
  return {};
}

// Keys that are here already may have changed since.
result<void> set_state::install_key(const delta_entry& entry) {
  const auto key = parse_delta_key(entry.key);
  const std::uint32_t i = key->group - context.range.first;
  if (loaded[i]->contains(key->key.hash)) return {};
  keyed_table& t = *tables[key->table].keyed;
  segment& s = *t.segments_[i];
  // The thread that writes a checkpoint must not see the segment change.
  if (frozen_segment* f = s.frozen.load(std::memory_order_acquire)) f->copy_out();
  return restore_keyed(t, s, *key, entry, false);
}

result<void> set_state::load_at_once() {
  const auto job = begin_load();
  job->run();
  return finish_load(*job);
}

void set_state::load_now(std::uint32_t i) {
  if (want(i) == readiness::ready) return;
  if (auto done = load_at_once(); !done && !failure) failure = done.take_error();
}

void set_state::load_key_now(std::uint32_t i, std::uint64_t hash) {
  if (want(i, hash) == readiness::ready) return;
  if (context.strict_prefetch && !failure) {
    failure = make_error(errc::internal, "an operator looked up a key of key group " +
                                             std::to_string(group_at(i).value) +
                                             ", which is cold, without prefetch");
  }
  if (auto done = load_at_once(); !done && !failure) failure = done.take_error();
}

}  // namespace millrace::tables
