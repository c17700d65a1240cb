#pragma once

#include "core/coordination/snapshot_store.hpp"
#include "state/storage/object_folder.hpp"

#include <string>

namespace millrace::state {

/// The files of a job's or a savepoint's folder, for reading. Immutable; any thread.
class snapshot_files final : public coordination::snapshot_reader {
 public:
  explicit snapshot_files(std::shared_ptr<const object_folder> folder)
      : folder_(std::move(folder)) {}

  [[nodiscard]] result<std::unique_ptr<tables::delta_reader>> read(
      const coordination::state_file& file) const override;
  [[nodiscard]] result<std::unique_ptr<tables::delta_reader>> read_merged(
      const coordination::operator_state& instance) const override;
  [[nodiscard]] result<void> fetch(const coordination::state_file& file,
                                   const std::string& path) const override;

  /// That all files of a manifest are there, in their sizes, and with `contents` that every byte
  /// fits its checksum. Errors: state_corrupt, state_io.
  [[nodiscard]] result<void> verify(const coordination::checkpoint_manifest& manifest,
                                    coordination::verification how) const;
  [[nodiscard]] result<void> verify(const coordination::state_file& file,
                                    coordination::verification how) const;

 private:
  std::shared_ptr<const object_folder> folder_;
};

}  // namespace millrace::state
