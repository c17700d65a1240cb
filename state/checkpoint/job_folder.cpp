#include "state/checkpoint/job_folder.hpp"

#include "core/base/fail_point.hpp"
#include "state/checkpoint/folder_layout.hpp"
#include "state/checkpoint/manifest_file.hpp"
#include "state/checkpoint/packing.hpp"
#include "state/checkpoint/retirement.hpp"
#include "state/checkpoint/savepoint.hpp"
#include "state/storage/open_folder.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <random>

namespace millrace::state {

using coordination::checkpoint_manifest;
using coordination::found_checkpoint;
using coordination::state_file;
using coordination::state_file_kind;
using coordination::verification;

namespace {

/// Ids that a run reserves ahead: so many may fail in a row before the pointer is swapped for more.
constexpr std::uint64_t reserved_ahead = 16;
constexpr std::uint64_t pointer_limit = 1U << 20;
constexpr int claim_tries = 20;

std::string new_owner() {
  std::random_device random;
  return fmt::format("{:08x}{:08x}{:08x}{:08x}", random(), random(), random(), random());
}

std::string manifest_of(checkpoint_id id) {
  return checkpoint_folder(id) + "/" + std::string(manifest_name);
}

error not_open(checkpoint_id id) {
  return make_error(errc::state_io,
                    fmt::format("checkpoint {} was given up or never begun", id.value));
}

}  // namespace

job_folder::job_folder(const store_options& options, std::shared_ptr<object_folder> root,
                       bool locked)
    : job_(options.job),
      root_(std::move(root)),
      storage_(options.storage),
      locked_(locked),
      take_over_(options.take_over),
      leader_epoch_(options.leader_epoch),
      keep_(options.retained),
      inline_below_(options.inline_below),
      files_(root_) {}

result<void> job_folder::read_pointer() {
  pointer_text_.reset();
  pointer_.reset();
  pointer_damage_.reset();
  good_.clear();
  auto text = read_object(*root_, std::string(pointer_name), pointer_limit);
  if (!text) {
    if (text.error().code == state_not_found) return {};
    if (text.error().code != errc::state_corrupt) return text.take_error();
    pointer_damage_ = text.take_error();
    return {};
  }
  pointer_text_ = std::move(*text);
  auto pointer = parse_pointer(*pointer_text_);
  if (pointer) {
    pointer_ = std::move(*pointer);
    good_ = pointer_->complete;
    newest_ = std::max(newest_, pointer_->reserved);
  } else {
    pointer_damage_ = pointer.take_error();
  }
  return {};
}

result<void> job_folder::look_around() {
  MILLRACE_TRY(const auto folders, folders_in(*root_));
  if (!folders.empty()) newest_ = folders.front();
  MILLRACE_CHECK(read_pointer());
  if (!locked_) {
    // The owner of checkpoints is left in peace until somebody wants to go on from them.
    if (!take_over_ && !good_.empty()) return {};
    MILLRACE_CHECK(claim_in_turn());
  }
  root_->remove_leftovers();
  // Without a pointer a manifest may be all that is left of a checkpoint: nothing is removed.
  if (!pointer_) return {};
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

// The run before may complete a checkpoint between the look and the swap: look again.
result<void> job_folder::claim_in_turn() {
  for (int tries = 0;; ++tries) {
    auto claimed = claim();
    if (claimed || claimed.error().code != state_locked || tries == claim_tries) return claimed;
    MILLRACE_CHECK(read_pointer());
  }
}

// Afterwards the run before cannot complete a checkpoint any more, nor let its sinks commit.
result<void> job_folder::claim() {
  MILLRACE_CHECK(check_epoch());
  if (!pointer_) MILLRACE_CHECK(name_all_manifests());
  owner_ = new_owner();
  job_pointer next = pointer_.value_or(job_pointer{});
  next.complete = good_;
  next.reserved = checkpoint_id(newest_.value + reserved_ahead);
  return swap_pointer(std::move(next));
}

// A leader that others have followed may wake up and want its job back.
result<void> job_folder::check_epoch() const {
  if (leader_epoch_ == 0 || !pointer_ || pointer_->leader_epoch <= leader_epoch_) return {};
  return make_error(
      state_locked,
      fmt::format("'{}' belongs to the coordinator of epoch {}, this one has {}",
                  root_->place_of(""), pointer_->leader_epoch, leader_epoch_),
      "another coordinator leads; where the store that elects was wiped, start the job anew from "
      "a savepoint");
}

// A pointer that names nothing would make every checkpoint a leftover.
result<void> job_folder::name_all_manifests() {
  MILLRACE_TRY(const auto found, candidates());
  for (const pointer_entry& entry : found) {
    auto loaded = load(entry, verification::presence);
    if (loaded) good_.push_back({entry.id, loaded->hash});
  }
  return {};
}

result<void> job_folder::swap_pointer(job_pointer next) {
  next.owner = owner_;
  next.leader_epoch = leader_epoch_;
  std::string text = to_text(next);
  MILLRACE_CHECK(root_->swap(std::string(pointer_name), pointer_text_, text));
  pointer_text_ = std::move(text);
  pointer_ = std::move(next);
  return {};
}

checkpoint_id job_folder::newest_id() const {
  const std::scoped_lock hold(mutex_);
  return newest_;
}

result<std::shared_ptr<open_checkpoint>> job_folder::find_open(checkpoint_id id) const {
  const std::scoped_lock hold(mutex_);
  if (const auto at = open_.find(id); at != open_.end()) return at->second;
  return not_open(id);
}

std::set<checkpoint_id> job_folder::open_ids() const {
  const std::scoped_lock hold(mutex_);
  std::set<checkpoint_id> ids;
  for (const auto& [id, open] : open_) ids.insert(id);
  return ids;
}

result<void> job_folder::begin(checkpoint_id id) {
  if (const checkpoint_id newest = newest_id(); id <= newest) {
    return make_error(errc::internal,
                      fmt::format("checkpoint {} is begun behind {}", id.value, newest.value));
  }
  if (!locked_) MILLRACE_CHECK(reserve(id));
  auto open = std::make_shared<open_checkpoint>(root_, id);
  MILLRACE_CHECK(open->make_folder());
  const std::scoped_lock hold(mutex_);
  newest_ = id;
  open_.emplace(id, std::move(open));
  return {};
}

result<void> job_folder::reserve(checkpoint_id id) {
  const std::scoped_lock hold(completing_);
  if (owner_.empty()) {
    return make_error(state_locked,
                      fmt::format("'{}' belongs to another run", root_->place_of("")));
  }
  if (id <= pointer_->reserved) return {};
  job_pointer next = *pointer_;
  next.reserved = checkpoint_id(id.value + reserved_ahead);
  return swap_pointer(std::move(next));
}

result<state_file> job_folder::write_state(checkpoint_id id, std::string_view owner,
                                           state_file_kind kind, tables::delta_reader& from) {
  MILLRACE_TRY(const auto open, find_open(id));
  return open->write_state(owner, kind, from, inline_below_);
}

result<state_file> job_folder::keep_file(checkpoint_id id, std::string_view owner,
                                         const std::string& path, std::string_view local_name) {
  MILLRACE_TRY(const auto open, find_open(id));
  return open->keep_file(owner, path, local_name);
}

// Files of earlier checkpoints are known by name only: where they lie stands in a manifest.
result<void> job_folder::place_files(checkpoint_manifest& manifest,
                                     const std::string& folder) const {
  MILLRACE_CHECK(find_places(manifest, retained_, folder));
  return pack_inline_files(manifest, *root_, folder + "/" + std::string(pack_name));
}

result<void> job_folder::make_durable(checkpoint_manifest& manifest, const std::string& folder) {
  manifest.job = job_;
  manifest.leader_epoch = leader_epoch_;
  MILLRACE_CHECK(place_files(manifest, folder));
  MILLRACE_CHECK(pass_step(protocol_step::manifest));
  MILLRACE_TRY(auto hash, store_manifest(manifest, *root_, manifest_of(manifest.id)));
  job_pointer next;
  if (!locked_) {
    next.reserved = std::max(pointer_->reserved, checkpoint_id(manifest.id.value + reserved_ahead));
  }
  next.complete.push_back({manifest.id, std::move(hash)});
  for (const auto& entry : good_) {
    if (next.complete.size() < keep_) next.complete.push_back(entry);
  }
  MILLRACE_CHECK(pass_step(protocol_step::rename));
  MILLRACE_CHECK(swap_pointer(std::move(next)));
  good_ = pointer_->complete;
  pointer_damage_.reset();
  return {};
}

// Out of reach of `abort` before anything else: the pointer may name it at any moment.
result<checkpoint_manifest> job_folder::complete(checkpoint_manifest manifest) {
  const std::scoped_lock hold(completing_);
  const auto open = forget(manifest.id);
  if (!open) return not_open(manifest.id);
  if (auto done = make_durable(manifest, open->folder()); !done) {
    // After a failed sync nothing on the disk is certain, not even which checkpoint the pointer
    // names: the folder stays for the next start.
    if (done.error().code != state_sync_failed) root_->remove_folder(open->folder());
    return done.take_error();
  }
  retained_.insert(retained_.begin(), manifest);
  // Not to be undone by now: what is left over goes with the next one.
  if (pass_step(protocol_step::clean_up).ok()) retire();
  return manifest;
}

void job_folder::abort(checkpoint_id id) {
  if (const auto open = forget(id)) root_->remove_folder(open->folder());
}

// No longer open: its writers have to give up. Null when it was not.
std::shared_ptr<open_checkpoint> job_folder::forget(checkpoint_id id) {
  const std::scoped_lock hold(mutex_);
  const auto at = open_.find(id);
  if (at == open_.end()) return nullptr;
  auto open = std::move(at->second);
  open_.erase(at);
  open->close();
  return open;
}

void job_folder::retire() {
  std::erase_if(retained_, [&](const checkpoint_manifest& m) {
    return std::none_of(good_.begin(), good_.end(),
                        [&](const pointer_entry& e) { return e.id == m.id; });
  });
  const auto last = locked_ || !pointer_ ? checkpoint_id(UINT64_MAX) : pointer_->reserved;
  retire_checkpoints(*root_, retained_, open_ids(), last);
}

result<loaded_manifest> job_folder::load(const pointer_entry& entry, verification how) const {
  const std::string path = root_->place_of(manifest_of(entry.id));
  auto found = load_manifest(*root_, manifest_of(entry.id));
  if (!found && found.error().code == state_not_found) {
    return make_error(errc::state_corrupt, fmt::format("the manifest '{}' is missing", path));
  }
  MILLRACE_TRY(auto loaded, std::move(found));
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
result<std::vector<pointer_entry>> job_folder::candidates() const {
  if (pointer_) return good_;
  std::vector<pointer_entry> all;
  MILLRACE_TRY(const auto folders, folders_in(*root_));
  for (const checkpoint_id id : folders) {
    MILLRACE_TRY(const bool there, has_object(*root_, manifest_of(id)));
    if (there) all.push_back({id, {}});
  }
  return all;
}

// The next checkpoint may refer to files of this one, and the next pointer names it. What is newer
// is no longer worth restoring.
void job_folder::settle_on(std::vector<pointer_entry> good, const checkpoint_manifest& found) {
  if (!pointer_) good.resize(1);
  good_ = std::move(good);
  std::erase_if(retained_, [&](const checkpoint_manifest& m) { return m.id == found.id; });
  retained_.insert(retained_.begin(), found);
}

// Waits for a checkpoint that is being completed: what its sinks commit must not be made again.
result<std::optional<found_checkpoint>> job_folder::latest(verification how, checkpoint_id below) {
  const std::scoped_lock hold(completing_);
  found_checkpoint found;
  if (pointer_damage_) found.passed_over.push_back(*pointer_damage_);
  MILLRACE_TRY(auto left, candidates());
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

result<void> job_folder::clear() {
  const std::scoped_lock hold(completing_);
  job_pointer next;
  if (pointer_) next.reserved = pointer_->reserved;
  MILLRACE_CHECK(swap_pointer(std::move(next)));
  pointer_damage_.reset();
  good_.clear();
  retire();
  return {};
}

result<checkpoint_manifest> job_folder::export_savepoint(const checkpoint_manifest& manifest,
                                                         const std::string& path) {
  MILLRACE_TRY(const auto to, open_folder(path, storage_));
  return write_savepoint(files_, manifest, *to);
}

}  // namespace millrace::state
