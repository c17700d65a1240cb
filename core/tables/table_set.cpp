#include "core/tables/table_set.hpp"

#include "core/tables/hash_table.hpp"
#include "core/tables/list_table.hpp"
#include "core/tables/map_table.hpp"
#include "core/tables/set_state.hpp"
#include "core/tables/sorted_table.hpp"
#include "core/tables/timer_queue.hpp"

#include <algorithm>
#include <utility>

namespace millrace::tables {
namespace {

// Registers a spec of one kind; gives its ordinal.
std::uint16_t declare(set_state& set, table_spec& spec, table_kind kind) {
  for (const auto& t : set.tables) MILLRACE_ASSERT(t.spec.name != spec.name);
  spec.kind = kind;
  if (kind == table_kind::timers || kind == table_kind::task) {
    spec.resident = true;
    spec.ttl_ms = 0;
  }
  set.tables.push_back({spec, nullptr, nullptr});
  return static_cast<std::uint16_t>(set.tables.size() - 1);
}

template <class Table>
Table& keep(set_state& set, std::unique_ptr<Table> table) {
  Table& made = *table;
  set.tables.back().keyed = std::move(table);
  return made;
}

}  // namespace

table_set::table_set(table_context context) : state_(std::make_unique<set_state>(context)) {}
table_set::~table_set() = default;

hash_table& table_set::open_hash(table_spec spec) {
  const auto ordinal = declare(*state_, spec, table_kind::hash);
  return keep(*state_, std::unique_ptr<hash_table>(
                           new hash_table(std::move(spec), ordinal, state_->context, *state_)));
}

map_table& table_set::open_map(table_spec spec) {
  const auto ordinal = declare(*state_, spec, table_kind::map);
  return keep(*state_, std::unique_ptr<map_table>(
                           new map_table(std::move(spec), ordinal, state_->context, *state_)));
}

list_table& table_set::open_list(table_spec spec) {
  const auto ordinal = declare(*state_, spec, table_kind::list);
  return keep(*state_, std::unique_ptr<list_table>(
                           new list_table(std::move(spec), ordinal, state_->context, *state_)));
}

sorted_table& table_set::open_sorted(table_spec spec) {
  const auto ordinal = declare(*state_, spec, table_kind::sorted);
  return keep(*state_, std::unique_ptr<sorted_table>(
                           new sorted_table(std::move(spec), ordinal, state_->context, *state_)));
}

timer_queue& table_set::open_timers(table_spec spec) {
  const auto ordinal = declare(*state_, spec, table_kind::timers);
  auto* timers = new timer_queue(std::move(spec), ordinal, state_->context, *state_);
  state_->tables.back().keyed.reset(static_cast<keyed_table*>(timers));
  return *timers;
}

task_state& table_set::open_task_state(table_spec spec) {
  const auto ordinal = declare(*state_, spec, table_kind::task);
  auto& t = state_->tables.back();
  t.task.reset(new task_state(ordinal));
  return *t.task;
}

std::vector<table_spec> table_set::specs() const {
  std::vector<table_spec> all;
  for (const auto& t : state_->tables) all.push_back(t.spec);
  return all;
}

const table_context& table_set::context() const { return state_->context; }
epoch table_set::current_epoch() const { return state_->current; }
std::uint32_t table_set::cold_groups() const { return state_->cold_count; }

std::uint64_t table_set::row_count() const {
  std::uint64_t rows = 0;
  for (const auto& t : state_->tables) {
    if (t.keyed) rows += t.keyed->row_count();
  }
  return rows;
}

std::size_t table_set::memory_bytes() const {
  std::size_t bytes = 0;
  for (const auto& t : state_->tables) {
    if (t.keyed) bytes += t.keyed->memory_bytes();
  }
  return bytes;
}

std::shared_ptr<frozen_delta> table_set::freeze(checkpoint_id checkpoint, freeze_mode mode) {
  return state_->freeze(checkpoint, mode);
}

result<std::unique_ptr<delta_reader>> table_set::read_delta(std::shared_ptr<frozen_delta> delta) {
  return std::unique_ptr<delta_reader>(
      std::make_unique<frozen_reader>(std::static_pointer_cast<frozen_set>(std::move(delta))));
}

result<void> table_set::write_delta(frozen_delta& delta, delta_writer& to) {
  frozen_reader from(static_cast<frozen_set&>(delta));
  for (;;) {
    MILLRACE_TRY(const auto block, from.next());
    if (block.empty()) return {};
    MILLRACE_CHECK(to.append(block));
  }
}

void table_set::written(frozen_delta& delta) { state_->end_delta(static_cast<frozen_set&>(delta)); }

void table_set::merge_back(frozen_delta& delta) {
  state_->merge_back(static_cast<frozen_set&>(delta));
}

result<void> table_set::restore(delta_reader& from, bool dirty, bool allow_dropped) {
  return state_->restore(from, dirty, allow_dropped);
}

result<void> table_set::restore_lazily() { return state_->restore_lazily(); }

result<std::size_t> table_set::spill(std::size_t bytes) { return state_->spill(bytes); }

readiness table_set::prefetch(std::span<const std::uint64_t> hashes) {
  ++state_->use_clock;
  if (state_->cold_count == 0) return readiness::ready;
  readiness all = readiness::ready;
  const key_range& range = state_->context.range;
  for (const std::uint64_t hash : hashes) {
    if (state_->want(range.group_of(hash) - range.first, hash) == readiness::loading)
      all = readiness::loading;
  }
  return all;
}

readiness table_set::prefetch_group(std::uint32_t index) {
  ++state_->use_clock;
  return state_->cold_count == 0 ? readiness::ready : state_->want(index);
}

result<void> table_set::retire_group(std::uint32_t index) {
  return state_->cold_count == 0 ? result<void>() : state_->retire(index);
}

readiness table_set::prefetch_all() {
  readiness all = readiness::ready;
  for (std::uint32_t i = 0; i < state_->context.range.count && state_->cold_count != 0; ++i) {
    if (state_->want(i) == readiness::loading) all = readiness::loading;
  }
  return all;
}

std::unique_ptr<load_job> table_set::begin_load() { return state_->begin_load(); }

result<void> table_set::finish_load(load_job& job) { return state_->finish_load(job); }

result<void> table_set::health() const {
  if (state_->failure) return *state_->failure;
  return {};
}

}  // namespace millrace::tables
