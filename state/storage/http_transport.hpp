#pragma once

#include "core/base/result.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::state {

/// A request as it goes out, but for its signature.
struct http_request {
  std::string method;  ///< GET, HEAD, PUT, POST, DELETE
  std::string url;
  std::vector<std::string> headers;  ///< `name: value`
  std::string_view body;             ///< lives until `send` returns
  /// A longer answer is an error, so that no server can fill the memory.
  std::size_t answer_limit = std::size_t{8} << 20;
};

/// An answer, whatever its status.
struct http_response {
  int status = 0;
  std::string etag;           ///< as it stands in the header, quotes included
  std::string content_range;  ///< `bytes 0-9/100`
  std::string body;
};

/// Sends requests to one S3 endpoint, signed. Port of `s3_client`: `curl_transport`, and scripted
/// answers in tests. Any thread, at the same time; blocks.
class http_transport {
 public:
  virtual ~http_transport() = default;
  /// Errors: state_io when no whole answer came (no connection, cut, timed out): the request may
  /// have had its effect all the same.
  [[nodiscard]] virtual result<http_response> send(const http_request& request) = 0;
};

}  // namespace millrace::state
