#include "core/tables/task_state.hpp"

#include "core/tables/delta_key.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace millrace::tables {
namespace {

const std::vector<std::string> no_entries;

// Sub-key of an entry: its index, big endian.
std::string index_bytes(std::uint32_t index) {
  std::string bytes(4, '\0');
  for (int i = 3; i >= 0; --i, index >>= 8)
    bytes[static_cast<std::size_t>(i)] = static_cast<char>(index);
  return bytes;
}

std::uint32_t index_of(std::string_view bytes) {
  std::uint32_t index = 0;
  for (const char c : bytes) index = (index << 8) | static_cast<std::uint8_t>(c);
  return index;
}

std::string key_of(std::uint16_t ordinal, std::string_view list, std::uint32_t index) {
  std::string key;
  const key_view name{0, list.data(), static_cast<std::uint32_t>(list.size()), 0};
  append_delta_key(key, unkeyed_group, ordinal, name, index_bytes(index));
  return key;
}

std::string value_of(redistribution how, std::string_view entry) {
  std::string value(1, static_cast<char>(how));
  value.append(entry);
  return value;
}

error corrupt() {
  return make_error(errc::state_corrupt, "an entry of task state is damaged",
                    "restore from an older checkpoint");
}

struct parsed_entry {
  std::string_view list;
  std::uint32_t index;
};

std::optional<parsed_entry> parse(std::string_view key, std::string_view value, bool tombstone) {
  const auto parsed = parse_delta_key(key);
  if (!parsed || parsed->sub.size() != 4) return std::nullopt;
  const bool known = !value.empty() && static_cast<std::uint8_t>(value[0]) <=
                                           static_cast<std::uint8_t>(redistribution::broadcast);
  if (!tombstone && !known) return std::nullopt;
  return parsed_entry{parsed->key.bytes(), index_of(parsed->sub)};
}

}  // namespace

void task_state::declare(std::string_view list, redistribution how) {
  lists_.try_emplace(std::string(list)).first->second.how = how;
}

const std::vector<std::string>& task_state::entries(std::string_view list) const {
  const auto found = lists_.find(list);
  return found == lists_.end() ? no_entries : found->second.entries;
}

void task_state::assign(std::string_view list, std::vector<std::string> entries) {
  named_list& l = lists_.try_emplace(std::string(list)).first->second;
  l.entries = std::move(entries);
  l.dirty = true;
}

void task_state::append(std::string_view list, std::string entry) {
  named_list& l = lists_.try_emplace(std::string(list)).first->second;
  l.entries.push_back(std::move(entry));
  l.dirty = true;
}

std::string_view task_state::get(std::string_view list) const {
  const auto& all = entries(list);
  return all.empty() ? std::string_view() : std::string_view(all.front());
}

void task_state::collect(bool all, std::vector<owned_entry>& out, std::vector<std::string>& names) {
  const std::size_t begin = out.size();
  for (auto& [name, l] : lists_) {
    if (!all && !l.dirty) continue;
    for (std::uint32_t i = 0; i < l.entries.size(); ++i)
      out.push_back({key_of(ordinal_, name, i), value_of(l.how, l.entries[i]), false});
    if (all) {
      l.persisted = std::max(l.persisted, l.entries.size());
      continue;
    }
    for (auto i = static_cast<std::uint32_t>(l.entries.size()); i < l.persisted; ++i)
      out.push_back({key_of(ordinal_, name, i), {}, true});
    l.persisted = std::max(l.persisted, l.entries.size());
    l.dirty = false;
    names.push_back(name);
  }
  std::sort(out.begin() + static_cast<std::ptrdiff_t>(begin), out.end(),
            [](const owned_entry& a, const owned_entry& b) { return a.key < b.key; });
}

void task_state::mark_dirty(const std::vector<std::string>& names) {
  for (const std::string& name : names) lists_[name].dirty = true;
}

result<void> task_state::restore(const delta_entry& entry, bool dirty) {
  const auto parsed = parse(entry.key, entry.value, entry.tombstone);
  if (!parsed) return corrupt();
  named_list& l = lists_.try_emplace(std::string(parsed->list)).first->second;
  l.dirty = l.dirty || dirty;
  if (entry.tombstone) {
    if (parsed->index < l.entries.size()) l.entries.resize(parsed->index);
    return {};
  }
  if (parsed->index > l.entries.size()) return corrupt();
  l.how = static_cast<redistribution>(entry.value[0]);
  if (parsed->index == l.entries.size()) l.entries.emplace_back();
  l.entries[parsed->index] = entry.value.substr(1);
  if (!dirty) l.persisted = std::max(l.persisted, l.entries.size());
  return {};
}

namespace {

struct gathered_list {
  redistribution how = redistribution::split;
  std::vector<std::vector<std::string>> by_task;  // whole values, with how
};
// By table and name.
using gathered = std::map<std::pair<std::uint16_t, std::string>, gathered_list>;

result<void> gather(std::span<const std::vector<owned_entry>> old, gathered& lists) {
  for (std::size_t task = 0; task < old.size(); ++task) {
    for (const owned_entry& e : old[task]) {
      if (e.tombstone) continue;
      const auto parsed = parse(e.key, e.value, false);
      if (!parsed) return corrupt();
      auto& l = lists[{table_of_key(e.key), std::string(parsed->list)}];
      l.how = static_cast<redistribution>(e.value[0]);
      l.by_task.resize(old.size());
      l.by_task[task].push_back(e.value);
    }
  }
  return {};
}

// What subtask `task` of `parallelism` gets of a list.
std::vector<std::string> share_of(const gathered_list& l, std::uint32_t task,
                                  std::uint32_t parallelism) {
  std::vector<std::string> share;
  if (l.how == redistribution::broadcast) {
    for (const auto& entries : l.by_task) {
      if (!entries.empty()) return entries;
    }
    return share;
  }
  std::uint32_t turn = 0;
  for (const auto& entries : l.by_task) {
    for (const auto& entry : entries) {
      if (l.how == redistribution::unite || turn++ % parallelism == task) share.push_back(entry);
    }
  }
  return share;
}

}  // namespace

result<std::vector<std::vector<owned_entry>>> redistribute_task_state(
    std::span<const std::vector<owned_entry>> old, std::uint32_t new_parallelism) {
  gathered lists;
  MILLRACE_CHECK(gather(old, lists));
  std::vector<std::vector<owned_entry>> tasks(new_parallelism);
  for (std::uint32_t task = 0; task < new_parallelism; ++task) {
    for (const auto& [id, l] : lists) {
      std::uint32_t index = 0;
      for (std::string& value : share_of(l, task, new_parallelism))
        tasks[task].push_back({key_of(id.first, id.second, index++), std::move(value), false});
    }
    std::sort(tasks[task].begin(), tasks[task].end(),
              [](const owned_entry& a, const owned_entry& b) { return a.key < b.key; });
  }
  return tasks;
}

}  // namespace millrace::tables
