#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace millrace::state {

/// XXH3-64 of the bytes.
[[nodiscard]] std::uint64_t checksum_of(std::string_view bytes);
/// XXH3-128 of the bytes, 32 hexadecimal digits: names a manifest's contents.
[[nodiscard]] std::string content_hash(std::string_view bytes);

/// XXH3-64 of bytes that come in parts. One thread.
class running_checksum {
 public:
  running_checksum();
  ~running_checksum();
  running_checksum(const running_checksum&) = delete;
  running_checksum& operator=(const running_checksum&) = delete;

  void add(std::string_view bytes);
  /// Of all bytes so far.
  [[nodiscard]] std::uint64_t value() const;

 private:
  struct stream;
  std::unique_ptr<stream> stream_;
};

}  // namespace millrace::state
