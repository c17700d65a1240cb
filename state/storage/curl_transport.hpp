#pragma once

#include "state/storage/http_transport.hpp"
#include "state/storage/s3_options.hpp"

#include <memory>

namespace millrace::state {

/// Requests by libcurl, which signs them too (AWS Signature Version 4). Keeps connections open for
/// the next request. Loads the library. Errors: config_bad_value when it cannot.
[[nodiscard]] result<std::unique_ptr<http_transport>> open_curl_transport(
    const s3_options& options);

}  // namespace millrace::state
