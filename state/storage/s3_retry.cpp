#include "state/storage/s3_retry.hpp"

#include <algorithm>

namespace millrace::state {

namespace {
constexpr std::chrono::milliseconds longest{20'000};
}

bool is_passing(int status, std::string_view code) {
  switch (status) {
    case 408:
    case 429:
    case 500:
    case 502:
    case 503:
    case 504: return true;
    case 400: return code == "RequestTimeout";
    case 409: return code == "ConditionalRequestConflict" || code == "OperationAborted";
    default: return false;
  }
}

std::optional<std::chrono::milliseconds> retry_pauses::next() {
  if (left_ <= 1) return std::nullopt;
  --left_;
  const auto whole = std::min(next_, longest);
  next_ = whole * 2;
  const auto half = whole / 2;
  std::uniform_int_distribution<std::int64_t> part(0, half.count());
  return half + std::chrono::milliseconds(part(random_));
}

}  // namespace millrace::state
