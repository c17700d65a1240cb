#pragma once

#include "core/connectors/connector.hpp"

#include <span>
#include <string>
#include <string_view>

namespace millrace::connectors {

/// Options that every connector takes.
[[nodiscard]] std::span<const option_info> shared_options();

/// The options with the keys of Flink before 1.11 (`connector.type`, `connector.path`,
/// `format.type`, `format.<x>`) replaced by today's; without any of these, as they are.
[[nodiscard]] option_map without_legacy_keys(const option_map& options);

/// Known keys, well-formed values, nothing required missing. Errors: 2030, 2031, 2032, 4007.
[[nodiscard]] result<void> check_options(const connector& c, const plan::table_definition& table);

/// Error 4007 with the nearest of the known names.
[[nodiscard]] error unknown_name(std::string_view what, std::string_view name,
                                 std::span<const std::string> known);

}  // namespace millrace::connectors
