#include "core/connectors/formats/json/json_text.hpp"

#include "core/data/utf8.hpp"

#include <cstddef>

namespace millrace::connectors::formats::json {
namespace {

void append_control(std::string& to, unsigned char c) {
  constexpr char digits[] = "0123456789abcdef";
  switch (c) {
    case '\n': to += "\\n"; return;
    case '\r': to += "\\r"; return;
    case '\t': to += "\\t"; return;
    case '\b': to += "\\b"; return;
    case '\f': to += "\\f"; return;
    default:
      to += "\\u00";
      to += digits[c >> 4];
      to += digits[c & 15];
  }
}

constexpr bool plain(unsigned char c) { return c >= 0x20 && c < 0x80 && c != '"' && c != '\\'; }

}  // namespace

void append_quoted(std::string& to, std::string_view text) {
  to += '"';
  while (!text.empty()) {
    std::size_t run = 0;
    while (run < text.size() && plain(static_cast<unsigned char>(text[run]))) ++run;
    to.append(text.substr(0, run));
    text.remove_prefix(run);
    if (text.empty()) break;
    const auto c = static_cast<unsigned char>(text[0]);
    std::size_t used = 1;
    if (c == '"' || c == '\\') {
      to += '\\';
      to += static_cast<char>(c);
    } else if (c < 0x20) {
      append_control(to, c);
    } else if (used = data::utf8_length(text); used != 0) {
      to.append(text.substr(0, used));
    } else {
      to += "\xef\xbf\xbd";
      used = 1;
    }
    text.remove_prefix(used);
  }
  to += '"';
}

}  // namespace millrace::connectors::formats::json
