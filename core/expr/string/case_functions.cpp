#include "core/expr/families.hpp"
#include "core/expr/string/letter_case.hpp"
#include "core/expr/string/text_kernel.hpp"
#include "core/expr/string/utf8.hpp"

#include <algorithm>

namespace millrace::expr {
namespace {

using data::data_type;
using data::type_id;

template <bool Upper>
char ascii_case(char c) {
  constexpr char first = Upper ? 'a' : 'A', last = Upper ? 'z' : 'Z';
  return static_cast<char>(c ^ (c >= first && c <= last ? 0x20 : 0));
}

// ASCII text keeps its length: the offsets are shared and the bytes changed in one sweep.
template <bool Upper>
data::column_ptr ascii_column(const kernel_call& call, const data::column& c, std::uint32_t end) {
  auto out = std::make_shared<data::column>(c);
  auto bytes = data::buffer::allocate(end);
  const char* from = c.data<char>();
  char* to = bytes->mutable_as<char>();
  for (std::uint32_t i = 0; i < end; ++i) to[i] = ascii_case<Upper>(from[i]);
  out->type = call.result_type;
  out->validity = nullptr;
  out->values = std::move(bytes);
  return out;
}

template <bool Upper>
result<data::column_ptr> change_case(const kernel_call& call) {
  const data::column& c = *call.arguments[0];
  const any_text in(c);
  if (!c.is_constant() && c.length > 0 && call.rows.count >= c.length / 4) {
    const std::uint32_t begin = in.offsets[0], end = in.offsets[c.length];
    if (end == 0) return with_type(call.arguments[0], call.result_type);
    if (is_ascii({in.bytes + begin, end - begin})) return ascii_column<Upper>(call, c, end);
  }
  std::string text;
  return write_texts(call, bytes_of(c), [&](std::uint32_t row, text_writer& out) {
    const std::string_view s = in[row];
    if (is_ascii(s)) {
      char* to = out.room(row, s.size());
      std::transform(s.begin(), s.end(), to, ascii_case<Upper>);
      return out.commit(s.size());
    }
    text.clear();
    Upper ? append_upper(text, s) : append_lower(text, s);
    out.put(row, text);
  });
}

// Words are runs of ASCII letters and digits; everything else stands between them.
result<data::column_ptr> initcap(const kernel_call& call) {
  const any_text in(*call.arguments[0]);
  return write_texts(call, bytes_of(*call.arguments[0]), [&](std::uint32_t row, text_writer& out) {
    const std::string_view s = in[row];
    char* to = out.room(row, s.size());
    bool inside = false;
    for (std::size_t i = 0; i < s.size(); ++i) {
      to[i] = inside ? ascii_case<false>(s[i]) : ascii_case<true>(s[i]);
      inside = std::isalnum(static_cast<unsigned char>(s[i])) != 0 && (s[i] & 0x80) == 0;
    }
    out.commit(s.size());
  });
}

result<data::column_ptr> reverse(const kernel_call& call) {
  const any_text in(*call.arguments[0]);
  return write_texts(call, bytes_of(*call.arguments[0]), [&](std::uint32_t row, text_writer& out) {
    const std::string_view s = in[row];
    char* to = out.room(row, s.size());
    for (std::size_t at = 0; at < s.size();) {
      const auto size = std::min(character_size(s[at]), s.size() - at);
      std::memcpy(to + s.size() - at - size, s.data() + at, size);
      at += size;
    }
    out.commit(s.size());
  });
}

constexpr std::size_t most_bytes = 256U << 20;

result<data::column_ptr> repeat(const kernel_call& call) {
  const any_text in(*call.arguments[0]);
  const any_values<std::int32_t> times(*call.arguments[1]);
  text_writer out(call.result_type, call.rows.stored, bytes_of(*call.arguments[0]));
  const bool fits = try_each_valid(call, [&](std::uint32_t row) {
    const std::string_view s = in[row];
    const auto n = static_cast<std::size_t>(std::max(times[row], 0));
    if (s.size() * n > most_bytes) return false;
    char* to = out.room(row, s.size() * n);
    for (std::size_t i = 0; i < n; ++i) std::memcpy(to + i * s.size(), s.data(), s.size());
    out.commit(s.size() * n);
    return true;
  });
  if (!fits)
    return make_error(errc::runtime_bad_argument, "REPEAT gives a text of more than 256 MiB");
  return out.finish();
}

result<data::column_ptr> character_length(const kernel_call& call) {
  return map_texts<std::int32_t>(
      call, [](std::string_view s) { return static_cast<std::int32_t>(count_characters(s)); });
}

result<data::column_ptr> octet_length(const kernel_call& call) {
  return map_texts<std::int32_t>(
      call, [](std::string_view s) { return static_cast<std::int32_t>(s.size()); });
}

// The first byte of the UTF-8 form, as Flink has it.
result<data::column_ptr> ascii(const kernel_call& call) {
  return map_texts<std::int32_t>(call, [](std::string_view s) {
    return s.empty() ? 0 : static_cast<std::int32_t>(static_cast<signed char>(s[0]));
  });
}

// A number modulo 256 as a character of Latin-1; negative numbers give an empty text.
result<data::column_ptr> character(const kernel_call& call) {
  const any_values<std::int64_t> in(*call.arguments[0]);
  return write_texts(call, call.rows.count * std::size_t{2},
                     [&](std::uint32_t row, text_writer& out) {
                       char* to = out.room(row, 4);
                       const auto v = in[row];
                       out.commit(v < 0 ? 0 : write_character(static_cast<char32_t>(v % 256), to));
                     });
}

template <scalar_kernel Kernel>
result<scalar_overload> text_to_text(const call_site& site) {
  MILLRACE_CHECK(expect_arguments(site, 1, 1));
  return text_overload(site, "t", data_type::string(), Kernel, "f(string)");
}
template <scalar_kernel Kernel>
result<scalar_overload> text_to_int(const call_site& site) {
  MILLRACE_CHECK(expect_arguments(site, 1, 1));
  return text_overload(site, "t", of(type_id::integer), Kernel, "f(string)");
}
result<scalar_overload> resolve_repeat(const call_site& site) {
  MILLRACE_CHECK(expect_arguments(site, 2, 2));
  MILLRACE_TRY(auto o, text_overload(site, "ti", data_type::string(), repeat, "REPEAT(string, n)"));
  o.can_fail = true;
  return o;
}
result<scalar_overload> resolve_chr(const call_site& site) {
  MILLRACE_CHECK(expect_arguments(site, 1, 1));
  return text_overload(site, "l", data_type::string(), character, "CHR(n)");
}
result<scalar_overload> resolve_octets(const call_site& site) {
  MILLRACE_CHECK(expect_arguments(site, 1, 1));
  if (is_bytes(site.types[0]))
    return strict({data_type::bytes()}, of(type_id::integer), site, octet_length);
  return text_to_int<octet_length>(site);
}

constexpr std::string_view family = "string";

constexpr scalar_function table[] = {
    {"LOWER", family, "LOWER(string)", "In small letters.", text_to_text<change_case<false>>},
    {"UPPER", family, "UPPER(string)", "In capital letters.", text_to_text<change_case<true>>},
    {"LCASE", family, "LCASE(string)", "LOWER.", text_to_text<change_case<false>>},
    {"UCASE", family, "UCASE(string)", "UPPER.", text_to_text<change_case<true>>},
    {"INITCAP", family, "INITCAP(string)", "Every word with a capital, ASCII letters only.",
     text_to_text<initcap>},
    {"REVERSE", family, "REVERSE(string)", "The characters in reverse order.",
     text_to_text<reverse>},
    {"REPEAT", family, "REPEAT(string, n)", "The text n times.", resolve_repeat},
    {"CHAR_LENGTH", family, "CHAR_LENGTH(string)", "The number of characters.",
     text_to_int<character_length>},
    {"CHARACTER_LENGTH", family, "CHARACTER_LENGTH(string)", "The number of characters.",
     text_to_int<character_length>},
    {"OCTET_LENGTH", family, "OCTET_LENGTH(string)", "The number of bytes.", resolve_octets},
    {"ASCII", family, "ASCII(string)", "The number of the first byte; 0 for an empty text.",
     text_to_int<ascii>},
    {"CHR", family, "CHR(n)", "The character of number n modulo 256.", resolve_chr},
};

}  // namespace

std::span<const scalar_function> case_functions() { return table; }

}  // namespace millrace::expr
