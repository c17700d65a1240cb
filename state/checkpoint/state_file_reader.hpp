#pragma once

#include "core/base/result.hpp"
#include "core/tables/delta.hpp"
#include "state/checkpoint/checksum.hpp"
#include "state/storage/object_folder.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::state {

/// A range of an object, or bytes in memory, read from front to back.
class byte_input {
 public:
  /// `place`: of the object, for messages.
  byte_input(std::unique_ptr<object_reader> from, std::string place, std::uint64_t offset,
             std::uint64_t size)
      : object_(std::move(from)), place_(std::move(place)), offset_(offset), left_(size) {}
  explicit byte_input(std::string bytes) : held_(std::move(bytes)), left_(held_.size()) {}

  [[nodiscard]] std::uint64_t left() const { return left_; }
  /// Replaces `to` by the next `size` bytes. Errors: state_io; state_corrupt when there are not as
  /// many.
  [[nodiscard]] result<void> take(std::size_t size, std::string& to);
  [[nodiscard]] std::string describe() const;

 private:
  std::unique_ptr<object_reader> object_;
  std::string place_;
  std::string held_;
  std::uint64_t offset_ = 0;
  std::uint64_t left_ = 0;
};

/// What stands in a state file's footer.
struct state_file_summary {
  std::uint64_t blocks = 0;
  std::uint64_t entries = 0;
  std::uint64_t tombstones = 0;
};

/// Reads a state file (docs/reference/formats.md) and believes nothing: a block's entries are given
/// when its checksum fits, the end only when the footer fits all that came before. One thread.
/// Errors: state_io; state_corrupt with the file and the place.
class state_file_reader final : public tables::delta_reader {
 public:
  explicit state_file_reader(byte_input from) : from_(std::move(from)) {}

  [[nodiscard]] result<std::span<const tables::delta_entry>> next() override;
  /// Complete when `next` has given the end.
  [[nodiscard]] const state_file_summary& summary() const { return summary_; }

 private:
  [[nodiscard]] result<void> read_header();
  [[nodiscard]] result<void> read_footer();
  [[nodiscard]] result<void> read_block();
  [[nodiscard]] result<void> unpack(std::uint8_t codec, std::uint32_t raw_size);
  [[nodiscard]] result<void> parse(std::uint32_t count, std::uint16_t first, std::uint16_t last);
  [[nodiscard]] error corrupt(std::string_view what) const;

  byte_input from_;
  bool begun_ = false;
  bool ended_ = false;
  running_checksum before_;  // of the bytes so far
  std::string head_;
  std::string stored_;
  std::string raw_;
  std::string keys_;  // of the block, whole
  std::string last_key_;
  std::vector<tables::delta_entry> entries_;
  state_file_summary summary_;
};

}  // namespace millrace::state
