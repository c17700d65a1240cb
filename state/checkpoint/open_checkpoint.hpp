#pragma once

#include "core/coordination/snapshot_store.hpp"
#include "state/storage/object_folder.hpp"

#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>

namespace millrace::state {

/// A checkpoint that is being written: its folder and the names in it. Shared by the writers; lives
/// until the last of them is done, also after `close`.
class open_checkpoint {
 public:
  /// `root`: the job's folder.
  open_checkpoint(std::shared_ptr<object_folder> root, checkpoint_id id);

  /// Makes the folder, durably. Errors: state_io, state_sync_failed.
  [[nodiscard]] result<void> make_folder();
  // As in `snapshot_store`. Any thread.
  [[nodiscard]] result<coordination::state_file> write_state(std::string_view owner,
                                                             coordination::state_file_kind kind,
                                                             tables::delta_reader& from,
                                                             std::uint64_t inline_below);
  [[nodiscard]] result<coordination::state_file> keep_file(std::string_view owner,
                                                           const std::string& path,
                                                           std::string_view local_name);
  /// Aborted or complete: writers that come later, or are not done, get state_io.
  void close() { closed_ = true; }
  /// Relative to the job's folder.
  [[nodiscard]] const std::string& folder() const { return folder_; }

 private:
  [[nodiscard]] std::string next_name(std::string_view owner, std::string_view suffix);
  [[nodiscard]] result<void> check_open() const;

  std::shared_ptr<object_folder> root_;
  std::string folder_;
  std::atomic<bool> closed_ = false;
  std::atomic<std::uint32_t> files_ = 0;
};

}  // namespace millrace::state
