#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <random>
#include <string_view>

namespace millrace::state {

/// Whether the same request may do better next time: the server is overloaded, down or busy with
/// another request for the same object. `code`: of the error's body, may be empty.
[[nodiscard]] bool is_passing(int status, std::string_view code);

/// Pauses between the attempts of one request: doubled each time up to 20 s, and of that a random
/// part from a half on, so that many tasks do not come back at once. Sans-I/O, one request each.
class retry_pauses {
 public:
  retry_pauses(std::uint32_t attempts, std::chrono::milliseconds first, std::uint64_t seed)
      : left_(attempts), next_(first), random_(seed) {}

  /// After an attempt has failed; nothing when there are to be no more.
  [[nodiscard]] std::optional<std::chrono::milliseconds> next();

 private:
  std::uint32_t left_;
  std::chrono::milliseconds next_;
  std::minstd_rand random_;
};

}  // namespace millrace::state
