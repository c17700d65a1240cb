#pragma once

#include <string>
#include <vector>

namespace millrace::cli {

struct keygen_request {
  std::string directory;
  std::vector<std::string> hosts;  ///< that the certificate is for; none: none is made
};

/// Writes what `read_secrets` reads: `cluster.key` and `token`, and for hosts `tls.crt` and
/// `tls.key`; `cluster.pub` beside them shows which key it is. Replaces nothing. Returns the exit
/// code.
[[nodiscard]] int run_keygen(const keygen_request& request);

}  // namespace millrace::cli
