#pragma once

#include "core/base/result.hpp"

#include <string>
#include <vector>

namespace millrace::net {

/// A certificate and its key, in PEM form.
struct certificate_texts {
  std::string certificate;
  std::string key;
};

/// A certificate for a server of these names and addresses that is its own authority: whoever is to
/// trust it gets a copy. Holds for ten years. Errors: 1002 for a host that is none, or no host.
[[nodiscard]] result<certificate_texts> make_certificate(const std::vector<std::string>& hosts);

}  // namespace millrace::net
