#include "state/checkpoint/checkpoint_store.hpp"

#include "state/checkpoint/folder_layout.hpp"
#include "state/checkpoint/job_folder.hpp"
#include "state/checkpoint/manifest_file.hpp"
#include "state/checkpoint/snapshot_files.hpp"
#include "state/storage/open_folder.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace millrace::state {

using coordination::verification;

namespace {

bool is_job_name(std::string_view name) {
  constexpr std::string_view letters =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";
  return !name.empty() && name.size() <= 128 && name.find_first_not_of(letters) == name.npos &&
         name.front() != '.';
}

result<void> check_options(const store_options& options) {
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

constexpr std::uint64_t pointer_limit = 1U << 20;

// The newest checkpoint that a job's pointer names; nothing when there is none.
result<std::optional<std::string>> newest_in_job(const object_folder& root) {
  auto text = read_object(root, std::string(pointer_name), pointer_limit);
  if (!text) {
    if (text.error().code == state_not_found) return std::optional<std::string>();
    return text.take_error();
  }
  MILLRACE_TRY(const auto pointer, parse_pointer(*text));
  if (pointer.complete.empty()) return std::optional<std::string>();
  return std::optional<std::string>(checkpoint_folder(pointer.complete.front().id));
}

// The folder that a path means; a manifest stands for its folder.
std::string folder_of(std::string path) {
  while (path.size() > 1 && path.ends_with('/')) path.pop_back();
  const std::string file = "/" + std::string(manifest_name);
  if (path == manifest_name) return ".";
  if (path.ends_with(file)) path.resize(std::max<std::size_t>(path.size() - file.size(), 1));
  return path;
}

std::string parent_of(const std::string& folder) {
  return is_remote(folder) ? folder.substr(0, folder.rfind('/')) : folder + "/..";
}

// A checkpoint's files lie beside those of others in the job's folder, a savepoint's in its own.
result<coordination::opened_snapshot> open_manifest(const std::string& folder, verification how,
                                                    const option_map& storage) {
  MILLRACE_TRY(const auto own, open_folder(folder, storage));
  MILLRACE_TRY(auto loaded, load_manifest(*own, std::string(manifest_name)));
  std::shared_ptr<const object_folder> root = own;
  if (!loaded.manifest.savepoint) {
    MILLRACE_TRY(root, open_folder(parent_of(folder), storage));
  }
  auto files = std::make_unique<snapshot_files>(std::move(root));
  MILLRACE_CHECK(files->verify(loaded.manifest, how));
  return coordination::opened_snapshot{std::move(loaded.manifest), std::move(files)};
}

}  // namespace

result<std::unique_ptr<coordination::snapshot_store>> open_checkpoint_store(
    const store_options& options) {
  MILLRACE_CHECK(check_options(options));
  MILLRACE_TRY(auto root, open_folder(options.directory + "/" + options.job, options.storage));
  bool locked = false;
  if (options.leader_epoch == 0) {
    MILLRACE_TRY(locked, root->lock(std::string(lock_name)));
  } else {
    MILLRACE_CHECK(root->make_folder(""));
  }
  auto job = std::make_unique<job_folder>(options, std::move(root), locked);
  MILLRACE_CHECK(job->look_around());
  return std::unique_ptr<coordination::snapshot_store>(std::move(job));
}

result<coordination::opened_snapshot> open_snapshot(const std::string& path, verification how,
                                                    const option_map& storage) {
  std::string folder = folder_of(path);
  auto opened = open_manifest(folder, how, storage);
  if (opened || opened.error().code != state_not_found) return opened;
  MILLRACE_TRY(const auto root, open_folder(folder, storage));
  MILLRACE_TRY(const auto newest, newest_in_job(*root));
  if (!newest) return not_found(path);
  opened = open_manifest(folder + "/" + *newest, how, storage);
  if (!opened && opened.error().code == state_not_found) return not_found(path);
  return opened;
}

}  // namespace millrace::state
