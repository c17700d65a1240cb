#pragma once

#include "core/base/result.hpp"
#include "core/coordination/checkpoint_manifest.hpp"
#include "core/tables/delta.hpp"
#include "state/checkpoint/checksum.hpp"
#include "state/storage/object_folder.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace millrace::state {

/// Bytes that stay in memory while they are few and go to a new object from `limit` on.
class spooled_output {
 public:
  /// `limit` 0: to the object at once. `folder` lives longer.
  spooled_output(object_folder& folder, std::string name, std::uint64_t limit)
      : folder_(folder), name_(std::move(name)), limit_(limit) {}

  [[nodiscard]] result<void> write(std::string_view bytes);
  /// Makes the object durable, if there is one.
  [[nodiscard]] result<void> finish();
  [[nodiscard]] bool in_memory() const { return object_ == nullptr; }
  [[nodiscard]] std::string take_bytes() { return std::move(held_); }
  [[nodiscard]] std::uint64_t bytes_written() const { return written_; }
  [[nodiscard]] std::uint64_t checksum() const { return checksum_.value(); }
  /// As `object_folder::bytes_are_dear`.
  [[nodiscard]] bool bytes_are_dear() const { return folder_.bytes_are_dear(); }

 private:
  object_folder& folder_;
  std::string name_;
  std::uint64_t limit_;
  std::string held_;
  std::unique_ptr<object_writer> object_;
  std::uint64_t written_ = 0;
  running_checksum checksum_;
};

/// Writes a state file (docs/reference/formats.md): blocks of entries, each with a checksum, packed
/// where that pays: every sixteenth block is tried. Life: `append` any number of times, `finish`
/// once. One thread.
class state_file_writer final : public tables::delta_writer {
 public:
  state_file_writer(spooled_output& to, coordination::state_file_kind kind);

  /// Errors: state_io; internal for keys that do not ascend.
  [[nodiscard]] result<void> append(std::span<const tables::delta_entry> entries) override;
  [[nodiscard]] result<void> finish();
  [[nodiscard]] std::uint64_t entries() const { return entries_; }

 private:
  [[nodiscard]] result<void> add(const tables::delta_entry& entry);
  [[nodiscard]] bool pack_block();
  [[nodiscard]] result<void> flush_block();

  spooled_output& to_;
  std::string header_;  // not written yet when not empty
  std::string raw_;
  std::string packed_;
  bool packing_pays_ = false;  // as the last block that was tried says
  std::string last_key_;       // empty in front of the first
  std::uint32_t block_entries_ = 0;
  std::uint16_t first_group_ = 0;
  std::uint64_t blocks_ = 0;
  std::uint64_t entries_ = 0;
  std::uint64_t tombstones_ = 0;
};

}  // namespace millrace::state
