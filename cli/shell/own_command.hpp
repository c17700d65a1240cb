#pragma once

#include "core/base/result.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace millrace::cli {

enum class own_action : std::uint8_t { statement, quit, help, clear, timing, include };

/// A command of the shell itself: `\d orders`, `QUIT;`.
struct own_command {
  own_action action = own_action::help;
  std::string argument;  ///< `statement`: SQL text to run, with its `;`; else the word behind
};

/// One line of the help.
struct own_command_info {
  std::string_view word;      ///< `\timing`
  std::string_view argument;  ///< `[on|off]`
  std::string_view meaning;
};
[[nodiscard]] std::span<const own_command_info> own_commands();

/// Whether the text is meant for the shell: it begins with a backslash, or is one of the words
/// QUIT, EXIT, HELP and CLEAR of Flink's client.
[[nodiscard]] bool is_own_command(std::string_view text);

/// Reads a text for which `is_own_command` holds. Errors: 1005 for a word that does not exist, with
/// the nearest one.
[[nodiscard]] result<own_command> read_own_command(std::string_view text);

/// What `\help` prints.
[[nodiscard]] std::string own_help();

}  // namespace millrace::cli
