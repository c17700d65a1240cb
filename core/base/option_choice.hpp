#pragma once

#include "core/base/config.hpp"

#include <string>
#include <string_view>

namespace millrace {

/// The value of an option that takes a few names: one of `choices`, which `|` separates, in their
/// spelling. Case does not count, as in Flink. A key that is absent gives `otherwise`. Error 1002
/// names key, value and choices; its hint the nearest of them.
[[nodiscard]] result<std::string> read_choice(const option_map& options, std::string_view key,
                                              std::string_view choices, std::string_view otherwise);

}  // namespace millrace
