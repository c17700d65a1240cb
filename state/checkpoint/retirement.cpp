#include "state/checkpoint/retirement.hpp"

#include "state/checkpoint/file_io.hpp"
#include "state/checkpoint/folder_layout.hpp"
#include "state/checkpoint/manifest_file.hpp"

#include <unistd.h>

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

}  // namespace

void retire_checkpoints(const std::string& root,
                        std::span<const coordination::checkpoint_manifest> retained,
                        const std::set<checkpoint_id>& open) {
  const auto needed = needed_files(retained);
  for (const checkpoint_id id : folders_in(root)) {
    if (open.contains(id)) continue;
    const std::string folder = checkpoint_folder(id);
    for (const std::string& name : names_in(root + "/" + folder)) {
      if (!needed.contains(folder + "/" + name)) remove_all(root + "/" + folder + "/" + name);
    }
    // Succeeds only when it is empty.
    ::rmdir((root + "/" + folder).c_str());
  }
}

void remove_leftovers(const std::string& root) {
  for (const std::string& name : names_in(root)) {
    if (name.ends_with(".tmp")) remove_all(root + "/" + name);
  }
}

}  // namespace millrace::state
