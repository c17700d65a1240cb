#pragma once

#include <cstdint>
#include <string_view>

namespace millrace::cli {

/// How far the typing of a statement is.
enum class typed : std::uint8_t {
  nothing,  ///< blanks and comments only
  part,     ///< more must follow
  all,      ///< ends with its `;`, or is a command of the shell
};

/// A `;` inside of a text, a name, a comment or a statement set ends nothing. Text that the lexer
/// cannot read ends with a line that ends with `;`, so that its error is shown.
[[nodiscard]] typed how_much_is_typed(std::string_view text);

}  // namespace millrace::cli
