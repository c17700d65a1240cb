#pragma once

#include <cstddef>

namespace millrace::cli {

/// The terminal's size in characters.
struct screen {
  std::size_t rows = 24;
  std::size_t columns = 80;

  /// Of the one that standard output goes to; the sizes above when it is none.
  [[nodiscard]] static screen now();
};

/// How wide a page may be: the terminal's columns, or 0 (any width) when standard output is none.
[[nodiscard]] std::size_t page_columns();

}  // namespace millrace::cli
