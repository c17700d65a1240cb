#include "state/checkpoint/directory_store.hpp"

#include "state/checkpoint/directory_job.hpp"
#include "state/checkpoint/file_io.hpp"
#include "state/checkpoint/folder_layout.hpp"
#include "state/checkpoint/manifest_file.hpp"
#include "state/checkpoint/snapshot_files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

namespace millrace::state {

namespace {

bool is_job_name(std::string_view name) {
  constexpr std::string_view letters =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";
  return !name.empty() && name.size() <= 128 && name.find_first_not_of(letters) == name.npos &&
         name.front() != '.';
}

result<void> check_options(const directory_options& options) {
  if (!is_job_name(options.job)) {
    return make_error(errc::config_bad_value,
                      fmt::format("'{}' cannot name a job's checkpoint folder", options.job),
                      "use letters, digits, '.', '_' and '-', at most 128");
  }
  if (options.retained == 0) {
    return make_error(errc::config_bad_value,
                      "state.checkpoints.num-retained is 0; at least one checkpoint is kept");
  }
  return {};
}

error not_found(const std::string& path) {
  return make_error(state_not_found, fmt::format("no checkpoint or savepoint at '{}'", path),
                    "give the folder of a savepoint, of a checkpoint (chk-N) or of a job");
}

// The newest checkpoint that a job's pointer names.
result<std::string> newest_in_job(const std::string& root) {
  MILLRACE_TRY(const auto pointer, load_pointer(root + "/" + std::string(pointer_name)));
  if (!pointer || pointer->complete.empty()) return not_found(root);
  return root + "/" + checkpoint_folder(pointer->complete.front().id);
}

}  // namespace

result<std::unique_ptr<coordination::snapshot_store>> open_directory_store(
    const directory_options& options) {
  MILLRACE_CHECK(check_options(options));
  const std::string root = options.directory + "/" + options.job;
  MILLRACE_CHECK(make_directories(root));
  MILLRACE_TRY(auto lock, job_lock::take(root + "/" + std::string(lock_name)));
  auto job = std::make_unique<directory_job>(options, root, std::move(lock));
  MILLRACE_CHECK(job->look_around());
  return std::unique_ptr<coordination::snapshot_store>(std::move(job));
}

result<coordination::opened_snapshot> open_snapshot(const std::string& path,
                                                    coordination::verification how) {
  std::string folder = path;
  while (folder.size() > 1 && folder.ends_with('/')) folder.pop_back();
  if (exists(folder) && !is_directory(folder)) {
    folder = std::filesystem::path(folder).parent_path().string();
    if (folder.empty()) folder = ".";
  }
  const std::string manifest_path = folder + "/" + std::string(manifest_name);
  if (!exists(manifest_path) && exists(folder + "/" + std::string(pointer_name))) {
    MILLRACE_TRY(folder, newest_in_job(folder));
  }
  if (!exists(folder + "/" + std::string(manifest_name))) return not_found(path);
  MILLRACE_TRY(auto loaded, load_manifest(folder + "/" + std::string(manifest_name)));
  // A checkpoint's files lie beside those of others in the job's folder, a savepoint's in its own.
  const std::string root = loaded.manifest.savepoint ? folder : folder + "/..";
  auto files = std::make_unique<snapshot_files>(root);
  MILLRACE_CHECK(files->verify(loaded.manifest, how));
  return coordination::opened_snapshot{std::move(loaded.manifest), std::move(files)};
}

}  // namespace millrace::state
