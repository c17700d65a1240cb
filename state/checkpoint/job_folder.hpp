#pragma once

#include "core/coordination/snapshot_store.hpp"
#include "state/checkpoint/checkpoint_store.hpp"
#include "state/checkpoint/job_pointer.hpp"
#include "state/checkpoint/manifest_file.hpp"
#include "state/checkpoint/open_checkpoint.hpp"
#include "state/checkpoint/snapshot_files.hpp"

#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <vector>

namespace millrace::state {

/// The snapshot store on a job's folder (see folder_layout.hpp). Made by `open_checkpoint_store`.
///
/// Where the folder cannot be locked, the run that wrote the pointer last owns it: each run writes
/// its name there before all else, and the one before fails at its next swap (state_locked). As it
/// may go on writing until then, runs use different checkpoint ids, which the pointer reserves, and
/// so never write or remove the same objects.
class job_folder final : public coordination::snapshot_store {
 public:
  /// `locked`: no other run can be at work on `root`. Otherwise the pointer keeps them apart.
  job_folder(const store_options& options, std::shared_ptr<object_folder> root, bool locked);

  /// Reads the pointer, makes it this run's, and clears leftovers away; once, before everything
  /// else.
  [[nodiscard]] result<void> look_around();

  [[nodiscard]] result<std::unique_ptr<tables::delta_reader>> read(
      const coordination::state_file& file) const override {
    return files_.read(file);
  }
  [[nodiscard]] result<std::unique_ptr<tables::delta_reader>> read_merged(
      const coordination::operator_state& instance) const override {
    return files_.read_merged(instance);
  }
  [[nodiscard]] result<void> fetch(const coordination::state_file& file,
                                   const std::string& path) const override {
    return files_.fetch(file, path);
  }

  [[nodiscard]] result<void> begin(checkpoint_id id) override;
  [[nodiscard]] result<coordination::state_file> write_state(checkpoint_id id,
                                                             std::string_view owner,
                                                             coordination::state_file_kind kind,
                                                             tables::delta_reader& from) override;
  [[nodiscard]] result<coordination::state_file> keep_file(checkpoint_id id, std::string_view owner,
                                                           const std::string& path,
                                                           std::string_view local_name) override;
  [[nodiscard]] result<coordination::checkpoint_manifest> complete(
      coordination::checkpoint_manifest manifest) override;
  void abort(checkpoint_id id) override;
  [[nodiscard]] result<std::optional<coordination::found_checkpoint>> latest(
      coordination::verification how, checkpoint_id below) override;
  [[nodiscard]] checkpoint_id newest_id() const override;
  [[nodiscard]] result<void> clear() override;
  [[nodiscard]] result<coordination::checkpoint_manifest> export_savepoint(
      const coordination::checkpoint_manifest& manifest, const std::string& path) override;

 private:
  [[nodiscard]] result<std::shared_ptr<open_checkpoint>> find_open(checkpoint_id id) const;
  [[nodiscard]] std::set<checkpoint_id> open_ids() const;
  [[nodiscard]] result<void> read_pointer();
  [[nodiscard]] result<void> claim_in_turn();
  [[nodiscard]] result<void> claim();
  [[nodiscard]] result<void> check_epoch() const;
  [[nodiscard]] result<void> name_all_manifests();
  [[nodiscard]] result<void> reserve(checkpoint_id id);
  [[nodiscard]] result<void> swap_pointer(job_pointer next);
  [[nodiscard]] result<std::vector<pointer_entry>> candidates() const;
  [[nodiscard]] result<loaded_manifest> load(const pointer_entry& entry,
                                             coordination::verification how) const;
  void settle_on(std::vector<pointer_entry> good, const coordination::checkpoint_manifest& found);
  [[nodiscard]] result<void> place_files(coordination::checkpoint_manifest& manifest,
                                         const std::string& folder) const;
  [[nodiscard]] result<void> make_durable(coordination::checkpoint_manifest& manifest,
                                          const std::string& folder);
  std::shared_ptr<open_checkpoint> forget(checkpoint_id id);
  void retire();

  std::string job_;
  std::shared_ptr<object_folder> root_;
  option_map storage_;
  bool locked_;
  bool take_over_;
  std::uint64_t leader_epoch_;  // 0: no coordinators take turns here
  /// Of this run, where there is no lock; empty until it has made the pointer its own.
  std::string owner_;
  std::uint32_t keep_;
  std::uint64_t inline_below_;
  snapshot_files files_;
  /// As last read or written, and the same parsed: none when missing or damaged.
  std::optional<std::string> pointer_text_;
  std::optional<job_pointer> pointer_;
  std::optional<error> pointer_damage_;
  /// Manifests of the checkpoints that the pointer names and that are worth restoring, newest
  /// first.
  std::vector<coordination::checkpoint_manifest> retained_;
  /// What the next pointer names behind its own checkpoint, newest first.
  std::vector<pointer_entry> good_;
  /// Held while the pointer changes, from the moment that a checkpoint can be given up no more, and
  /// while somebody looks for one to restore. Guards the pointer and what follows from it.
  std::mutex completing_;
  mutable std::mutex mutex_;
  checkpoint_id newest_{};                                          // guarded by mutex_
  std::map<checkpoint_id, std::shared_ptr<open_checkpoint>> open_;  // guarded by mutex_
};

}  // namespace millrace::state
