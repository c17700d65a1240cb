#include "core/expr/json/document.hpp"

#include <algorithm>

namespace millrace::expr {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::size_t skip_digits(std::string_view text, std::size_t at) {
  while (at < text.size() && is_digit(text[at])) ++at;
  return at;
}

// Sign, significant digits without leading zeros, and the number of them behind the point.
struct decimal_parts {
  bool negative = false;
  bool integer = true;  // written without point and exponent
  std::string digits;
  std::int64_t scale = 0;
};

std::int64_t exponent_of(std::string_view text) {
  const bool negative = !text.empty() && text[0] == '-';
  std::int64_t value = 0;
  for (const char c : text)
    if (is_digit(c)) value = std::min<std::int64_t>(value * 10 + (c - '0'), 2'000'000'000);
  return negative ? -value : value;
}

decimal_parts parts_of(std::string_view number) {
  decimal_parts out;
  out.negative = !number.empty() && number[0] == '-';
  if (out.negative) number.remove_prefix(1);
  const auto e = number.find_first_of("eE");
  const auto mantissa = number.substr(0, e);
  const auto point = mantissa.find('.');
  out.integer = e == std::string_view::npos && point == std::string_view::npos;
  out.digits = mantissa.substr(0, point);
  if (point != std::string_view::npos) {
    out.digits += mantissa.substr(point + 1);
    out.scale = static_cast<std::int64_t>(mantissa.size() - point - 1);
  }
  if (e != std::string_view::npos) out.scale -= exponent_of(number.substr(e + 1));
  const auto zeros = out.digits.find_first_not_of('0');
  out.digits.erase(0, zeros == std::string::npos ? out.digits.size() - 1 : zeros);
  if (out.digits == "0") out.negative = false;
  return out;
}

void append_plain(std::string& out, const decimal_parts& p) {
  const auto scale = static_cast<std::size_t>(p.scale);
  if (scale == 0) {
    out += p.digits;
    return;
  }
  if (p.digits.size() <= scale) {
    out += "0.";
    out.append(scale - p.digits.size(), '0');
    out += p.digits;
    return;
  }
  out.append(p.digits, 0, p.digits.size() - scale);
  out += '.';
  out.append(p.digits, p.digits.size() - scale);
}

}  // namespace

bool is_json_number(std::string_view text) {
  std::size_t at = !text.empty() && text[0] == '-' ? 1 : 0;
  const std::size_t first = at;
  at = skip_digits(text, at);
  if (at == first || (text[first] == '0' && at > first + 1)) return false;
  if (at < text.size() && text[at] == '.') {
    const std::size_t fraction = ++at;
    at = skip_digits(text, at);
    if (at == fraction) return false;
  }
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    ++at;
    if (at < text.size() && (text[at] == '+' || text[at] == '-')) ++at;
    const std::size_t exponent = at;
    at = skip_digits(text, at);
    if (at == exponent) return false;
  }
  return at == text.size();
}

void append_json_number(std::string& out, std::string_view number) {
  const auto p = parts_of(number);
  if (p.negative) out += '-';
  const auto size = static_cast<std::int64_t>(p.digits.size());
  const std::int64_t exponent = size - 1 - p.scale;
  if (p.integer || (p.scale >= 0 && exponent >= -6)) return append_plain(out, p);
  out += p.digits[0];
  if (size > 1) {
    out += '.';
    out.append(p.digits, 1);
  }
  out += exponent < 0 ? "E" : "E+";
  out += std::to_string(exponent);
}

void append_quoted_json(std::string& out, std::string_view text) {
  static constexpr char digits[] = "0123456789ABCDEF";
  static constexpr std::string_view named = "\b\f\n\r\t\"\\";
  static constexpr std::string_view names = "bfnrt\"\\";
  out += '"';
  for (const char c : text) {
    const auto b = static_cast<unsigned char>(c);
    const auto known = named.find(c);
    if (known != std::string_view::npos) {
      out += '\\';
      out += names[known];
    } else if (b < 0x20) {
      out += "\\u00";
      out += digits[b >> 4];
      out += digits[b & 15];
    } else {
      out += c;
    }
  }
  out += '"';
}

}  // namespace millrace::expr
