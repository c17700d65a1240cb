#define XXH_INLINE_ALL
#include "state/checkpoint/checksum.hpp"

#include <fmt/format.h>
#include <xxhash.h>

namespace millrace::state {

std::uint64_t checksum_of(std::string_view bytes) {
  return XXH3_64bits(bytes.data(), bytes.size());
}

std::string content_hash(std::string_view bytes) {
  const XXH128_hash_t hash = XXH3_128bits(bytes.data(), bytes.size());
  return fmt::format("{:016x}{:016x}", hash.high64, hash.low64);
}

struct running_checksum::stream {
  XXH3_state_t state;
};

running_checksum::running_checksum() : stream_(std::make_unique<stream>()) {
  XXH3_64bits_reset(&stream_->state);
}
running_checksum::~running_checksum() = default;

void running_checksum::add(std::string_view bytes) {
  XXH3_64bits_update(&stream_->state, bytes.data(), bytes.size());
}

std::uint64_t running_checksum::value() const { return XXH3_64bits_digest(&stream_->state); }

}  // namespace millrace::state
