#pragma once

#include "core/tables/frozen_segment.hpp"
#include "core/tables/keyed_table.hpp"
#include "core/tables/loaded_hashes.hpp"
#include "core/tables/table_set.hpp"
#include "core/tables/task_state.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace millrace::tables {

struct set_state;

/// The frozen delta of a set: what it needs of each segment, in (key group, table) order, then the
/// unkeyed entries.
class frozen_set final : public frozen_delta {
 public:
  [[nodiscard]] checkpoint_id checkpoint() const override { return checkpoint_; }
  [[nodiscard]] epoch frozen_epoch() const override { return epoch_; }
  [[nodiscard]] freeze_mode mode() const override { return mode_; }
  [[nodiscard]] std::uint64_t entry_count() const override;
  ~frozen_set() override;

  /// A cold key group of a snapshot: its entries come from the store.
  struct cold_group {
    key_group group;
    std::size_t before;  ///< index of the first segment of this group or a later one
  };

  checkpoint_id checkpoint_;
  epoch epoch_;
  freeze_mode mode_ = freeze_mode::changes;
  std::vector<std::unique_ptr<frozen_segment>> segments;
  std::vector<cold_group> cold;
  std::vector<bool> resident_tables;  ///< by ordinal; what the store says of them is not used
  const state_store* store = nullptr;
  std::optional<error> broken;  ///< what it should hold could not be collected
  std::vector<owned_entry> unkeyed;
  std::vector<std::pair<std::uint16_t, std::vector<std::string>>> task_lists;
  set_state* set = nullptr;  ///< null once written, merged back or cut off
};

/// What a table set is made of.
struct set_state final : segment_host {
  struct table {
    table_spec spec;
    std::unique_ptr<keyed_table> keyed;  ///< or
    std::unique_ptr<task_state> task;
    [[nodiscard]] bool spillable() const { return keyed && !spec.resident; }
  };

  explicit set_state(table_context c);
  ~set_state() override;

  void load_now(std::uint32_t i) override;
  void load_key_now(std::uint32_t i, std::uint64_t hash) override;
  [[nodiscard]] result<void> load_at_once();
  [[nodiscard]] std::shared_ptr<frozen_set> freeze(checkpoint_id checkpoint, freeze_mode mode);
  void freeze_segment(frozen_set& to, keyed_table& t, std::uint32_t i, freeze_mode mode);
  void remove_expired(keyed_table& t, segment& s) const;
  void end_delta(frozen_set& delta);
  void merge_back(frozen_set& delta);

  [[nodiscard]] result<void> restore(delta_reader& from, bool dirty, bool allow_dropped);
  [[nodiscard]] result<void> restore_keyed(keyed_table& t, segment& s, const delta_key& key,
                                           const delta_entry& entry, bool dirty) const;
  [[nodiscard]] result<void> restore_lazily();
  [[nodiscard]] static error corrupt(std::string what);
  [[nodiscard]] std::unique_ptr<load_job> begin_load();
  [[nodiscard]] result<void> finish_load(load_job& finished);
  [[nodiscard]] result<void> install_key(const delta_entry& entry);

  [[nodiscard]] std::vector<std::uint32_t> coldest(std::size_t bytes) const;
  [[nodiscard]] std::size_t group_bytes(std::uint32_t i) const;
  [[nodiscard]] bool group_changed(std::uint32_t i) const;
  [[nodiscard]] result<std::size_t> spill(std::size_t bytes);
  [[nodiscard]] result<void> spill_groups(const std::vector<std::uint32_t>& groups);
  [[nodiscard]] result<void> spill_partial();
  [[nodiscard]] result<void> retire(std::uint32_t i);
  [[nodiscard]] bool held_by_checkpoint(std::uint32_t i) const;
  void make_cold(std::uint32_t i);
  void make_partial(std::uint32_t i);
  void make_warm(std::uint32_t i);
  /// Notes a whole group, or one key of it, for the next load.
  [[nodiscard]] readiness want(std::uint32_t i);
  [[nodiscard]] readiness want(std::uint32_t i, std::uint64_t hash);
  [[nodiscard]] bool takes_whole(std::uint32_t i) const;
  [[nodiscard]] bool partial(std::uint32_t i) const { return !loaded[i]->empty(); }
  [[nodiscard]] key_group group_at(std::uint32_t i) const {
    return key_group(static_cast<std::uint16_t>(context.range.first + i));
  }

  table_context context;
  epoch current{1};
  std::vector<table> tables;
  frozen_set* in_flight = nullptr;
  std::vector<bool> pinned;   ///< by group: a delta in flight needs it
  std::vector<bool> cold;     ///< by group: not, or only in part, in memory
  std::vector<bool> loading;  ///< by group: a job is reading it
  std::vector<std::unique_ptr<loaded_hashes>> loaded;  ///< by group: of cold ones, what is here
  std::vector<std::size_t> spilled_bytes;              ///< by group: what its last spill freed
  std::vector<std::uint32_t> wanted;
  std::vector<std::pair<std::uint32_t, std::uint64_t>> wanted_keys;  ///< group, hash
  std::size_t wanted_bytes = 0;                                      ///< of `wanted`, about
  std::uint32_t cold_count = 0;
  std::optional<error> failure;
};

/// Gives a frozen set in key order, copying segments out as it meets them and forgetting what was
/// copied once it was read: a set is read once.
class frozen_reader final : public delta_reader {
 public:
  explicit frozen_reader(std::shared_ptr<frozen_set> set) : owner_(std::move(set)), set_(*owner_) {}
  /// For use on the set's own thread, while it lives.
  explicit frozen_reader(frozen_set& set) : set_(set) {}
  [[nodiscard]] result<std::span<const delta_entry>> next() override;

 private:
  [[nodiscard]] result<bool> next_cold();
  [[nodiscard]] result<void> take_residents(std::uint32_t group, std::size_t before_table);
  [[nodiscard]] result<void> take_segment(frozen_segment& s);
  void spend_taken();

  std::shared_ptr<frozen_set> owner_;
  frozen_set& set_;
  std::size_t segment_ = 0;
  std::size_t taken_ = 0;  // segments in front of it are written
  std::size_t cold_ = 0;
  std::unique_ptr<delta_reader> cold_reader_;
  bool unkeyed_done_ = false;
  std::vector<delta_entry> block_;
};

}  // namespace millrace::tables
