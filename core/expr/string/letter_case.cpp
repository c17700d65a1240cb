#include "core/expr/string/letter_case.hpp"

#include "core/expr/string/utf8.hpp"

#include <locale.h>
#include <clocale>
#include <cwctype>

namespace millrace::expr {
namespace {

// The C library's Unicode tables, whatever locale the process runs in.
locale_t unicode() {
  static const locale_t l = newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
  return l;
}

void append_character(std::string& out, char32_t c) {
  char bytes[4];
  out.append(bytes, write_character(c, bytes));
}

constexpr char32_t sharp_s = 0xdf, capital_i_dot = 0x130, capital_sigma = 0x3a3;

bool is_letter(std::string_view text, std::size_t at) {
  if (at >= text.size()) return false;
  return iswalpha_l(static_cast<wint_t>(next_character(text, at)), unicode()) != 0;
}

}  // namespace

void append_upper(std::string& out, std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const char32_t c = next_character(text, at);
    if (c == sharp_s)
      out += "SS";
    else
      append_character(out, towupper_l(static_cast<wint_t>(c), unicode()));
  }
}

void append_lower(std::string& out, std::string_view text) {
  bool after_letter = false;
  for (std::size_t at = 0; at < text.size();) {
    const char32_t c = next_character(text, at);
    if (c == capital_i_dot) {
      out += "i\xcc\x87";
    } else if (c == capital_sigma) {
      // A sigma at the end of a word has a form of its own.
      append_character(out, after_letter && !is_letter(text, at) ? 0x3c2 : 0x3c3);
    } else {
      append_character(out, towlower_l(static_cast<wint_t>(c), unicode()));
    }
    after_letter = iswalpha_l(static_cast<wint_t>(c), unicode()) != 0;
  }
}

}  // namespace millrace::expr
