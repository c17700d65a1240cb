#include "core/data/decimal.hpp"
#include "core/data/value_text.hpp"
#include "core/expr/families.hpp"
#include "core/expr/string/text_kernel.hpp"
#include "core/expr/string/utf8.hpp"

#include <algorithm>
#include <cstdio>
#include <string>

// PRINTF(format, value, ...): formats of java.util.Formatter with the conversions s d x o c b f e %
// n. A format that is wrong, or does not suit its value, gives NULL.

namespace millrace::expr {
namespace {

using data::column;
using data::data_type;
using data::type_id;

/// One `%...` of a format.
struct directive {
  std::size_t argument = 0;  ///< counted from 1; 0: the next one
  bool left = false, zeros = false, plus = false, blank = false, groups = false;
  std::size_t width = 0;
  int precision = -1;
  char conversion = 0;  ///< lower case
  bool upper = false;
};

constexpr std::size_t most_width = 10'000;

/// Reads a number of at most `most_width`; false if it is larger.
bool take_number(std::string_view& rest, std::size_t& into) {
  into = 0;
  while (!rest.empty() && rest[0] >= '0' && rest[0] <= '9') {
    into = into * 10 + static_cast<std::size_t>(rest[0] - '0');
    if (into > most_width) return false;
    rest.remove_prefix(1);
  }
  return true;
}

bool take_flag(char c, directive& d) {
  switch (c) {
    case '-': d.left = true; return true;
    case '0': d.zeros = true; return true;
    case '+': d.plus = true; return true;
    case ' ': d.blank = true; return true;
    case ',': d.groups = true; return true;
    default: return false;
  }
}

// What stands behind a `%`.
bool take_directive(std::string_view& rest, directive& d) {
  const auto dollar = rest.find_first_not_of("0123456789");
  if (dollar != 0 && dollar != std::string_view::npos && rest[dollar] == '$') {
    if (!take_number(rest, d.argument) || d.argument == 0) return false;
    rest.remove_prefix(1);
  }
  while (!rest.empty() && take_flag(rest[0], d)) rest.remove_prefix(1);
  if (!take_number(rest, d.width)) return false;
  if (rest.starts_with('.')) {
    rest.remove_prefix(1);
    std::size_t precision = 0;
    if (rest.empty() || rest[0] < '0' || rest[0] > '9' || !take_number(rest, precision))
      return false;
    d.precision = static_cast<int>(precision);
  }
  if (rest.empty()) return false;
  d.upper = rest[0] >= 'A' && rest[0] <= 'Z';
  d.conversion = static_cast<char>(rest[0] | 0x20);
  if (rest[0] == '%') d.conversion = '%';
  rest.remove_prefix(1);
  return !((d.left || d.zeros) && d.width == 0 && d.conversion != 'n') && !(d.left && d.zeros);
}

void pad(std::string& out, const directive& d, std::string_view text) {
  const auto size = count_characters(text);
  const std::size_t fill = d.width > size ? d.width - size : 0;
  if (!d.left) out.append(fill, ' ');
  for (const char c : text)
    out += d.upper && c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  if (d.left) out.append(fill, ' ');
}

// Digits with what the flags put around them: a sign, groups of thousands, zeros up to the width.
void put_number(std::string& out, const directive& d, bool negative, std::string digits) {
  if (d.groups) {
    const auto whole = std::min(digits.find('.'), digits.size());
    for (std::size_t i = whole; i > 3; i -= 3) digits.insert(i - 3, 1, ',');
  }
  const std::string sign = negative ? "-" : (d.plus ? "+" : (d.blank ? " " : ""));
  if (d.zeros && digits.size() + sign.size() < d.width)
    digits.insert(0, d.width - digits.size() - sign.size(), '0');
  pad(out, d, sign + digits);
}

std::int64_t integer_at(const column& c, std::uint32_t row) {
  return with_physical(c.type.id(), [&](auto* tag) {
    return static_cast<std::int64_t>(c.value<std::remove_pointer_t<decltype(tag)>>(row));
  });
}

bool put_integer(std::string& out, const directive& d, const column& c, std::uint32_t row) {
  if (!data::is_integer(c.type.id()) || d.precision >= 0) return false;
  const std::int64_t value = integer_at(c, row);
  const auto bits = static_cast<std::uint64_t>(value);
  if (d.conversion == 'd') {
    put_number(out, d, value < 0, std::to_string(value < 0 ? ~bits + 1 : bits));
    return true;
  }
  if (d.groups || d.plus || d.blank) return false;
  // Negative numbers show the bits of their type.
  const auto width = 8 * data::fixed_width(c.type.id());
  const std::uint64_t shown = width == 64 ? bits : bits & ((1ULL << width) - 1);
  char text[32];
  const int size = std::snprintf(text, sizeof(text), d.conversion == 'x' ? "%llx" : "%llo",
                                 static_cast<unsigned long long>(shown));
  put_number(out, d, false, std::string(text, static_cast<std::size_t>(size)));
  return true;
}

bool put_floating(std::string& out, const directive& d, const column& c, std::uint32_t row) {
  const int precision = d.precision < 0 ? 6 : std::min(d.precision, 300);
  std::string text;
  if (c.type.id() == type_id::decimal && d.conversion == 'f' && precision <= 38) {
    const auto shape = data::decimal_shape{38, precision};
    const auto v = data::decimal_rescale(c.value<data::int128>(row), c.type.scale(), shape);
    if (!v) return false;
    data::append_decimal(text, *v, precision);
  } else if (c.type.id() == type_id::float64 || c.type.id() == type_id::float32) {
    const double v = c.type.id() == type_id::float64 ? c.value<double>(row)
                                                     : static_cast<double>(c.value<float>(row));
    const auto exact = d.conversion == 'f' && precision <= 17
                           ? data::decimal_from_double(v, {38, precision})
                           : std::nullopt;
    char printed[700];
    if (exact)
      data::append_decimal(text, *exact, precision);
    else
      text.assign(printed, static_cast<std::size_t>(
                               std::snprintf(printed, sizeof(printed),
                                             d.conversion == 'f' ? "%.*f" : "%.*e", precision, v)));
  } else {
    return false;
  }
  const bool negative = text.starts_with('-');
  put_number(out, d, negative, text.substr(negative ? 1 : 0));
  return true;
}

void put_text(std::string& out, const directive& d, std::string_view text) {
  if (d.precision >= 0) text = first_characters(text, static_cast<std::size_t>(d.precision));
  pad(out, d, text);
}

bool put_character(std::string& out, const directive& d, const column& c, std::uint32_t row) {
  if (!data::is_integer(c.type.id())) return false;
  const std::int64_t code = integer_at(c, row);
  if (code < 0 || code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) return false;
  char bytes[4];
  pad(out, d, {bytes, write_character(static_cast<char32_t>(code), bytes)});
  return true;
}

// As Java's toString: booleans in lower case.
std::string plain_text(const column& c, std::uint32_t row) {
  if (c.type.id() == type_id::boolean) return c.value<std::uint8_t>(row) != 0 ? "true" : "false";
  std::string text;
  data::append_value_text(text, c, row);
  return text;
}

bool put_value(std::string& out, const directive& d, const column& c, std::uint32_t row) {
  const bool null = c.is_null(row);
  switch (d.conversion) {
    case 's': put_text(out, d, null ? "null" : plain_text(c, row)); return true;
    case 'b':
      put_text(out, d,
               null                              ? "false"
               : c.type.id() == type_id::boolean ? plain_text(c, row)
                                                 : "true");
      return true;
    case 'd':
    case 'x':
    case 'o':
    case 'c':
    case 'f':
    case 'e': break;
    default: return false;
  }
  if (null) {
    put_text(out, d, "null");
    return true;
  }
  if (d.conversion == 'c') return put_character(out, d, c, row);
  if (d.conversion == 'f' || d.conversion == 'e') return put_floating(out, d, c, row);
  return put_integer(out, d, c, row);
}

bool format_row(std::string& out, std::string_view rest, std::span<const data::column_ptr> values,
                std::uint32_t row) {
  std::size_t next = 0;
  while (!rest.empty()) {
    const auto percent = rest.find('%');
    out.append(rest.substr(0, percent));
    if (percent == std::string_view::npos) return true;
    rest.remove_prefix(percent + 1);
    directive d;
    if (!take_directive(rest, d)) return false;
    if (d.conversion == '%' || d.conversion == 'n') {
      pad(out, d, d.conversion == '%' ? "%" : "\n");
      continue;
    }
    const std::size_t index = d.argument != 0 ? d.argument - 1 : next++;
    if (index >= values.size() || !put_value(out, d, *values[index], row)) return false;
  }
  return true;
}

result<data::column_ptr> printf_text(const kernel_call& call) {
  const column& format = *call.arguments[0];
  text_writer out(call.result_type, call.rows.stored, std::size_t{call.rows.count} * 16);
  std::string text;
  call.rows.for_each([&](std::uint32_t row) {
    text.clear();
    if (!format.is_null(row) && format_row(text, format.text(row), call.arguments.subspan(1), row))
      out.put(row, text);
    else
      out.put_null(row);
  });
  return out.finish();
}

result<scalar_overload> resolve_printf(const call_site& site) {
  MILLRACE_CHECK(expect_arguments(site, 1, 1 << 16));
  if (!takes_text(site.types[0])) return wrong_types(site, "PRINTF(format [, value, ...])");
  scalar_overload o;
  o.argument_types.assign(site.types.begin(), site.types.end());
  o.argument_types[0] = data_type::string();
  o.result_type = data_type::string();
  o.kernel = printf_text;
  return o;
}

constexpr scalar_function table[] = {
    {"PRINTF", "string", "PRINTF(format [, value, ...])",
     "The values in a format such as '%s has %05d'; NULL for a format that does not suit.",
     resolve_printf},
};

}  // namespace

std::span<const scalar_function> printf_functions() { return table; }

}  // namespace millrace::expr
