#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace millrace::sql {

/// The form of an option's values.
enum class option_form : std::uint8_t { text, boolean, integer, duration, size, choice };

/// An option that SET and `--set` take. The keys are Flink's, but for those that begin with
/// `millrace.`.
struct session_option {
  std::string_view key;
  option_form form = option_form::text;
  std::string_view standard{};  ///< the value without SET; empty: none
  std::string_view meaning{};   ///< empty: taken, so that Flink's scripts run, but without effect
  std::string_view choices{};   ///< of the form `choice`: the names, `|` between them
};

/// All options, ordered by key. Another key is refused (1001).
[[nodiscard]] std::span<const session_option> session_options();

/// The value as listings show it: stars for keys that name a password, a secret, a token or another
/// of the words for which Flink hides it (Flink sources, GlobalConfiguration), in any case.
[[nodiscard]] std::string shown_value(std::string_view key, const std::string& value);

/// The page docs/reference/options.md without what the command line adds.
[[nodiscard]] std::string session_options_reference();

}  // namespace millrace::sql
