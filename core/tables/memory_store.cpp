#include "core/tables/memory_store.hpp"

#include <optional>
#include <utility>

namespace millrace::tables {
namespace {

/// Copies of entries, given in blocks.
class owning_reader final : public delta_reader {
 public:
  void add(std::string_view key, std::string_view value) {
    owned_.emplace_back(std::string(key), std::string(value));
  }
  [[nodiscard]] result<std::span<const delta_entry>> next() override {
    block_.clear();
    for (; at_ < owned_.size() && block_.size() < block_rows; ++at_)
      block_.push_back({owned_[at_].first, owned_[at_].second, false});
    return std::span<const delta_entry>(block_);
  }

 private:
  static constexpr std::size_t block_rows = 1024;
  std::vector<std::pair<std::string, std::string>> owned_;
  std::size_t at_ = 0;
  std::vector<delta_entry> block_;
};

}  // namespace

// All or nothing: a copy of the entries is taken before any is applied.
result<void> memory_store::write(delta_reader& delta) {
  std::vector<std::pair<std::string, std::optional<std::string>>> changes;
  for (;;) {
    MILLRACE_TRY(const auto block, delta.next());
    if (block.empty()) break;
    for (const delta_entry& e : block) {
      changes.emplace_back(std::string(e.key),
                           e.tombstone ? std::nullopt : std::optional(std::string(e.value)));
    }
  }
  const std::scoped_lock hold(mutex_);
  for (auto& [key, value] : changes) {
    entry_map& group = groups_[group_of_key(key)];
    if (const auto old = group.find(key); old != group.end()) {
      bytes_ -= old->first.size() + old->second.size();
      group.erase(old);
    }
    if (!value) continue;
    bytes_ += key.size() + value->size();
    group.emplace(std::move(key), *std::move(value));
  }
  return {};
}

result<std::unique_ptr<delta_reader>> memory_store::read(std::span<const key_group> groups) const {
  auto reader = std::make_unique<owning_reader>();
  const std::scoped_lock hold(mutex_);
  for (const key_group g : groups) {
    const auto found = groups_.find(g.value);
    if (found == groups_.end()) continue;
    for (const auto& [key, value] : found->second) reader->add(key, value);
  }
  return std::unique_ptr<delta_reader>(std::move(reader));
}

result<std::unique_ptr<delta_reader>> memory_store::read_prefixes(
    std::span<const std::string> prefixes) const {
  auto reader = std::make_unique<owning_reader>();
  const std::scoped_lock hold(mutex_);
  for (const std::string& prefix : prefixes) {
    const auto group = groups_.find(group_of_key(prefix));
    if (group == groups_.end()) continue;
    for (auto at = group->second.lower_bound(prefix);
         at != group->second.end() && at->first.starts_with(prefix); ++at) {
      reader->add(at->first, at->second);
    }
  }
  return std::unique_ptr<delta_reader>(std::move(reader));
}

result<std::vector<key_group>> memory_store::groups() const {
  const std::scoped_lock hold(mutex_);
  std::vector<key_group> all;
  for (const auto& [group, entries] : groups_) {
    if (!entries.empty()) all.emplace_back(group);
  }
  return all;
}

result<void> memory_store::drop(std::span<const key_group> groups) {
  const std::scoped_lock hold(mutex_);
  for (const key_group g : groups) {
    const auto found = groups_.find(g.value);
    if (found == groups_.end()) continue;
    for (const auto& [key, value] : found->second) bytes_ -= key.size() + value.size();
    groups_.erase(found);
  }
  return {};
}

std::uint64_t memory_store::stored_bytes() const {
  const std::scoped_lock hold(mutex_);
  return bytes_;
}

}  // namespace millrace::tables
