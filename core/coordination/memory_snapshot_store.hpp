#pragma once

#include "core/coordination/snapshot_store.hpp"
#include "core/tables/task_state.hpp"

#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

namespace millrace::coordination {

/// Keeps the newest checkpoint of a job in memory: for tests, and for restarts within a process.
/// Survives its job, not its process. Owner: whoever starts the job. Thread safe.
class memory_snapshot_store final : public snapshot_store {
 public:
  [[nodiscard]] result<std::unique_ptr<tables::delta_reader>> read(
      const state_file& file) const override;
  [[nodiscard]] result<std::unique_ptr<tables::delta_reader>> read_merged(
      const operator_state& instance) const override;
  /// There are no opaque files: state_io.
  [[nodiscard]] result<void> fetch(const state_file& file, const std::string& path) const override;

  [[nodiscard]] result<void> begin(checkpoint_id id) override;
  [[nodiscard]] result<state_file> write_state(checkpoint_id id, std::string_view owner,
                                               state_file_kind kind,
                                               tables::delta_reader& from) override;
  [[nodiscard]] result<state_file> keep_file(checkpoint_id id, std::string_view owner,
                                             const std::string& path,
                                             std::string_view local_name) override;
  [[nodiscard]] result<checkpoint_manifest> complete(checkpoint_manifest manifest) override;
  void abort(checkpoint_id id) override;
  [[nodiscard]] result<std::optional<found_checkpoint>> latest(verification how,
                                                               checkpoint_id below) override;
  [[nodiscard]] checkpoint_id newest_id() const override;
  [[nodiscard]] result<void> clear() override;
  /// Nothing of it could be moved elsewhere: state_io.
  [[nodiscard]] result<checkpoint_manifest> export_savepoint(const checkpoint_manifest& manifest,
                                                             const std::string& path) override;

 private:
  using entries = std::vector<tables::owned_entry>;
  [[nodiscard]] result<std::shared_ptr<const entries>> find(const std::string& name) const;

  mutable std::mutex mutex_;
  std::map<std::string, std::shared_ptr<const entries>> files_;
  std::optional<checkpoint_manifest> complete_;
  checkpoint_id newest_{};
};

}  // namespace millrace::coordination
