#pragma once

#include "core/base/result.hpp"
#include "net/http/access_token.hpp"
#include "net/transport/cluster_keys.hpp"

#include <string>
#include <vector>

namespace millrace::cli {

/// What guards a cluster, read from files that not everybody can read. All of it may be missing.
struct secrets {
  net::cluster_keys keys;                 ///< of the links between processes
  std::vector<net::access_token> tokens;  ///< the first is the one that a process shows itself
  std::string certificate;                ///< paths, for the REST server
  std::string certificate_key;
};

/// `directory`, which may be empty: `cluster.key`, and where they are there `token`, `tls.crt` and
/// `tls.key`, the names that `millrace keygen` and Kubernetes give them. `token_file`, unless
/// empty, stands for `token`. Errors: 1002 for a key that is none; 1004 for files that cannot be
/// read, or that everybody can.
[[nodiscard]] result<secrets> read_secrets(const std::string& directory,
                                           const std::string& token_file);

/// A token a line, behind its name and a space if it has one: `alice 0123...`. Empty lines and
/// those that begin with # are left out. None when `file` is empty. Errors: 1004.
[[nodiscard]] result<std::vector<net::access_token>> read_tokens(const std::string& file);
/// The value of the first one; empty when `file` is.
[[nodiscard]] result<std::string> read_token(const std::string& file);

// What may be listened on, and gone to: loopback always; everything else only behind these guards.
// Errors: 1002, which say what is missing.

/// Links of processes.
[[nodiscard]] result<void> check_links(const std::string& host, const secrets& guards);
/// REST.
[[nodiscard]] result<void> check_rest(const std::string& host, const secrets& guards);
/// Where the job tool asks: a token goes over plain HTTP to loopback only.
[[nodiscard]] result<void> check_tool_address(const std::string& url, bool with_token);

}  // namespace millrace::cli
