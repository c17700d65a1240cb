#pragma once

#include "core/base/result.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace millrace::connectors::filesystem {

/// The plain bytes of a file, whatever it is packed with. One thread at a time.
class byte_stream {
 public:
  virtual ~byte_stream() = default;
  /// Up to `size` bytes; 0 at the end. Errors: 4001, 4006.
  [[nodiscard]] virtual result<std::size_t> read(char* to, std::size_t size) = 0;
};

/// True for names that end in .gz or .zst: such files cannot be read from the middle.
[[nodiscard]] bool is_compressed(std::string_view path);

/// Opens a file from byte `offset` of its plain bytes on (packed files are read up to there).
/// Errors: 4001, 4002 with the path.
[[nodiscard]] result<std::unique_ptr<byte_stream>> open_stream(const std::string& path,
                                                               std::uint64_t offset);

/// 4002 where the file does not exist, else 4001 with the system's reason (`errno`).
[[nodiscard]] error io_error(std::string_view what, std::string_view path, int reason);

}  // namespace millrace::connectors::filesystem
