#include "state/checkpoint/directory_job.hpp"

#include "core/base/fail_point.hpp"
#include "state/checkpoint/file_io.hpp"
#include "state/checkpoint/folder_layout.hpp"
#include "state/checkpoint/manifest_file.hpp"
#include "state/checkpoint/packing.hpp"
#include "state/checkpoint/retirement.hpp"
#include "state/checkpoint/savepoint.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace millrace::state {

using coordination::checkpoint_manifest;
using coordination::found_checkpoint;
using coordination::state_file;
using coordination::state_file_kind;
using coordination::verification;

directory_job::directory_job(const directory_options& options, const std::string& root,
                             job_lock lock)
    : job_(options.job),
      root_(root),
      keep_(options.retained),
      inline_below_(options.inline_below),
      lock_(std::move(lock)),
      files_(root) {}

std::string directory_job::path_of(std::string_view name) const {
  return fmt::format("{}/{}", root_, name);
}

result<void> directory_job::look_around() {
  const auto folders = folders_in(root_);
  if (!folders.empty()) newest_ = folders.front();
  remove_leftovers(root_);
  auto pointer = load_pointer(path_of(pointer_name));
  if (!pointer) {
    if (pointer.error().code != errc::state_corrupt) return pointer.take_error();
    pointer_damage_ = pointer.take_error();
    return {};
  }
  pointer_ = std::move(*pointer);
  // Without a pointer a manifest may be all that is left of a checkpoint: nothing is removed.
  if (!pointer_) return {};
  good_ = pointer_->complete;
  bool all_known = true;
  for (const auto& entry : good_) {
    newest_ = std::max(newest_, entry.id);
    auto manifest = load(entry, verification::presence);
    all_known &= manifest.ok();
    if (manifest) retained_.push_back(std::move(manifest->manifest));
  }
  if (all_known) retire();
  return {};
}

result<std::shared_ptr<open_checkpoint>> directory_job::find_open(checkpoint_id id) const {
  const std::scoped_lock hold(mutex_);
  if (const auto at = open_.find(id); at != open_.end()) return at->second;
  return make_error(errc::state_io,
                    fmt::format("checkpoint {} was given up or never begun", id.value));
}

std::set<checkpoint_id> directory_job::open_ids() const {
  const std::scoped_lock hold(mutex_);
  std::set<checkpoint_id> ids;
  for (const auto& [id, open] : open_) ids.insert(id);
  return ids;
}

result<void> directory_job::begin(checkpoint_id id) {
  if (id <= newest_) {
    return make_error(errc::internal,
                      fmt::format("checkpoint {} is begun behind {}", id.value, newest_.value));
  }
  auto open = std::make_shared<open_checkpoint>(root_, id);
  MILLRACE_CHECK(open->make_folder());
  newest_ = id;
  const std::scoped_lock hold(mutex_);
  open_.emplace(id, std::move(open));
  return {};
}

result<state_file> directory_job::write_state(checkpoint_id id, std::string_view owner,
                                              state_file_kind kind, tables::delta_reader& from) {
  MILLRACE_TRY(const auto open, find_open(id));
  return open->write_state(owner, kind, from, inline_below_);
}

result<state_file> directory_job::keep_file(checkpoint_id id, std::string_view owner,
                                            const std::string& path, std::string_view local_name) {
  MILLRACE_TRY(const auto open, find_open(id));
  return open->keep_file(owner, path, local_name);
}

// Files of earlier checkpoints are known by name only: where they lie stands in a manifest.
result<void> directory_job::place_files(checkpoint_manifest& manifest,
                                        const std::string& folder) const {
  MILLRACE_CHECK(find_places(manifest, retained_, folder));
  return pack_inline_files(manifest, root_, folder + "/" + std::string(pack_name));
}

result<void> directory_job::make_durable(checkpoint_manifest& manifest, const std::string& folder) {
  manifest.job = job_;
  MILLRACE_CHECK(place_files(manifest, folder));
  MILLRACE_CHECK(pass_step(protocol_step::manifest));
  const std::string manifest_path = path_of(folder + "/" + std::string(manifest_name));
  MILLRACE_TRY(auto hash, store_manifest(manifest, manifest_path));
  MILLRACE_CHECK(sync_directory(path_of(folder)));
  job_pointer next{manifest.leader_epoch, {{manifest.id, std::move(hash)}}};
  for (const auto& entry : good_) {
    if (next.complete.size() < keep_) next.complete.push_back(entry);
  }
  MILLRACE_CHECK(pass_step(protocol_step::rename));
  MILLRACE_CHECK(swap_pointer(path_of(pointer_name), pointer_, next));
  good_ = next.complete;
  pointer_ = std::move(next);
  pointer_damage_.reset();
  return {};
}

