#pragma once

#include "core/base/result.hpp"

#include <string>

namespace millrace::net {

/// The pair of CURVE keys that every process of a cluster holds (ADR 0012), each as 40 letters
/// (Z85).
struct cluster_keys {
  std::string secret;
  std::string open;  ///< follows from the secret
  /// False: links are not encrypted, and whoever reaches them is let in.
  [[nodiscard]] bool given() const { return !secret.empty(); }
};

/// A new pair. Errors: 1002 where libzmq was built without CURVE.
[[nodiscard]] result<cluster_keys> make_cluster_keys();
/// The pair of a secret. Errors: 1002 for what is none, which is never shown.
[[nodiscard]] result<cluster_keys> keys_of(const std::string& secret);

}  // namespace millrace::net
