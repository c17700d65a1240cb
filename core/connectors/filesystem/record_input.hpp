#pragma once

#include "core/connectors/filesystem/byte_stream.hpp"
#include "core/connectors/filesystem/file_split.hpp"

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

namespace millrace::connectors::filesystem {

/// The bytes of one split in a window that slides over the file: decoders look at `window`, then
/// `consume` what they have read. Holds one block, more only while a record is longer.
class record_input {
 public:
  /// `most`: bytes the window may grow to.
  explicit record_input(std::size_t most) : most_(most) {}

  /// Errors: 4001, 4002, 4006.
  [[nodiscard]] result<void> open(const file_split& split);
  /// Reads on; false when nothing could be added: the split has no more bytes, or the window is
  /// full. Errors: 4001, 4006.
  [[nodiscard]] result<bool> fill();
  /// `readable_slack` bytes behind it may be read.
  [[nodiscard]] std::string_view window() const { return {bytes_.data() + begin_, end_ - begin_}; }
  void consume(std::size_t bytes) {
    begin_ += bytes;
    offset_ += bytes;
  }
  /// Drops bytes up to and with the next line end, in this and later windows.
  void skip_line() { skipping_ = true; }
  /// No bytes will come behind the window.
  [[nodiscard]] bool complete() const { return complete_; }
  /// Of the window's first byte in the (unpacked) file.
  [[nodiscard]] std::uint64_t offset() const { return offset_; }
  [[nodiscard]] bool full() const { return end_ - begin_ >= most_; }

 private:
  void make_room();
  void cut_at_split_end();
  void skip_now();

  std::size_t most_;
  std::vector<char> bytes_;
  std::unique_ptr<byte_stream> stream_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  std::uint64_t offset_ = 0;
  std::uint64_t split_end_ = file_split::whole_file;
  bool skipping_ = false;
  bool complete_ = false;
};

}  // namespace millrace::connectors::filesystem
