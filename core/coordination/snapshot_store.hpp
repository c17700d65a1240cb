#pragma once

#include "core/base/result.hpp"
#include "core/base/state_errors.hpp"
#include "core/coordination/checkpoint_manifest.hpp"
#include "core/tables/delta.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::coordination {

/// Reads the files of one job's checkpoints, or of one savepoint. Safe on any thread.
class snapshot_reader {
 public:
  virtual ~snapshot_reader() = default;
  /// The entries of a `snapshot` or `delta` file of a manifest. Every block's checksum is verified
  /// before its entries are given; keys ascend strictly.
  /// Errors: `next` gives state_io, state_corrupt.
  [[nodiscard]] virtual result<std::unique_ptr<tables::delta_reader>> read(
      const state_file& file) const = 0;
  /// The whole state of an operator instance: its base and deltas merged, the newest entry of a key
  /// wins, tombstones left out. Not for instances with `opaque` files.
  [[nodiscard]] virtual result<std::unique_ptr<tables::delta_reader>> read_merged(
      const operator_state& instance) const = 0;
  /// Puts an `opaque` file at `path` (which must not exist) and verifies its checksum. A hard link
  /// where the file system allows it: do not write to it. Errors: state_io, state_corrupt.
  [[nodiscard]] virtual result<void> fetch(const state_file& file,
                                           const std::string& path) const = 0;
};

/// How closely a checkpoint is looked at before it is handed out.
enum class verification : std::uint8_t {
  presence,  ///< the manifest's hash; all its files are there and have their sizes
  contents,  ///< every byte of every file against its checksum too
};

/// A checkpoint to restore, and why newer ones were passed over (for the log).
struct found_checkpoint {
  checkpoint_manifest manifest;
  std::vector<error> passed_over;
};

/// Writes files of a job's checkpoints. Threads: `write_state` and `keep_file` on any, at the same
/// time; `begin` and `abort` on one at a time. All may block on the disk. Errors: state_io (disk
/// full, I/O error: abort this checkpoint, later ones may do) and state_sync_failed (a failed
/// fsync: nothing written since can be trusted; end the process and restore the last complete
/// checkpoint).
class snapshot_writer {
 public:
  virtual ~snapshot_writer() = default;
  /// Makes room for a checkpoint. Ids only grow, over restarts too: start above `newest_id`.
  [[nodiscard]] virtual result<void> begin(checkpoint_id id) = 0;
  /// Writes what `from` gives, to its end, as a `snapshot` or `delta` file. `owner` becomes part of
  /// the file's name (letters, digits, '-'; the operator and subtask). When this returns the file
  /// is synced, or, below 1 MiB, part of the returned value (`inline_bytes`). Errors of `from` are
  /// passed on and leave no file. state_io when `id` was aborted meanwhile.
  [[nodiscard]] virtual result<state_file> write_state(checkpoint_id id, std::string_view owner,
                                                       state_file_kind kind,
                                                       tables::delta_reader& from) = 0;
  /// Keeps a closed local file that nobody will write to any more (`opaque`): by hard link if on
  /// the same file system, else by a synced copy. `local_name`: its name at `fetch`.
  [[nodiscard]] virtual result<state_file> keep_file(checkpoint_id id, std::string_view owner,
                                                     const std::string& path,
                                                     std::string_view local_name) = 0;
  /// Forgets a checkpoint that was begun and not completed, with its files. Writers still at work
  /// get state_io. Does nothing for other ids.
  virtual void abort(checkpoint_id id) = 0;
};

/// Keeps the checkpoints of one job durably. Port: `state/checkpoint` implements it on a directory.
///
/// Owner: the job. Life: made with the job's lock taken (a second live store for the same job is
/// refused with state_locked) and leftovers of uncompleted checkpoints removed; `latest` to
/// restore; then per checkpoint `begin`, any number of `write_state` and `keep_file`, and
/// `complete` or `abort`. The destructor lets the lock go and removes nothing. Threads:
/// `write_state`, `keep_file`, `read*`, `fetch`, `abort`, `latest`, `newest_id` on any, at the same
/// time; the others on one thread at a time. What is being completed cannot be aborted any more,
/// and `latest` waits for it. Workers of a cluster write their part through a `snapshot_writer` of
/// their own.
class snapshot_store : public snapshot_reader, public snapshot_writer {
 public:
  /// Makes the checkpoint durable and then the job's newest, in one atomic step (compare and swap
  /// of the job's pointer): only after this returned may sinks commit. Files of `manifest` are of
  /// this checkpoint, or taken from a completed manifest that is still retained (found again by
  /// name; `location` need not be set). Gives the manifest as stored, with `location`s and without
  /// `inline_bytes`. Then retires old checkpoints above the retained count, and of their files
  /// those that no retained checkpoint refers to; an error there is not an error of this call.
  /// Errors: state_io (the checkpoint is aborted), state_sync_failed, state_locked (another process
  /// has moved the pointer: stop the job).
  [[nodiscard]] virtual result<checkpoint_manifest> complete(checkpoint_manifest manifest) = 0;
  /// The newest complete checkpoint below `below` that holds; nothing when there never was one.
  /// A damaged one is passed over for the one before; ask again with `below` when a restore fails.
  /// Note for sinks: output committed by checkpoints that were passed over must be taken back or
  /// recognized. Errors: state_corrupt when there are checkpoints but none holds.
  [[nodiscard]] virtual result<std::optional<found_checkpoint>> latest(
      verification how = verification::contents,
      checkpoint_id below = checkpoint_id(UINT64_MAX)) = 0;
  /// The largest id ever begun or completed here, as far as the folder shows; 0 at first.
  [[nodiscard]] virtual checkpoint_id newest_id() const = 0;
  /// Forgets all checkpoints of the job, durably: it starts from the beginning and nothing of an
  /// earlier run may come back. Ids go on growing. Errors: state_io, state_sync_failed.
  [[nodiscard]] virtual result<void> clear() = 0;
  /// Writes a complete checkpoint of this store (or of `manifest`'s files read through it) as a
  /// savepoint into the new folder `path`: self-contained, relocatable, one snapshot per operator
  /// instance. Not for manifests with `opaque` files. Gives the savepoint's manifest.
  /// Errors: as `complete`; state_io also when `path` exists and is not empty.
  [[nodiscard]] virtual result<checkpoint_manifest> export_savepoint(
      const checkpoint_manifest& manifest, const std::string& path) = 0;
};

/// Opened for reading only: a savepoint, or a checkpoint that nobody need run.
struct opened_snapshot {
  checkpoint_manifest manifest;
  std::unique_ptr<snapshot_reader> files;
};

}  // namespace millrace::coordination
