#pragma once

#include "core/base/config.hpp"
#include "core/base/result.hpp"

#include <cstdint>
#include <string>

namespace millrace::cli {

// What clients of REST send, checked before anything is done with it. All errors: 1005.

struct submission_body {
  std::string script;
  option_map settings;
  std::string name;
  std::string savepoint;  ///< as given; empty: none
  bool replace = false;
};

/// `{"script": "...", "settings": {"key": "value"}, "name": "", "savepoint": "", "replace":
/// false}`, of which all but the script may be missing.
[[nodiscard]] result<submission_body> read_submission(const std::string& body);

/// `{"parallelism": 4}`, from 1 to 32,767.
[[nodiscard]] result<std::uint32_t> read_parallelism(const std::string& body);

}  // namespace millrace::cli
