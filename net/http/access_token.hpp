#pragma once

#include <span>
#include <string>
#include <string_view>

namespace millrace::net {

/// A secret that its holder shows to be let in, and who that is.
struct access_token {
  std::string name;  ///< for the audit log; no secret
  std::string value;
};

/// The one with that value, or null. The time that it takes tells nothing of the values.
[[nodiscard]] const access_token* find_token(std::span<const access_token> tokens,
                                             std::string_view value);

}  // namespace millrace::net
