#pragma once

#include "core/connectors/sink.hpp"

#include <cstdint>
#include <string>

namespace millrace::connectors::filesystem {

/// One step that makes written files visible. As a `committable` it is text: a line each of kind,
/// staging path, final path, length or time, and hash.
struct file_step {
  enum class kind : std::uint8_t {
    publish,  ///< rename `staged` to `final_path`
    mark,     ///< write the empty file `final_path`: the partition is complete
    waiting,  ///< nothing: the partition in the folder `final_path` is complete at `length`
  };
  kind what = kind::publish;
  std::string staged;
  std::string final_path;
  std::uint64_t length = 0;  ///< bytes; of `waiting`: milliseconds since 1970
  std::uint64_t hash = 0;    ///< of the bytes; 0 where it is not known

  [[nodiscard]] committable to_committable() const;
  /// Error 6001 for bytes of another form.
  [[nodiscard]] static result<file_step> from(const committable& c);
  /// Idempotent: what is done already is done. Errors: 4001, worth another try; 6001 where the
  /// published file is not the one that was staged, or neither is there.
  [[nodiscard]] result<void> run() const;

 private:
  // Whether the published file, of that size, is the one that was staged.
  [[nodiscard]] result<bool> holds(std::uint64_t size) const;
};

/// Errors of its commits: those of `file_step::run`, 6006 when names could not be synced.
[[nodiscard]] std::unique_ptr<sink_committer> make_file_committer();

/// Removes, in `folder` and below, the staged files of a job, and the files it published with
/// checkpoints after `restored`. A folder that is not there is fine. Errors: 4001.
[[nodiscard]] result<void> remove_leftovers(const std::string& folder, const std::string& job_id,
                                            checkpoint_id restored);

/// Writes `bytes` at the end of a file that is made when it is not there, folders too. Errors:
/// 4001.
[[nodiscard]] result<void> append_file(const std::string& path, std::string_view bytes);
/// Has the system write a file and its folder to disk. Errors: 4001.
[[nodiscard]] result<void> sync_file(const std::string& path);

}  // namespace millrace::connectors::filesystem
