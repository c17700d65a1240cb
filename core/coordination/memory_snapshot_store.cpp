#include "core/coordination/memory_snapshot_store.hpp"

#include <utility>

namespace millrace::coordination {

namespace {

using tables::delta_entry;
using tables::owned_entry;

error not_here(std::string what) {
  return make_error(errc::state_io, std::move(what) + " of checkpoints in memory",
                    "keep checkpoints in a directory");
}

/// Gives entries that it shares.
class shared_reader final : public tables::delta_reader {
 public:
  explicit shared_reader(std::shared_ptr<const std::vector<owned_entry>> entries)
      : entries_(std::move(entries)) {
    for (const owned_entry& e : *entries_) views_.push_back({e.key, e.value, e.tombstone});
  }
  [[nodiscard]] result<std::span<const delta_entry>> next() override {
    return std::exchange(given_, true) ? std::span<const delta_entry>() : views_;
  }

 private:
  std::shared_ptr<const std::vector<owned_entry>> entries_;
  std::vector<delta_entry> views_;
  bool given_ = false;
};

}  // namespace

result<std::shared_ptr<const std::vector<owned_entry>>> memory_snapshot_store::find(
    const std::string& name) const {
  const std::lock_guard lock(mutex_);
  const auto at = files_.find(name);
  if (at == files_.end()) return make_error(errc::state_corrupt, "there is no file " + name);
  return at->second;
}

result<std::unique_ptr<tables::delta_reader>> memory_snapshot_store::read(
    const state_file& file) const {
  MILLRACE_TRY(auto found, find(file.name));
  return std::unique_ptr<tables::delta_reader>(std::make_unique<shared_reader>(std::move(found)));
}

result<std::unique_ptr<tables::delta_reader>> memory_snapshot_store::read_merged(
    const operator_state& instance) const {
  std::map<std::string, std::string> merged;
  for (const state_file& file : instance.files) {
    MILLRACE_TRY(const auto found, find(file.name));
    for (const owned_entry& e : *found) {
      if (e.tombstone) {
        merged.erase(e.key);
      } else {
        merged[e.key] = e.value;
      }
    }
  }
  auto all = std::make_shared<entries>();
  for (auto& [key, value] : merged) all->push_back({key, std::move(value), false});
  return std::unique_ptr<tables::delta_reader>(std::make_unique<shared_reader>(std::move(all)));
}

result<void> memory_snapshot_store::fetch(const state_file&, const std::string&) const {
  return not_here("there are no files");
}

result<void> memory_snapshot_store::begin(checkpoint_id id) {
  const std::lock_guard lock(mutex_);
  newest_ = id;
  return {};
}

result<state_file> memory_snapshot_store::write_state(checkpoint_id id, std::string_view owner,
                                                      state_file_kind kind,
                                                      tables::delta_reader& from) {
  auto all = std::make_shared<entries>();
  for (;;) {
    MILLRACE_TRY(const auto block, from.next());
    if (block.empty()) break;
    for (const delta_entry& e : block) {
      all->push_back({std::string(e.key), std::string(e.value), e.tombstone});
    }
  }
  state_file file;
  file.kind = kind;
  file.name = std::to_string(id.value) + "-" + std::string(owner);
  file.entries = all->size();
  const std::lock_guard lock(mutex_);
  files_[file.name] = std::move(all);
  return file;
}

result<state_file> memory_snapshot_store::keep_file(checkpoint_id, std::string_view,
                                                    const std::string&, std::string_view) {
  return not_here("there are no files");
}

result<checkpoint_manifest> memory_snapshot_store::complete(checkpoint_manifest manifest) {
  std::set<std::string> used;
  for (const operator_state& o : manifest.operators) {
    for (const state_file& file : o.files) used.insert(file.name);
  }
  const std::lock_guard lock(mutex_);
  std::erase_if(files_, [&](const auto& file) { return !used.contains(file.first); });
  complete_ = manifest;
  return manifest;
}

// Files of an aborted checkpoint go when the next one is complete.
void memory_snapshot_store::abort(checkpoint_id) {}

result<std::optional<found_checkpoint>> memory_snapshot_store::latest(verification,
                                                                      checkpoint_id below) {
  const std::lock_guard lock(mutex_);
  if (!complete_ || complete_->id >= below) return std::optional<found_checkpoint>();
  return std::optional<found_checkpoint>(found_checkpoint{*complete_, {}});
}

checkpoint_id memory_snapshot_store::newest_id() const {
  const std::lock_guard lock(mutex_);
  return newest_;
}

result<void> memory_snapshot_store::clear() {
  const std::lock_guard lock(mutex_);
  files_.clear();
  complete_.reset();
  return {};
}

result<checkpoint_manifest> memory_snapshot_store::export_savepoint(const checkpoint_manifest&,
                                                                    const std::string&) {
  return not_here("there are no savepoints");
}

}  // namespace millrace::coordination
