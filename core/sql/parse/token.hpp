#pragma once

#include "core/base/error.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace millrace::sql {

enum class token_kind : std::uint8_t {
  end,
  word,         ///< keyword or plain identifier
  quoted_name,  ///< `name`, backquotes included
  integer,
  decimal,
  approximate,
  string,          ///< '..', also N'..'; quotes included
  unicode_string,  ///< U&'..'
  binary_string,   ///< X'..'
  symbol,
  hint_open,  ///< slash star plus
  hint_close,
  bad,  ///< no token: the lexer holds the error
};

/// A piece of the script; `text` points into it.
struct token {
  token_kind kind = token_kind::end;
  std::string_view text;
  std::size_t offset = 0;
  std::uint32_t line = 1;
  std::uint32_t column = 1;

  [[nodiscard]] text_position at() const {
    const auto length = static_cast<std::uint32_t>(text.empty() ? 1 : text.size());
    return {line, column, length};
  }
  [[nodiscard]] std::size_t end() const { return offset + text.size(); }
};

}  // namespace millrace::sql
