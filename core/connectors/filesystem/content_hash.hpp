#pragma once

#include "core/base/result.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace millrace::connectors::filesystem {

/// XXH3-64 of a file's bytes, which come in parts. Never 0. One thread; moved with its file.
class content_hash {
 public:
  content_hash();
  ~content_hash();
  content_hash(content_hash&&) noexcept;
  content_hash& operator=(content_hash&&) noexcept;

  void add(std::string_view bytes);
  /// Of all bytes so far.
  [[nodiscard]] std::uint64_t value() const;

 private:
  struct stream;
  std::unique_ptr<stream> stream_;
};

/// Of what a file holds. Errors: 4001.
[[nodiscard]] result<std::uint64_t> hash_of_file(const std::string& path);

}  // namespace millrace::connectors::filesystem
