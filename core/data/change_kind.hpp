#pragma once

#include <cstdint>
#include <string_view>

namespace millrace::data {

/// What a row of a changelog does. The numbers are part of the wire form.
enum class change_kind : std::uint8_t {
  insert = 0,
  update_before = 1,
  update_after = 2,
  remove = 3
};

/// `+I`, `-U`, `+U`, `-D`.
[[nodiscard]] constexpr std::string_view mark_of(change_kind kind) {
  constexpr std::string_view marks[] = {"+I", "-U", "+U", "-D"};
  return marks[static_cast<std::uint8_t>(kind)];
}
/// True for +I and +U: the row comes into the result.
[[nodiscard]] constexpr bool adds(change_kind kind) {
  return kind == change_kind::insert || kind == change_kind::update_after;
}

}  // namespace millrace::data
