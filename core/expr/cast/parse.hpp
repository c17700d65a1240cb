#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace millrace::expr {

/// Without blanks (and control characters, as Java's trim) at both ends.
[[nodiscard]] std::string_view trimmed(std::string_view text);
/// `t true y yes 1` and `f false n no 0` in any case, nothing around them.
[[nodiscard]] std::optional<std::uint8_t> parse_truth(std::string_view text);
/// Digits with a sign; a fraction is dropped; blanks around. Source: Flink's BinaryStringDataUtil.
template <class T>
[[nodiscard]] std::optional<T> parse_integer(std::string_view text);
/// As Java's parseDouble, but for hexadecimal forms.
template <class T>
[[nodiscard]] std::optional<T> parse_floating(std::string_view text);
/// `[+-]digits[.digits][e[+-]digits]`.
[[nodiscard]] bool is_number_text(std::string_view text);

}  // namespace millrace::expr
