#pragma once

#include "core/base/result.hpp"
#include "core/base/strong_id.hpp"
#include "core/tables/delta.hpp"
#include "core/tables/table_context.hpp"

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace millrace::tables {

class frozen_delta;
class hash_table;
class keyed_table;
class list_table;
class load_job;
class map_table;
class sorted_table;
class task_state;
class timer_queue;
struct set_state;

/// Which entries a freeze takes.
enum class freeze_mode : std::uint8_t {
  changes,   ///< what changed since the last freeze
  snapshot,  ///< everything
};

/// Whether the key groups asked for are in memory.
enum class readiness : std::uint8_t { ready, loading };

/// All state of one operator instance: opens the tables it declares and drives them as a whole.
///
/// Owner: the task. Life: made with the key groups the task owns; the operator declares its tables
/// in `open` (always in the same order: the ordinal names a table in deltas); the task restores;
/// then rows come, with freezes in between. Used on the task's thread, except `write_delta` and
/// `load_job::run`. At most one frozen delta is in flight: the next freeze comes after `written` or
/// `merge_back` of the last one.
class table_set {
 public:
  explicit table_set(table_context context);
  ~table_set();
  table_set(const table_set&) = delete;
  table_set& operator=(const table_set&) = delete;

  // Declaring. The references live as long as the set. A name used twice is a bug.
  [[nodiscard]] hash_table& open_hash(table_spec spec);
  [[nodiscard]] map_table& open_map(table_spec spec);
  [[nodiscard]] list_table& open_list(table_spec spec);
  [[nodiscard]] sorted_table& open_sorted(table_spec spec);
  [[nodiscard]] timer_queue& open_timers(table_spec spec);
  [[nodiscard]] task_state& open_task_state(table_spec spec);
  /// In the order of their ordinals; goes into the checkpoint's manifest.
  [[nodiscard]] std::vector<table_spec> specs() const;

  [[nodiscard]] const table_context& context() const;
  [[nodiscard]] epoch current_epoch() const;
  /// Keys, items and timers in memory.
  [[nodiscard]] std::uint64_t row_count() const;
  /// Bytes of index arrays and chunks, all tables.
  [[nodiscard]] std::size_t memory_bytes() const;

  // Checkpoints.
  /// Starts a new epoch and hands out what the old one changed. Costs a look at every segment, not
  /// at rows (with TTL: expired rows are removed first). What the handle stands for is copied by
  /// whoever comes first, `write_delta` or the first write to a segment, under the segment's lock.
  [[nodiscard]] std::shared_ptr<frozen_delta> freeze(checkpoint_id checkpoint,
                                                     freeze_mode mode = freeze_mode::changes);
  /// Writes a frozen delta in key order. Any thread, while the operator goes on; the set must live.
  /// A snapshot includes the cold key groups, read from the store.
  [[nodiscard]] static result<void> write_delta(frozen_delta& delta, delta_writer& to);
  /// As a reader, for `state_store::write`; same rules.
  [[nodiscard]] static result<std::unique_ptr<delta_reader>> read_delta(
      std::shared_ptr<frozen_delta> delta);
  /// The delta has reached the store and is part of a link set (or is needed no more): its key
  /// groups, and what changed since, may be spilled again.
  void written(frozen_delta& delta);
  /// The checkpoint was aborted: what the delta held is dirty again and goes with the next one.
  void merge_back(frozen_delta& delta);

  // Restore. Before rows come; tables must be declared.
  /// Applies a delta or snapshot; entries of key groups outside the range are skipped (rescale
  /// reads all old tasks' files). Tables that are not declared any more: state_type_changed, unless
  /// `allow_dropped`. With `dirty`, the entries go with the next delta (the new store is empty).
  /// Errors: state_corrupt for entries that are not what the table's spec says.
  [[nodiscard]] result<void> restore(delta_reader& from, bool dirty, bool allow_dropped = false);
  /// Takes the context's store as it is: its key groups are cold and come by `prefetch`; timers and
  /// resident tables are loaded at once.
  [[nodiscard]] result<void> restore_lazily();

  // Spill.
  /// Writes the coldest key groups that no checkpoint in flight needs to the store and drops them
  /// from memory until about `bytes` are free. Gives the bytes freed; 0 without a store.
  /// All payload pointers, handles and cursors end. Errors: state_io.
  [[nodiscard]] result<std::size_t> spill(std::size_t bytes);
  /// Drops a key group that is needed no more from memory, where others were spilled, too; else
  /// does nothing. All of its pointers, handles and cursors end. Errors: state_io.
  [[nodiscard]] result<void> retire_group(std::uint32_t index);
  /// Asks for the key groups of these hashes. `ready`: go on. `loading`: some are cold and noted;
  /// return `need_state` and call again on `resume`. Costs nothing while nothing is cold.
  [[nodiscard]] readiness prefetch(std::span<const std::uint64_t> hashes);
  [[nodiscard]] readiness prefetch(std::uint64_t hash) { return prefetch(std::span(&hash, 1)); }
  /// The whole key group at `index` of the set's range, before a scan over it.
  [[nodiscard]] readiness prefetch_group(std::uint32_t index);
  /// Every group, before a scan over whole tables.
  [[nodiscard]] readiness prefetch_all();
  /// A job that reads all groups noted by `prefetch` in one batch; null when none are.
  [[nodiscard]] std::unique_ptr<load_job> begin_load();
  /// Installs what a job has read. Errors: the job's.
  [[nodiscard]] result<void> finish_load(load_job& job);
  /// Key groups that are not in memory.
  [[nodiscard]] std::uint32_t cold_groups() const;
  /// The first error of a lookup that met a cold group without `prefetch` and could not read it at
  /// once. The chain asks after every call of the operator.
  [[nodiscard]] result<void> health() const;

 private:
  std::unique_ptr<set_state> state_;
};

/// The dirty entries of one freeze. Made by `table_set::freeze`, shared with the thread that writes
/// it; ends when released. A set that dies first cuts its open deltas off: writing them then gives
/// runtime_interrupted.
class frozen_delta {
 public:
  virtual ~frozen_delta() = default;
  [[nodiscard]] virtual checkpoint_id checkpoint() const = 0;
  [[nodiscard]] virtual epoch frozen_epoch() const = 0;
  [[nodiscard]] virtual freeze_mode mode() const = 0;
  /// Entries and tombstones, about.
  [[nodiscard]] virtual std::uint64_t entry_count() const = 0;
};

/// A batched read of cold key groups.
class load_job {
 public:
  virtual ~load_job() = default;
  /// Reads from the store; any thread, once. Keep the job on an error too: `finish_load` reports
  /// it.
  virtual void run() = 0;
};

}  // namespace millrace::tables
