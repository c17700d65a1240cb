#pragma once

#include "core/base/config.hpp"
#include "core/base/result.hpp"

#include <string>
#include <string_view>

namespace millrace::sql {

/// The text with every `${NAME}` replaced by `defines`' value; anything else with a `$` (`$1`,
/// `$dt`) stays. Values are not looked into again. Errors: config_missing_define at the place.
[[nodiscard]] result<std::string> fill_defines(std::string_view text, const option_map& defines);

}  // namespace millrace::sql
