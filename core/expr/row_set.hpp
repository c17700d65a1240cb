#pragma once

#include <cstdint>
#include <span>

namespace millrace::expr {

/// The rows of a batch that a kernel has to compute: all of [0, stored) or an ascending selection
/// of them. A kernel gives a column of `stored` rows; what it leaves at unselected rows is
/// unspecified but readable.
struct row_set {
  std::uint32_t stored = 0;
  const std::uint32_t* selection = nullptr;  ///< null: all rows
  std::uint32_t count = 0;                   ///< rows to compute

  [[nodiscard]] static row_set all(std::uint32_t rows) { return {rows, nullptr, rows}; }
  [[nodiscard]] bool dense() const { return selection == nullptr; }

  /// Calls `f(row)` for each row; the dense form is a plain loop that the compiler vectorizes.
  template <class F>
  void for_each(F&& f) const {
    if (selection == nullptr) {
      for (std::uint32_t i = 0; i < count; ++i) f(i);
    } else {
      for (std::uint32_t i = 0; i < count; ++i) f(selection[i]);
    }
  }
};

}  // namespace millrace::expr
