#define XXH_INLINE_ALL
#include "core/connectors/filesystem/content_hash.hpp"

#include "core/connectors/filesystem/byte_stream.hpp"

#include <xxhash.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <vector>

namespace millrace::connectors::filesystem {

struct content_hash::stream {
  XXH3_state_t state;
};

content_hash::content_hash() : stream_(std::make_unique<stream>()) {
  XXH3_64bits_reset(&stream_->state);
}
content_hash::~content_hash() = default;
content_hash::content_hash(content_hash&&) noexcept = default;
content_hash& content_hash::operator=(content_hash&&) noexcept = default;

void content_hash::add(std::string_view bytes) {
  XXH3_64bits_update(&stream_->state, bytes.data(), bytes.size());
}

// 0 stands for a hash that is not known.
std::uint64_t content_hash::value() const {
  return std::max<std::uint64_t>(1, XXH3_64bits_digest(&stream_->state));
}

result<std::uint64_t> hash_of_file(const std::string& path) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rb"),
                                                             &std::fclose);
  if (!file) return io_error("read", path, errno);
  content_hash hash;
  std::vector<char> buffer(1 << 16);
  for (;;) {
    const std::size_t n = std::fread(buffer.data(), 1, buffer.size(), file.get());
    hash.add({buffer.data(), n});
    if (n == buffer.size()) continue;
    if (std::ferror(file.get()) != 0) return io_error("read", path, errno);
    return hash.value();
  }
}

}  // namespace millrace::connectors::filesystem
