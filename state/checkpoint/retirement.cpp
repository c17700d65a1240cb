#include "state/checkpoint/retirement.hpp"

#include "state/checkpoint/folder_layout.hpp"
#include "state/checkpoint/manifest_file.hpp"

namespace millrace::state {

namespace {

/// Every path, relative to the job's folder, that a retained checkpoint needs.
std::set<std::string> needed_files(std::span<const coordination::checkpoint_manifest> retained) {
  std::set<std::string> needed;
  for (const auto& manifest : retained) {
    needed.insert(checkpoint_folder(manifest.id) + "/" + std::string(manifest_name));
    for (const auto& instance : manifest.operators) {
      for (const auto& file : instance.files) needed.insert(file.location);
    }
  }
  return needed;
}

void clear_folder(object_folder& root, const std::string& folder,
                  const std::set<std::string>& needed) {
  const auto first = needed.lower_bound(folder + "/");
  if (first == needed.end() || !first->starts_with(folder + "/")) {
    root.remove_folder(folder);
    return;
  }
  const auto names = root.names_in(folder);
  if (!names) return;
  for (const std::string& name : *names) {
    if (!needed.contains(folder + "/" + name)) root.remove(folder + "/" + name);
  }
}

}  // namespace

void retire_checkpoints(object_folder& root,
                        std::span<const coordination::checkpoint_manifest> retained,
                        const std::set<checkpoint_id>& open, checkpoint_id last) {
  const auto needed = needed_files(retained);
  const auto all = folders_in(root);
  if (!all) return;
  for (const checkpoint_id id : *all) {
    if (id <= last && !open.contains(id)) clear_folder(root, checkpoint_folder(id), needed);
  }
}

}  // namespace millrace::state
