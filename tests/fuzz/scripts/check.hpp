#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace millrace::fuzz {

/// What became of statements: how many were planned or carried out, how many refused, by code.
struct verdicts {
  std::uint64_t accepted = 0;
  std::map<std::uint16_t, std::uint64_t> refused;
};

/// Reads, binds and plans every statement of a script in a session of its own, as `millrace
/// explain` does; no job is started and no file is touched. A refused statement is left out, the
/// next one goes on.
///
/// Returns what is wrong with a refusal: no line and column, a place outside of the text, no
/// message, the code of a bug. Empty if nothing is.
[[nodiscard]] std::string check_script(std::string_view text, verdicts& counts);

}  // namespace millrace::fuzz
