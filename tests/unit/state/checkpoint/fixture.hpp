#pragma once

#include "core/coordination/snapshot_store.hpp"
#include "core/tables/delta_key.hpp"
#include "state/checkpoint/checkpoint_store.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <random>
#include <sstream>
#include <string>
#include <vector>

namespace millrace::state {

/// A folder of its own, removed at the end of a test.
class scratch_folder {
 public:
  scratch_folder() {
    std::string name = (std::filesystem::temp_directory_path() / "millrace-XXXXXX").string();
    path_ = ::mkdtemp(name.data());
  }
  ~scratch_folder() { std::filesystem::remove_all(path_); }
  scratch_folder(const scratch_folder&) = delete;
  scratch_folder& operator=(const scratch_folder&) = delete;
  [[nodiscard]] std::string operator/(const std::string& name) const { return path_ + "/" + name; }
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
};

/// State of an operator as a test sees it: key to value, nothing for a tombstone.
using image = std::map<std::string, std::optional<std::string>>;

inline std::string key_at(std::uint16_t group, const std::string& text) {
  std::string key;
  tables::append_delta_key(key, group, 0,
                           {7, text.data(), static_cast<std::uint32_t>(text.size()), 0}, {});
  return key;
}

/// Gives an image in blocks of a few entries.
class image_reader final : public tables::delta_reader {
 public:
  explicit image_reader(image entries, std::size_t block = 3)
      : entries_(std::move(entries)), at_(entries_.begin()), size_(block) {}
  [[nodiscard]] result<std::span<const tables::delta_entry>> next() override {
    block_.clear();
    for (; at_ != entries_.end() && block_.size() < size_; ++at_) {
      block_.push_back(
          {at_->first, at_->second ? std::string_view(*at_->second) : "", !at_->second});
    }
    return std::span<const tables::delta_entry>(block_);
  }

 private:
  image entries_;
  image::const_iterator at_;
  std::size_t size_;
  std::vector<tables::delta_entry> block_;
};

inline result<image> drain(tables::delta_reader& from) {
  image all;
  for (;;) {
    MILLRACE_TRY(const auto block, from.next());
    if (block.empty()) return all;
    for (const auto& e : block) {
      all[std::string(e.key)] =
          e.tombstone ? std::nullopt : std::optional<std::string>(std::string(e.value));
    }
  }
}

inline image random_image(std::mt19937& random, int entries, bool tombstones) {
  image all;
  for (int i = 0; i < entries; ++i) {
    const auto group = static_cast<std::uint16_t>(random() % 128);
    auto& value = all[key_at(group, "key " + std::to_string(random() % 1000))];
    if (tombstones && random() % 4 == 0) continue;
    value = std::string(random() % 40, static_cast<char>('a' + random() % 26));
  }
  return all;
}

inline std::string read_all(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// In place where the file is there: quicker than truncating it, which some file systems flush.
inline void write_all(const std::string& path, const std::string& bytes) {
  if (!std::filesystem::exists(path)) std::ofstream(path).flush();
  std::fstream(path, std::ios::binary | std::ios::in | std::ios::out) << bytes;
  std::filesystem::resize_file(path, bytes.size());
}

/// A manifest with one operator of one subtask.
inline coordination::checkpoint_manifest manifest_of(std::uint64_t id,
                                                     std::vector<coordination::state_file> files) {
  coordination::checkpoint_manifest m;
  m.id = checkpoint_id(id);
  m.operators.emplace_back();
  m.operators[0].operator_id = "group-by";
  m.operators[0].files = std::move(files);
  return m;
}

inline std::unique_ptr<coordination::snapshot_store> open_store(const std::string& directory,
                                                                std::uint32_t retained = 2,
                                                                std::uint64_t inline_below = 1024) {
  auto store = open_checkpoint_store({directory, "job", retained, inline_below});
  EXPECT_TRUE(store.ok()) << to_text(store.error());
  return std::move(*store);
}

/// Writes one state file and completes a checkpoint of it.
inline coordination::checkpoint_manifest checkpoint(coordination::snapshot_store& store,
                                                    std::uint64_t id, const image& state) {
  EXPECT_TRUE(store.begin(checkpoint_id(id)).ok());
  image_reader reader(state);
  auto file = store.write_state(checkpoint_id(id), "group-by-0",
                                coordination::state_file_kind::snapshot, reader);
  EXPECT_TRUE(file.ok());
  auto done = store.complete(manifest_of(id, {*file}));
  EXPECT_TRUE(done.ok()) << to_text(done.error());
  return *done;
}

}  // namespace millrace::state
