#include "core/expr/cast/parse.hpp"

#include <algorithm>
#include <charconv>
#include <limits>

namespace millrace::expr {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool same_word(std::string_view text, std::string_view lower) {
  return text.size() == lower.size() &&
         std::equal(text.begin(), text.end(), lower.begin(), [](char a, char b) {
           return (a >= 'A' && a <= 'Z' ? static_cast<char>(a - 'A' + 'a') : a) == b;
         });
}

std::size_t skip_digits(std::string_view text, std::size_t at) {
  while (at < text.size() && is_digit(text[at])) ++at;
  return at;
}

}  // namespace

std::string_view trimmed(std::string_view text) {
  const auto blank = [](char c) { return static_cast<unsigned char>(c) <= ' '; };
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  return text;
}

std::optional<std::uint8_t> parse_truth(std::string_view text) {
  for (const auto word : {"t", "true", "y", "yes", "1"})
    if (same_word(text, word)) return std::uint8_t{1};
  for (const auto word : {"f", "false", "n", "no", "0"})
    if (same_word(text, word)) return std::uint8_t{0};
  return std::nullopt;
}

template <class T>
std::optional<T> parse_integer(std::string_view text) {
  text = trimmed(text);
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  const std::size_t digits = skip_digits(text, 0);
  if (digits == 0 && !text.starts_with('.')) return std::nullopt;
  if (digits < text.size()) {
    if (text[digits] != '.' || skip_digits(text, digits + 1) != text.size()) return std::nullopt;
    if (text.size() == 1) return std::nullopt;
  }
  std::uint64_t magnitude = 0;
  if (digits > 0 && std::from_chars(text.data(), text.data() + digits, magnitude).ec != std::errc())
    return std::nullopt;
  const auto most = static_cast<std::uint64_t>(std::numeric_limits<T>::max());
  if (magnitude > most + (negative ? 1 : 0)) return std::nullopt;
  return static_cast<T>(negative ? 0 - magnitude : magnitude);
}
template std::optional<std::int8_t> parse_integer(std::string_view);
template std::optional<std::int16_t> parse_integer(std::string_view);
template std::optional<std::int32_t> parse_integer(std::string_view);
template std::optional<std::int64_t> parse_integer(std::string_view);

template <class T>
std::optional<T> parse_floating(std::string_view text) {
  text = trimmed(text);
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  if (text == "NaN") return std::numeric_limits<T>::quiet_NaN();
  const T infinity = std::numeric_limits<T>::infinity();
  if (text == "Infinity") return negative ? -infinity : infinity;
  if (!text.empty() && std::string_view("dDfF").find(text.back()) != std::string_view::npos)
    text.remove_suffix(1);
  if (text.empty() || !(is_digit(text[0]) || text[0] == '.')) return std::nullopt;
  T value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (end != text.data() + text.size()) return std::nullopt;
  if (error == std::errc::result_out_of_range) {
    // from_chars does not say whether the number is too large or too small; its exponent does.
    const auto e = text.find_first_of("eE");
    const bool tiny = e != std::string_view::npos && e + 1 < text.size() && text[e + 1] == '-';
    value = tiny || text.starts_with("0.") || text.starts_with(".") ? T{0} : infinity;
  } else if (error != std::errc()) {
    return std::nullopt;
  }
  return negative ? -value : value;
}
template std::optional<float> parse_floating(std::string_view);
template std::optional<double> parse_floating(std::string_view);

bool is_number_text(std::string_view text) {
  std::size_t at = !text.empty() && (text[0] == '-' || text[0] == '+') ? 1 : 0;
  const std::size_t whole = skip_digits(text, at);
  std::size_t digits = whole - at;
  at = whole;
  if (at < text.size() && text[at] == '.') {
    const std::size_t end = skip_digits(text, at + 1);
    digits += end - at - 1;
    at = end;
  }
  if (digits == 0) return false;
  if (at == text.size()) return true;
  if (text[at] != 'e' && text[at] != 'E') return false;
  ++at;
  if (at < text.size() && (text[at] == '-' || text[at] == '+')) ++at;
  return at < text.size() && skip_digits(text, at) == text.size();
}

}  // namespace millrace::expr
