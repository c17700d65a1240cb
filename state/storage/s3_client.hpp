#pragma once

#include "core/base/state_errors.hpp"
#include "state/storage/s3_requests.hpp"

#include <atomic>
#include <functional>
#include <memory>

namespace millrace::state {

/// What came of a request and its attempts.
struct s3_outcome {
  http_response answer;  ///< the last one; status 0: there was none
  std::string code;      ///< of the error, if it said one
  std::string reason;    ///< for people; empty when it succeeded
  /// An attempt before the last one, or the last one, may have had its effect unseen.
  bool uncertain = false;
  [[nodiscard]] bool ok() const { return answer.status >= 200 && answer.status < 300; }
};

/// Sends requests until one gets an answer that will not change. Any thread; blocks, pauses too.
class s3_client {
 public:
  using pause = std::function<void(std::chrono::milliseconds)>;
  s3_client(s3_options options, std::unique_ptr<http_transport> transport, pause sleep);

  [[nodiscard]] const s3_requests& requests() const { return requests_; }
  [[nodiscard]] s3_outcome send(const http_request& request);
  /// Of an outcome that is none of success: state_io, naming `what`, the place and the reason.
  [[nodiscard]] error failure(std::string_view what, std::string_view place,
                              const s3_outcome& outcome) const;

 private:
  [[nodiscard]] s3_outcome attempt(const http_request& request);

  s3_requests requests_;
  std::unique_ptr<http_transport> transport_;
  pause sleep_;
  std::atomic<std::uint64_t> seed_;
};

}  // namespace millrace::state
