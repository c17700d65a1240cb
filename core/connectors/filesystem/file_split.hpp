#pragma once

#include "core/connectors/source.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace millrace::connectors::filesystem {

/// A file, or the records of it that begin in the bytes [begin, end). As a `source_split` its id is
/// `path:begin-end` with padded numbers, its position `offset,row`.
struct file_split {
  static constexpr std::uint64_t whole_file = UINT64_MAX;

  std::string path;
  std::uint64_t begin = 0;
  std::uint64_t end = whole_file;
  /// Where to go on: the byte of the next record, and how many records were before it. None: at the
  /// start.
  struct place {
    std::uint64_t offset = 0;
    std::uint64_t row = 1;
  };
  std::optional<place> next;

  [[nodiscard]] source_split to_source_split() const;
  /// Error 9001 for an id or a position that no version wrote.
  [[nodiscard]] static result<file_split> from(const source_split& split);
};

}  // namespace millrace::connectors::filesystem