result<checkpoint_manifest> directory_job::complete(checkpoint_manifest manifest) {
  MILLRACE_TRY(const auto open, find_open(manifest.id));
  if (auto done = make_durable(manifest, open->folder()); !done) {
    // After a failed sync nothing on the disk is certain, not even which checkpoint the pointer
    // names: the folder stays for the next start.
    if (done.error().code == state_sync_failed) {
      forget(manifest.id);
    } else {
      abort(manifest.id);
    }
    return done.take_error();
  }
  forget(manifest.id);
  retained_.insert(retained_.begin(), manifest);
  // Not to be undone by now: what is left over goes with the next one.
  if (pass_step(protocol_step::clean_up).ok()) retire();
  return manifest;
}

void directory_job::abort(checkpoint_id id) {
  if (const auto open = forget(id)) remove_all(path_of(open->folder()));
}

// No longer open: its writers have to give up. Null when it was not.
std::shared_ptr<open_checkpoint> directory_job::forget(checkpoint_id id) {
  const std::scoped_lock hold(mutex_);
  const auto at = open_.find(id);
  if (at == open_.end()) return nullptr;
  auto open = std::move(at->second);
  open_.erase(at);
  open->close();
  return open;
}

void directory_job::retire() {
  std::erase_if(retained_, [&](const checkpoint_manifest& m) {
    return std::none_of(good_.begin(), good_.end(),
                        [&](const pointer_entry& e) { return e.id == m.id; });
  });
  retire_checkpoints(root_, retained_, open_ids());
}

result<loaded_manifest> directory_job::load(const pointer_entry& entry, verification how) const {
  const std::string path = path_of(checkpoint_folder(entry.id) + "/" + std::string(manifest_name));
  if (!exists(path)) {
    return make_error(errc::state_corrupt, fmt::format("the manifest '{}' is missing", path));
  }
  MILLRACE_TRY(auto loaded, load_manifest(path));
  const bool named = entry.manifest_hash.empty() || entry.manifest_hash == loaded.hash;
  if (!named || loaded.manifest.id != entry.id) {
    return make_error(errc::state_corrupt,
                      fmt::format("the manifest '{}' is not the one that was completed", path));
  }
  MILLRACE_CHECK(files_.verify(loaded.manifest, how));
  return loaded;
}

// Without a pointer every folder with a manifest is one: all that it refers to was synced before
// it was written, so that it can be restored whether or not it was completed.
std::vector<pointer_entry> directory_job::candidates() const {
  if (pointer_) return good_;
  std::vector<pointer_entry> all;
  for (const checkpoint_id id : folders_in(root_)) {
    if (exists(path_of(checkpoint_folder(id) + "/" + std::string(manifest_name)))) {
      all.push_back({id, {}});
    }
  }
  return all;
}

// The next checkpoint may refer to files of this one, and the next pointer names it. What is newer
// is no longer worth restoring.
void directory_job::settle_on(std::vector<pointer_entry> good, const checkpoint_manifest& found) {
  if (!pointer_) good.resize(1);
  good_ = std::move(good);
  std::erase_if(retained_, [&](const checkpoint_manifest& m) { return m.id == found.id; });
  retained_.insert(retained_.begin(), found);
}

result<std::optional<found_checkpoint>> directory_job::latest(verification how,
                                                              checkpoint_id below) {
  found_checkpoint found;
  if (pointer_damage_) found.passed_over.push_back(*pointer_damage_);
  auto left = candidates();
  std::erase_if(left, [&](const pointer_entry& e) { return e.id >= below; });
  for (; !left.empty(); left.erase(left.begin())) {
    auto loaded = load(left.front(), how);
    if (!loaded) {
      found.passed_over.push_back(loaded.take_error());
      continue;
    }
    left.front().manifest_hash = loaded->hash;
    settle_on(std::move(left), loaded->manifest);
    found.manifest = std::move(loaded->manifest);
    return std::optional<found_checkpoint>(std::move(found));
  }
  if (found.passed_over.empty()) return std::optional<found_checkpoint>();
  return found.passed_over.front();
}

result<void> directory_job::clear() {
  MILLRACE_CHECK(swap_pointer(path_of(pointer_name), pointer_, job_pointer{}));
  pointer_ = job_pointer{};
  pointer_damage_.reset();
  good_.clear();
  retire();
  return {};
}

result<checkpoint_manifest> directory_job::export_savepoint(const checkpoint_manifest& manifest,
                                                            const std::string& path) {
  return write_savepoint(files_, manifest, path);
}

}  // namespace millrace::state
