#include "core/coordination/restore_plan.hpp"

#include "core/tables/task_state.hpp"

#include <algorithm>
#include <utility>

namespace millrace::coordination {

namespace {

using tables::delta_entry;
using tables::delta_reader;
using tables::owned_entry;

/// The keyed entries of another reader, which stand before those without a key.
class keyed_reader final : public delta_reader {
 public:
  explicit keyed_reader(std::unique_ptr<delta_reader> from) : from_(std::move(from)) {}

  [[nodiscard]] result<std::span<const delta_entry>> next() override {
    MILLRACE_TRY(const auto block, from_->next());
    const auto end = std::find_if(block.begin(), block.end(), [](const delta_entry& e) {
      return tables::group_of_key(e.key) == tables::unkeyed_group;
    });
    return block.first(static_cast<std::size_t>(end - block.begin()));
  }

 private:
  std::unique_ptr<delta_reader> from_;
};

/// Entries that it owns.
class owned_reader final : public delta_reader {
 public:
  explicit owned_reader(std::vector<owned_entry> entries) : entries_(std::move(entries)) {
    for (const owned_entry& e : entries_) views_.push_back({e.key, e.value, e.tombstone});
  }
  [[nodiscard]] result<std::span<const delta_entry>> next() override {
    return std::exchange(given_, true) ? std::span<const delta_entry>() : views_;
  }

 private:
  std::vector<owned_entry> entries_;
  std::vector<delta_entry> views_;
  bool given_ = false;
};

result<std::vector<owned_entry>> unkeyed_entries(delta_reader& from) {
  std::vector<owned_entry> all;
  for (;;) {
    MILLRACE_TRY(const auto block, from.next());
    if (block.empty()) return all;
    for (const delta_entry& e : block) {
      if (tables::group_of_key(e.key) != tables::unkeyed_group) continue;
      all.push_back({std::string(e.key), std::string(e.value), e.tombstone});
    }
  }
}

bool overlap(const tables::key_range& a, const tables::key_range& b) {
  return a.first < b.first + b.count && b.first < a.first + a.count;
}

}  // namespace

restore_plan::restore_plan(checkpoint_manifest manifest,
                           std::shared_ptr<const snapshot_reader> files)
    : manifest_(std::move(manifest)), files_(std::move(files)) {}

std::vector<const operator_state*> restore_plan::instances_of(const std::string& id) const {
  std::vector<const operator_state*> found;
  for (const operator_state& o : manifest_.operators) {
    if (o.operator_id == id) found.push_back(&o);
  }
  return found;
}

result<runtime::operator_restore> restore_plan::instance(const std::string& operator_id,
                                                         std::uint32_t subtask,
                                                         std::uint32_t parallelism,
                                                         std::uint32_t max_parallelism) const {
  if (max_parallelism != manifest_.max_parallelism) {
    return make_error(errc::state_type_changed,
                      "the checkpoint was taken with pipeline.max-parallelism " +
                          std::to_string(manifest_.max_parallelism) + ", the job has " +
                          std::to_string(max_parallelism),
                      "key groups cannot be cut anew: set the old value");
  }
  runtime::operator_restore out;
  const auto old = instances_of(operator_id);
  if (old.empty()) return out;
  out.finished = finished(operator_id);
  out.watermark_in = watermark(operator_id);
  out.watermark_out = max_watermark;
  for (const operator_state* o : old) {
    if (o->finished) continue;
    const timestamp_ms sent = o->watermarks.size() > 1 ? o->watermarks[1] : min_watermark;
    out.watermark_out = std::min(out.watermark_out, sent);
  }
  if (out.finished) return out;
  for (const operator_state* o : old) {
    if (!o->files.empty()) out.tables = o->tables;
  }
  if (old.front()->parallelism != parallelism) {
    MILLRACE_TRY(out.state, rescaled(old, subtask, parallelism));
    return out;
  }
  for (const operator_state* o : old) {
    if (o->subtask != subtask || o->files.empty()) continue;
    MILLRACE_TRY(auto reader, files_->read_merged(*o));
    out.state.push_back(std::move(reader));
  }
  return out;
}

result<restore_plan::readers> restore_plan::rescaled(const std::vector<const operator_state*>& old,
                                                     std::uint32_t subtask,
                                                     std::uint32_t parallelism) const {
  readers all;
  std::vector<std::vector<owned_entry>> unkeyed;
  const auto range = tables::key_range::of_subtask(subtask, parallelism, manifest_.max_parallelism);
  for (const operator_state* o : old) {
    if (o->files.empty()) continue;
    MILLRACE_TRY(const auto scan, files_->read_merged(*o));
    MILLRACE_TRY(auto entries, unkeyed_entries(*scan));
    unkeyed.push_back(std::move(entries));
    if (!overlap(range, o->range)) continue;
    MILLRACE_TRY(auto reader, files_->read_merged(*o));
    all.push_back(std::make_unique<keyed_reader>(std::move(reader)));
  }
  MILLRACE_TRY(auto shares, tables::redistribute_task_state(unkeyed, parallelism));
  all.push_back(std::make_unique<owned_reader>(std::move(shares.at(subtask))));
  return all;
}

bool restore_plan::finished(const std::string& operator_id) const {
  const auto old = instances_of(operator_id);
  return !old.empty() &&
         std::all_of(old.begin(), old.end(), [](const auto* o) { return o->finished; });
}

timestamp_ms restore_plan::watermark(const std::string& operator_id) const {
  const auto old = instances_of(operator_id);
  if (old.empty()) return min_watermark;
  timestamp_ms least = max_watermark;
  for (const operator_state* o : old) {
    if (o->finished) continue;
    least = std::min(least, o->watermarks.empty() ? min_watermark : o->watermarks[0]);
  }
  return least;
}

std::vector<std::string> restore_plan::seen_splits(const std::string& operator_id) const {
  std::vector<std::string> all;
  for (const enumerator_state& e : manifest_.enumerators) {
    if (e.operator_id == operator_id) all.insert(all.end(), e.seen.begin(), e.seen.end());
  }
  return all;
}

bool restore_plan::reads_side_by_side(const std::string& operator_id) const {
  const auto old = instances_of(operator_id);
  return !old.empty() && seen_splits(operator_id).size() <= old.front()->parallelism;
}

std::vector<connectors::source_split> restore_plan::read_splits(
    const std::string& operator_id) const {
  std::vector<connectors::source_split> all;
  for (const reader_state& r : manifest_.readers) {
    if (r.operator_id == operator_id) all.insert(all.end(), r.splits.begin(), r.splits.end());
  }
  for (const enumerator_state& e : manifest_.enumerators) {
    if (e.operator_id != operator_id || !reads_side_by_side(operator_id)) continue;
    all.insert(all.end(), e.waiting.begin(), e.waiting.end());
  }
  return all;
}

std::vector<connectors::source_split> restore_plan::waiting_splits(
    const std::string& operator_id) const {
  std::vector<connectors::source_split> all;
  for (const enumerator_state& e : manifest_.enumerators) {
    if (e.operator_id != operator_id || reads_side_by_side(operator_id)) continue;
    all.insert(all.end(), e.waiting.begin(), e.waiting.end());
  }
  return all;
}

}  // namespace millrace::coordination
