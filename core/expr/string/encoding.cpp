#include "core/expr/families.hpp"
#include "core/expr/string/base64.hpp"
#include "core/expr/string/text_kernel.hpp"
#include "core/expr/string/utf8.hpp"

#include <array>
#include <bit>

namespace millrace::expr {
namespace {

using data::data_type;
using data::type_id;

constexpr std::string_view hex_digits = "0123456789ABCDEF";

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

unsigned byte_at(std::string_view s, std::size_t i) {
  return i < s.size() ? static_cast<unsigned char>(s[i]) : 0U;
}

bool append_hex_of(std::string& out, std::string_view s) {
  for (const char c : s) {
    out += hex_digits[static_cast<unsigned char>(c) >> 4];
    out += hex_digits[static_cast<unsigned char>(c) & 15];
  }
  return true;
}

// An odd digit too many stands for a byte of its own in front.
bool append_unhex(std::string& out, std::string_view s) {
  std::size_t at = s.size() % 2;
  if (at == 1) {
    const int v = hex_value(s[0]);
    if (v < 0) return false;
    out += static_cast<char>(v);
  }
  for (; at < s.size(); at += 2) {
    const int high = hex_value(s[at]), low = hex_value(s[at + 1]);
    if (high < 0 || low < 0) return false;
    out += static_cast<char>(high * 16 + low);
  }
  return true;
}

// As java.net.URLEncoder: blanks are plus signs.
bool append_url(std::string& out, std::string_view s) {
  for (const char c : s) {
    const auto b = static_cast<unsigned char>(c);
    const bool plain = (b >= '0' && b <= '9') || ((b | 0x20) >= 'a' && (b | 0x20) <= 'z') ||
                       c == '.' || c == '-' || c == '*' || c == '_';
    if (plain) {
      out += c;
    } else if (c == ' ') {
      out += '+';
    } else {
      out += '%';
      append_hex_of(out, {&c, 1});
    }
  }
  return true;
}

bool append_from_url(std::string& out, std::string_view s) {
  for (std::size_t i = 0; i < s.size(); ++i) {
    if (s[i] != '%') {
      out += s[i] == '+' ? ' ' : s[i];
      continue;
    }
    if (i + 2 >= s.size()) return false;
    const int high = hex_value(s[i + 1]), low = hex_value(s[i + 2]);
    if (high < 0 || low < 0) return false;
    out += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return is_utf8(out);
}

bool append_to_base64(std::string& out, std::string_view s) {
  append_base64(out, s);
  return true;
}

bool append_text_from_base64(std::string& out, std::string_view s) {
  return append_from_base64(out, s) && is_utf8(out);
}

using converter = bool (*)(std::string&, std::string_view);

// NULL where the converter finds the text wrong.
template <converter Convert>
result<data::column_ptr> convert(const kernel_call& call) {
  const any_text in(*call.arguments[0]);
  std::string text;
  return write_texts(call, bytes_of(*call.arguments[0]) * 2,
                     [&](std::uint32_t row, text_writer& out) {
                       text.clear();
                       if (Convert(text, in[row]))
                         out.put(row, text);
                       else
                         out.put_null(row);
                     });
}

template <converter Convert>
result<scalar_overload> resolve_convert(const call_site& site) {
  MILLRACE_CHECK(expect_arguments(site, 1, 1));
  if (is_bytes(site.types[0]))
    return strict({data_type::bytes()}, data_type::string(), site, convert<Convert>);
  MILLRACE_TRY(auto o,
               text_overload(site, "t", data_type::string(), convert<Convert>, "f(string)"));
  o.result_type = o.result_type.as_nullable();
  return o;
}

// Digits of the 64-bit pattern, without leading zeros.
template <unsigned Bits>
result<data::column_ptr> digits_of(const kernel_call& call) {
  const any_values<std::int64_t> in(*call.arguments[0]);
  return write_texts(call, call.rows.count * std::size_t{16},
                     [&](std::uint32_t row, text_writer& out) {
                       auto v = static_cast<std::uint64_t>(in[row]);
                       const auto used = static_cast<unsigned>(std::bit_width(v | 1));
                       const unsigned size = (used + Bits - 1) / Bits;
                       char* to = out.room(row, size);
                       for (unsigned i = size; i-- > 0; v >>= Bits)
                         to[i] = hex_digits[v & ((1U << Bits) - 1)];
                       out.commit(size);
                     });
}

result<scalar_overload> resolve_hex(const call_site& site) {
  MILLRACE_CHECK(expect_arguments(site, 1, 1));
  if (data::is_integer(site.types[0].id()))
    return strict({of(type_id::bigint)}, data_type::string(), site, digits_of<4>);
  return resolve_convert<append_hex_of>(site);
}
result<scalar_overload> resolve_bin(const call_site& site) {
  MILLRACE_CHECK(expect_arguments(site, 1, 1));
  if (!takes_integer(site.types[0])) return wrong_types(site, "BIN(integer)");
  return strict({of(type_id::bigint)}, data_type::string(), site, digits_of<1>);
}
result<scalar_overload> resolve_unhex(const call_site& site) {
  MILLRACE_CHECK(expect_arguments(site, 1, 1));
  MILLRACE_TRY(
      auto o, text_overload(site, "t", data_type::bytes(), convert<append_unhex>, "UNHEX(string)"));
  o.result_type = o.result_type.as_nullable();
  return o;
}

enum class charset { ascii, latin1, utf8, utf16be, utf16le, utf16, unknown };

charset charset_named(std::string_view name) {
  static constexpr std::array<std::pair<std::string_view, charset>, 6> names = {
      {{"US-ASCII", charset::ascii},
       {"ISO-8859-1", charset::latin1},
       {"UTF-8", charset::utf8},
       {"UTF-16BE", charset::utf16be},
       {"UTF-16LE", charset::utf16le},
       {"UTF-16", charset::utf16}}};
  std::string word(name);
  for (char& c : word)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  for (const auto& [known, set] : names)
    if (known == word) return set;
  return charset::unknown;
}

void append_unit(std::string& out, unsigned unit, bool little) {
  const char high = static_cast<char>(unit >> 8), low = static_cast<char>(unit & 0xff);
  out += little ? low : high;
  out += little ? high : low;
}

void append_encoded(std::string& out, std::string_view s, charset set) {
  if (set == charset::utf8) {
    out += s;
    return;
  }
  const bool little = set == charset::utf16le;
  if (set == charset::utf16) append_unit(out, 0xfeff, false);
  for (std::size_t at = 0; at < s.size();) {
    const auto c = static_cast<unsigned>(next_character(s, at));
    if (set == charset::ascii || set == charset::latin1) {
      out += c < (set == charset::ascii ? 0x80U : 0x100U) ? static_cast<char>(c) : '?';
    } else if (c < 0x10000) {
      append_unit(out, c, little);
    } else {
      append_unit(out, 0xd800 + ((c - 0x10000) >> 10), little);
      append_unit(out, 0xdc00 + ((c - 0x10000) & 0x3ff), little);
    }
  }
}

constexpr char32_t replacement = 0xfffd;

void append_character(std::string& out, char32_t c) {
  char bytes[4];
  out.append(bytes, write_character(c, bytes));
}

void append_utf16(std::string& out, std::string_view s, bool little) {
  for (std::size_t i = 0; i < s.size(); i += 2) {
    const auto unit = [&](std::size_t at) {
      const unsigned a = byte_at(s, at), b = byte_at(s, at + 1);
      return little ? (b << 8) | a : (a << 8) | b;
    };
    const unsigned u = unit(i);
    if (i + 1 >= s.size()) {
      append_character(out, replacement);
    } else if (u >= 0xd800 && u < 0xdc00 && i + 3 < s.size() && unit(i + 2) >= 0xdc00 &&
               unit(i + 2) < 0xe000) {
      append_character(out, 0x10000 + ((u - 0xd800) << 10) + (unit(i + 2) - 0xdc00));
      i += 2;
    } else {
      append_character(out, u >= 0xd800 && u < 0xe000 ? replacement : char32_t{u});
    }
  }
}

void append_decoded(std::string& out, std::string_view s, charset set) {
  if (set == charset::utf8) {
    append_repaired_utf8(out, s);
  } else if (set == charset::ascii || set == charset::latin1) {
    for (const char c : s) {
      const auto b = static_cast<unsigned char>(c);
      append_character(out, set == charset::ascii && b >= 0x80 ? replacement : char32_t{b});
    }
  } else {
    bool little = set == charset::utf16le;
    if (set == charset::utf16 && s.size() >= 2) {
      const bool low_first = s.starts_with("\xff\xfe"), high_first = s.starts_with("\xfe\xff");
      little = low_first;
      if (low_first || high_first) s.remove_prefix(2);
    }
    append_utf16(out, s, little);
  }
}

template <bool Encode>
result<data::column_ptr> change_charset(const kernel_call& call) {
  const any_text in(*call.arguments[0]), names(*call.arguments[1]);
  text_writer out(call.result_type, call.rows.stored, bytes_of(*call.arguments[0]) * 2);
  std::string text;
  const bool known = try_each_valid(call, [&](std::uint32_t row) {
    const auto set = charset_named(names[row]);
    if (set == charset::unknown) return false;
    text.clear();
    if (Encode)
      append_encoded(text, in[row], set);
    else
      append_decoded(text, in[row], set);
    out.put(row, text);
    return true;
  });
  if (!known)
    return make_error(errc::runtime_bad_argument,
                      "unknown character set '" + std::string(names[call.context.failed_row]) + "'",
                      "Known are US-ASCII, ISO-8859-1, UTF-8, UTF-16, UTF-16BE and UTF-16LE.");
  return out.finish();
}

result<scalar_overload> resolve_encode(const call_site& site) {
  MILLRACE_CHECK(expect_arguments(site, 2, 2));
  MILLRACE_TRY(auto o, text_overload(site, "tt", data_type::bytes(), change_charset<true>,
                                     "ENCODE(string, character set)"));
  o.can_fail = true;
  return o;
}
result<scalar_overload> resolve_decode(const call_site& site) {
  MILLRACE_CHECK(expect_arguments(site, 2, 2));
  if ((!is_bytes(site.types[0]) && site.types[0].id() != type_id::null) ||
      !takes_text(site.types[1]))
    return wrong_types(site, "DECODE(bytes, character set)");
  auto o = strict({data_type::bytes(), data_type::string()}, data_type::string(), site,
                  change_charset<false>);
  o.can_fail = true;
  return o;
}

constexpr std::string_view family = "string";

constexpr scalar_function table[] = {
    {"HEX", family, "HEX(integer or string)", "In hexadecimal digits.", resolve_hex},
    {"UNHEX", family, "UNHEX(string)", "The bytes of hexadecimal digits; NULL for others.",
     resolve_unhex},
    {"BIN", family, "BIN(integer)", "In binary digits.", resolve_bin},
    {"TO_BASE64", family, "TO_BASE64(string)", "In Base64.", resolve_convert<append_to_base64>},
    {"FROM_BASE64", family, "FROM_BASE64(string)", "The text behind Base64; NULL if it is none.",
     resolve_convert<append_text_from_base64>},
    {"URL_ENCODE", family, "URL_ENCODE(string)", "As a part of a URL's query.",
     resolve_convert<append_url>},
    {"URL_DECODE", family, "URL_DECODE(string)",
     "The text behind a part of a URL's query; NULL if it is none.",
     resolve_convert<append_from_url>},
    {"ENCODE", family, "ENCODE(string, character set)", "The bytes in a character set.",
     resolve_encode},
    {"DECODE", family, "DECODE(bytes, character set)", "The text of bytes in a character set.",
     resolve_decode},
};

}  // namespace

std::span<const scalar_function> encoding_functions() { return table; }

}  // namespace millrace::expr
