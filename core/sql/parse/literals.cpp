#include "core/sql/parse/grammar.hpp"
#include "core/sql/parse/keywords.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace millrace::sql {
namespace {

struct unit_name {
  std::string_view word;
  time_unit unit;
};
constexpr unit_name units[] = {
    {"YEAR", time_unit::year},
    {"YEARS", time_unit::year},
    {"ISOYEAR", time_unit::isoyear},
    {"QUARTER", time_unit::quarter},
    {"MONTH", time_unit::month},
    {"MONTHS", time_unit::month},
    {"WEEK", time_unit::week},
    {"DAY", time_unit::day},
    {"DAYS", time_unit::day},
    {"DOW", time_unit::dow},
    {"ISODOW", time_unit::isodow},
    {"DOY", time_unit::doy},
    {"HOUR", time_unit::hour},
    {"HOURS", time_unit::hour},
    {"MINUTE", time_unit::minute},
    {"MINUTES", time_unit::minute},
    {"SECOND", time_unit::second},
    {"SECONDS", time_unit::second},
    {"MILLISECOND", time_unit::millisecond},
    {"MICROSECOND", time_unit::microsecond},
    {"NANOSECOND", time_unit::nanosecond},
    {"EPOCH", time_unit::epoch},
    {"DECADE", time_unit::decade},
    {"CENTURY", time_unit::century},
    {"MILLENNIUM", time_unit::millennium},
    {"SQL_TSI_YEAR", time_unit::year},
    {"SQL_TSI_QUARTER", time_unit::quarter},
    {"SQL_TSI_MONTH", time_unit::month},
    {"SQL_TSI_WEEK", time_unit::week},
    {"SQL_TSI_DAY", time_unit::day},
    {"SQL_TSI_HOUR", time_unit::hour},
    {"SQL_TSI_MINUTE", time_unit::minute},
    {"SQL_TSI_SECOND", time_unit::second},
};

bool is_interval_unit(time_unit unit) {
  using enum time_unit;
  constexpr time_unit fitting[] = {year, quarter, month, week, day, hour, minute, second};
  return std::find(std::begin(fitting), std::end(fitting), unit) != std::end(fitting);
}

bool is_hex(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

int hex_value(char c) {
  if (c <= '9') return c - '0';
  return (c | 0x20) - 'a' + 10;
}

void append_utf8(std::string& out, std::uint32_t point) {
  const auto tail = [&](int shift) { out += static_cast<char>(0x80 | ((point >> shift) & 0x3F)); };
  if (point < 0x80) {
    out += static_cast<char>(point);
  } else if (point < 0x800) {
    out += static_cast<char>(0xC0 | (point >> 6));
    tail(0);
  } else if (point < 0x10000) {
    out += static_cast<char>(0xE0 | (point >> 12));
    tail(6);
    tail(0);
  } else {
    out += static_cast<char>(0xF0 | (point >> 18));
    tail(12);
    tail(6);
    tail(0);
  }
}

// `\XXXX` is a UTF-16 unit, `\+XXXXXX` a code point; false when the text has another form.
class unicode_decoder {
 public:
  unicode_decoder(std::string_view text, char escape) : text_(text), escape_(escape) {}

  std::optional<std::string> decode() {
    std::string out;
    while (at_ < text_.size()) {
      if (text_[at_] != escape_) {
        out += text_[at_++];
      } else if (at_ + 1 < text_.size() && text_[at_ + 1] == escape_) {
        out += escape_;
        at_ += 2;
      } else if (!decode_escape(out)) {
        return std::nullopt;
      }
    }
    return out;
  }

 private:
  bool decode_escape(std::string& out) {
    const bool is_long = at_ + 1 < text_.size() && text_[at_ + 1] == '+';
    auto point = digits(at_ + (is_long ? 2 : 1), is_long ? 6 : 4);
    if (!point) return false;
    at_ += is_long ? 8 : 5;
    if (!is_long && *point >= 0xD800 && *point < 0xDC00) {
      const auto low =
          at_ < text_.size() && text_[at_] == escape_ ? digits(at_ + 1, 4) : std::nullopt;
      if (!low || *low < 0xDC00 || *low > 0xDFFF) return false;
      at_ += 5;
      point = 0x10000 + ((*point - 0xD800) << 10) + (*low - 0xDC00);
    }
    if (*point > 0x10FFFF || (*point >= 0xD800 && *point < 0xE000)) return false;
    append_utf8(out, *point);
    return true;
  }

  [[nodiscard]] std::optional<std::uint32_t> digits(std::size_t from, std::size_t count) const {
    if (from + count > text_.size()) return std::nullopt;
    std::uint32_t value = 0;
    for (std::size_t i = from; i < from + count; ++i) {
      if (!is_hex(text_[i])) return std::nullopt;
      value = value * 16 + static_cast<std::uint32_t>(hex_value(text_[i]));
    }
    return value;
  }

  std::string_view text_;
  char escape_;
  std::size_t at_ = 0;
};

}  // namespace

result<expression> parser::parse_literal() {
  const token found = peek();
  const auto plain = [&](literal_kind kind, std::string text) -> expression {
    advance();
    return make_expression(found.at(), literal{kind, std::move(text)});
  };
  switch (found.kind) {
    case token_kind::integer: return plain(literal_kind::integer, std::string(found.text));
    case token_kind::decimal: return plain(literal_kind::decimal, std::string(found.text));
    case token_kind::approximate: return plain(literal_kind::approximate, std::string(found.text));
    case token_kind::string: return parse_string_literal();
    case token_kind::unicode_string: return parse_unicode_literal();
    case token_kind::binary_string: return parse_binary_literal();
    default: break;
  }
  if (at_word("NULL")) return plain(literal_kind::null, "NULL");
  if (at_word("UNKNOWN")) return plain(literal_kind::unknown, "UNKNOWN");
  return plain(literal_kind::boolean, to_upper(found.text));
}

// Strings on lines of their own are one literal, as in standard SQL.
result<expression> parser::parse_string_literal() {
  const token first = advance();
  std::string text = unquote(first);
  std::uint32_t line = first.line;
  while (peek().kind == token_kind::string && peek().line > line) {
    line = peek().line;
    text += unquote(advance());
  }
  return make_expression(first.at(), literal{literal_kind::string, std::move(text)});
}

result<expression> parser::parse_unicode_literal() {
  const token found = advance();
  char escape = '\\';
  if (accept_word("UESCAPE")) {
    const text_position at = peek().at();
    MILLRACE_TRY(const std::string text, expect_string("the escape character in quotes"));
    if (text.size() != 1 || is_hex(text[0]) || text[0] == '+' || text[0] == '\'' ||
        static_cast<unsigned char>(text[0]) <= ' ' || static_cast<unsigned char>(text[0]) >= 0x7F)
      return make_error(
          errc::sql_bad_literal, at,
          "UESCAPE needs one ASCII character that is no hex digit, blank, quote or +");
    escape = text[0];
  }
  auto text = unicode_decoder(unquote(found), escape).decode();
  if (!text)
    return make_error(errc::sql_bad_literal, found.at(), "a Unicode escape has no valid form",
                      "write \\0041 or \\+01F600 for a character, \\\\ for the escape itself");
  return make_expression(found.at(), literal{literal_kind::string, std::move(*text)});
}

result<expression> parser::parse_binary_literal() {
  const token found = advance();
  std::string digits = unquote(found);
  if (digits.size() % 2 != 0 || !std::all_of(digits.begin(), digits.end(), is_hex))
    return make_error(errc::sql_bad_literal, found.at(),
                      fmt::format("{} is not an even number of hex digits", found.text),
                      "write two digits per byte: X'0aff'");
  return make_expression(found.at(), literal{literal_kind::binary, std::move(digits)});
}

result<expression> parser::parse_time_literal(literal_kind kind) {
  text_position at = advance().at();
  const token value = advance();
  if (value.line == at.line) at.length = value.column - at.column + value.at().length;
  return make_expression(at, literal{kind, unquote(value)});
}

result<expression> parser::parse_interval() {
  const text_position at = advance().at();
  const bool negative = accept_symbol("-");
  if (!negative) accept_symbol("+");
  if (peek().kind == token_kind::string) {
    interval_literal node;
    node.negative = negative;
    node.text = unquote(advance());
    MILLRACE_TRY(node.qualifier, parse_interval_qualifier());
    return make_expression(at, std::move(node));
  }
  const nesting level(*this);
  MILLRACE_CHECK(level.check());
  interval_value node;
  MILLRACE_TRY(node.value, parse_primary());
  if (negative)
    node.value =
        make_expression(at, unary_operation{unary_operator::negate, std::move(node.value)});
  MILLRACE_TRY(node.qualifier, parse_interval_qualifier());
  return make_expression(at, std::move(node));
}

result<interval_qualifier> parser::parse_interval_qualifier() {
  interval_qualifier qualifier;
  const text_position from = peek().at();
  MILLRACE_TRY(qualifier.from, expect_unit());
  if (!is_interval_unit(qualifier.from))
    return make_error(errc::sql_bad_literal, from, "this unit measures no interval",
                      "use SECOND, MINUTE, HOUR, DAY, WEEK, MONTH, QUARTER or YEAR");
  if (accept_symbol("(")) {
    MILLRACE_TRY(qualifier.precision, expect_count("the number of digits"));
    if (qualifier.from == time_unit::second && accept_symbol(",")) {
      MILLRACE_TRY(qualifier.fraction, expect_count("the number of fraction digits"));
    }
    MILLRACE_CHECK(expect_symbol(")"));
  }
  if (!accept_word("TO")) return qualifier;
  const text_position at = peek().at();
  MILLRACE_TRY(qualifier.to, expect_unit());
  const bool months = qualifier.from == time_unit::year && *qualifier.to == time_unit::month;
  const bool times = (qualifier.from == time_unit::day || qualifier.from == time_unit::hour ||
                      qualifier.from == time_unit::minute) &&
                     *qualifier.to >= time_unit::hour && *qualifier.to <= time_unit::second &&
                     qualifier.from < *qualifier.to;
  if (!months && !times)
    return make_error(errc::sql_bad_literal, at, "an interval cannot span these units",
                      "use YEAR TO MONTH, or DAY, HOUR, MINUTE to a finer one up to SECOND");
  if (*qualifier.to == time_unit::second && accept_symbol("(")) {
    MILLRACE_TRY(qualifier.fraction, expect_count("the number of fraction digits"));
    MILLRACE_CHECK(expect_symbol(")"));
  }
  return qualifier;
}

std::optional<time_unit> parser::peek_unit() {
  for (const auto& known : units)
    if (at_word(known.word)) return known.unit;
  return std::nullopt;
}

result<time_unit> parser::expect_unit() {
  const auto unit = peek_unit();
  if (!unit) return unexpected("a time unit such as SECOND, MINUTE, HOUR, DAY, MONTH or YEAR");
  advance();
  return *unit;
}

}  // namespace millrace::sql
