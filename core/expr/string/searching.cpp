#include "core/expr/families.hpp"
#include "core/expr/string/byte_search.hpp"
#include "core/expr/string/text_kernel.hpp"
#include "core/expr/string/utf8.hpp"

#include <algorithm>
#include <unordered_map>

namespace millrace::expr {
namespace {

using data::data_type;
using data::type_id;

// Position in characters, counted from 1, of the first hit behind `from` characters; 0 if none.
std::int32_t position_of(std::string_view what, std::string_view text, std::int64_t from) {
  if (from < 1) return 0;
  const auto start = index_of_character(text, static_cast<std::size_t>(from - 1));
  if (start == text.size() && !what.empty()) return 0;
  const auto at = text.find(what, start);
  if (at == std::string_view::npos) return 0;
  return static_cast<std::int32_t>(count_characters(text.substr(0, at))) + 1;
}

template <std::size_t What, std::size_t In>
result<data::column_ptr> position(const kernel_call& call) {
  const any_text what(*call.arguments[What]), in(*call.arguments[In]);
  const bool later = call.arguments.size() == 3;
  values_writer<std::int32_t> out(call.result_type, call.rows.stored);
  for_each_valid(call, [&](std::uint32_t row) {
    const std::int64_t from = later ? any_values<std::int32_t>(*call.arguments[2])[row] : 1;
    out.at[row] = position_of(what[row], in[row], from);
  });
  return data::column_ptr(out.column);
}

template <bool Start>
result<data::column_ptr> has_edge(const kernel_call& call) {
  const any_text in(*call.arguments[0]), edge(*call.arguments[1]);
  truth_writer out(call);
  for_each_valid(call, [&](std::uint32_t row) {
    out.at[row] = static_cast<std::uint8_t>(Start ? in[row].starts_with(edge[row])
                                                  : in[row].ends_with(edge[row]));
  });
  return data::column_ptr(out.column);
}

// The piece `index` between separators; false if there is none.
bool piece_of(std::string_view text, std::string_view separator, std::int32_t index,
              std::string_view& piece) {
  if (index < 0 || text.empty()) return false;
  std::size_t begin = 0;
  if (separator.size() == 1 && separator[0] != 0) {
    bool enough = false;
    const auto end = find_nth(text, separator[0], static_cast<std::uint32_t>(index), begin, enough);
    piece = text.substr(begin, end - begin);
    return enough;
  }
  for (;; --index) {
    const auto end = text.find(separator, begin);
    if (index == 0) {
      piece = text.substr(begin, end - begin);
      return true;
    }
    if (end == std::string_view::npos) return false;
    begin = end + separator.size();
  }
}

result<data::column_ptr> split_index(const kernel_call& call) {
  const any_text in(*call.arguments[0]), separator(*call.arguments[1]);
  const any_values<std::int32_t> index(*call.arguments[2]);
  return write_texts(call, bytes_of(*call.arguments[0]) / 2,
                     [&](std::uint32_t row, text_writer& out) {
                       const auto sep = separator[row];
                       std::string_view piece;
                       if (piece_of(in[row], sep.empty() ? " " : sep, index[row], piece))
                         out.put(row, piece);
                       else
                         out.put_null(row);
                     });
}

// The separator as the number of an ASCII character.
result<data::column_ptr> split_index_by_code(const kernel_call& call) {
  const any_text in(*call.arguments[0]);
  const any_values<std::int32_t> code(*call.arguments[1]), index(*call.arguments[2]);
  return write_texts(
      call, bytes_of(*call.arguments[0]) / 2, [&](std::uint32_t row, text_writer& out) {
        const char c = static_cast<char>(code[row]);
        std::string_view piece;
        if (code[row] >= 0 && code[row] < 128 && piece_of(in[row], {&c, 1}, index[row], piece))
          out.put(row, piece);
        else
          out.put_null(row);
      });
}

// Of the Nexmark benchmark: occurrences of a character; 0 in NULL.
result<data::column_ptr> count_char(const kernel_call& call) {
  values_writer<std::int64_t> out(call.result_type, call.rows.stored);
  const data::column &texts = *call.arguments[0], &wanted = *call.arguments[1];
  std::memset(out.at, 0, sizeof(std::int64_t) * call.rows.stored);
  if (texts.is_constant() && texts.is_null(0)) return data::column_ptr(out.column);
  const any_text in(texts), character(wanted);
  call.rows.for_each([&](std::uint32_t row) {
    if (texts.is_null(row) || wanted.is_null(row) || character[row].empty()) return;
    const char c = character[row][0];
    out.at[row] = c != 0 ? count_byte(in[row], c) : std::count(in[row].begin(), in[row].end(), c);
  });
  return data::column_ptr(out.column);
}

// An empty pattern stands before, between and behind all characters.
void append_replaced(std::string& out, std::string_view s, std::string_view what,
                     std::string_view with) {
  if (what.empty()) {
    for (std::size_t at = 0; at < s.size();) {
      const auto size = std::min(character_size(s[at]), s.size() - at);
      out.append(with).append(s.substr(at, size));
      at += size;
    }
    out.append(with);
    return;
  }
  std::size_t at = 0;
  for (std::size_t hit = s.find(what); hit != std::string_view::npos; hit = s.find(what, at)) {
    out.append(s.substr(at, hit - at)).append(with);
    at = hit + what.size();
  }
  out.append(s.substr(at));
}

// Whether all hits replaced give more than a column may hold. Hits are counted only where they
// could.
bool grows_too_long(std::string_view s, std::string_view what, std::size_t with) {
  const auto room = most_text_bytes - std::min(s.size(), most_text_bytes);
  if (with <= room / (s.size() + 1)) return false;
  if (what.empty()) return count_characters(s) + 1 > room / with;
  std::size_t hits = 0;
  for (auto at = s.find(what); at != std::string_view::npos; at = s.find(what, at + what.size())) {
    if (++hits > room / with) return true;
  }
  return false;
}

result<data::column_ptr> replace(const kernel_call& call) {
  const any_text in(*call.arguments[0]), what(*call.arguments[1]), with(*call.arguments[2]);
  std::string text;
  return write_texts(call, bytes_of(*call.arguments[0]), [&](std::uint32_t row, text_writer& out) {
    if (grows_too_long(in[row], what[row], with[row].size())) return out.refuse();
    text.clear();
    append_replaced(text, in[row], what[row], with[row]);
    out.put(row, text);
  });
}

// Each character of `from` becomes the one at its place in `to`, or nothing.
result<data::column_ptr> translate(const kernel_call& call) {
  const any_text in(*call.arguments[0]), from(*call.arguments[1]), to(*call.arguments[2]);
  std::unordered_map<char32_t, char32_t> changes;
  constexpr char32_t removed = 0xffffffff;
  std::string text;
  return write_texts(call, bytes_of(*call.arguments[0]), [&](std::uint32_t row, text_writer& out) {
    if (changes.empty() || from.mask != 0 || to.mask != 0) {
      changes.clear();
      const auto f = from[row], t = to[row];
      std::size_t k = 0;
      for (std::size_t i = 0; i < f.size();) {
        const char32_t c = next_character(f, i);
        changes.emplace(c, k < t.size() ? next_character(t, k) : removed);
      }
    }
    text.clear();
    const auto s = in[row];
    for (std::size_t i = 0; i < s.size();) {
      char32_t c = next_character(s, i);
      if (const auto at = changes.find(c); at != changes.end()) c = at->second;
      char bytes[4];
      if (c != removed) text.append(bytes, write_character(c, bytes));
    }
    out.put(row, text);
  });
}

bool is_ascii_letter(char c) { return (c | 0x20) >= 'a' && (c | 0x20) <= 'z'; }
bool is_ascii_digit(char c) { return c >= '0' && c <= '9'; }

struct all_letters {
  static bool of(std::string_view s) {
    return !s.empty() && std::all_of(s.begin(), s.end(),
                                     [](char c) { return is_ascii_letter(c) || (c & 0x80) != 0; });
  }
};
struct all_digits {
  static bool of(std::string_view s) {
    return !s.empty() && std::all_of(s.begin(), s.end(), is_ascii_digit);
  }
};
// A number as Java reads a double: sign, digits, fraction, exponent.
struct a_number {
  static bool of(std::string_view s) {
    std::size_t at = !s.empty() && (s[0] == '-' || s[0] == '+') ? 1 : 0, digits = 0;
    for (; at < s.size() && is_ascii_digit(s[at]); ++at) ++digits;
    if (at < s.size() && s[at] == '.')
      for (++at; at < s.size() && is_ascii_digit(s[at]); ++at) ++digits;
    return digits > 0 && at == s.size();
  }
};

template <class Test>
result<data::column_ptr> all_characters(const kernel_call& call) {
  truth_writer out(call);
  const data::column& c = *call.arguments[0];
  call.rows.for_each([&](std::uint32_t row) {
    out.at[row] = static_cast<std::uint8_t>(!c.is_null(row) && Test::of(c.text(row)));
  });
  return data::column_ptr(out.column);
}

template <class Test>
result<scalar_overload> resolve_test(const call_site& site) {
  MILLRACE_CHECK(expect_arguments(site, 1, 1));
  MILLRACE_TRY(auto o, text_overload(site, "t", of(type_id::boolean), all_characters<Test>,
                                     "IS_DIGIT(string)"));
  // NULL is no letter and no digit: FALSE.
  o.null_in_null_out = false;
  o.result_type = o.result_type.as_nullable(false);
  return o;
}

template <std::size_t What, std::size_t In>
result<scalar_overload> resolve_position(const call_site& site) {
  MILLRACE_CHECK(expect_arguments(site, 2, 3));
  return text_overload(site, "tti", of(type_id::integer), position<What, In>,
                       "POSITION(string IN text)");
}
template <bool Start>
result<scalar_overload> resolve_edge(const call_site& site) {
  MILLRACE_CHECK(expect_arguments(site, 2, 2));
  if (is_bytes(site.types[0]) && is_bytes(site.types[1]))
    return strict({data_type::bytes(), data_type::bytes()}, of(type_id::boolean), site,
                  has_edge<Start>);
  return text_overload(site, "tt", of(type_id::boolean), has_edge<Start>,
                       "STARTSWITH(string, start)");
}
result<scalar_overload> resolve_split_index(const call_site& site) {
  MILLRACE_CHECK(expect_arguments(site, 3, 3));
  const bool code = data::is_integer(site.types[1].id());
  MILLRACE_TRY(auto o, text_overload(site, code ? "tii" : "tti", data_type::string(),
                                     code ? split_index_by_code : split_index,
                                     "SPLIT_INDEX(string, separator, index)"));
  o.result_type = o.result_type.as_nullable();
  return o;
}
result<scalar_overload> resolve_count_char(const call_site& site) {
  MILLRACE_CHECK(expect_arguments(site, 2, 2));
  MILLRACE_TRY(auto o, text_overload(site, "tt", of(type_id::bigint), count_char,
                                     "COUNT_CHAR(string, character)"));
  o.null_in_null_out = false;
  o.result_type = o.result_type.as_nullable(false);
  return o;
}
template <scalar_kernel Kernel>
result<scalar_overload> three_texts(const call_site& site) {
  MILLRACE_CHECK(expect_arguments(site, 3, 3));
  return text_overload(site, "ttt", data_type::string(), Kernel, "f(string, from, to)");
}

constexpr std::string_view family = "string";

constexpr scalar_function table[] = {
    {"POSITION", family, "POSITION(string IN text)",
     "Where the text holds the string, counted from 1; 0 if it does not.", resolve_position<0, 1>},
    {"LOCATE", family, "LOCATE(string, text [, from])", "POSITION from a place on.",
     resolve_position<0, 1>},
    {"INSTR", family, "INSTR(text, string)", "POSITION with the arguments exchanged.",
     resolve_position<1, 0>},
    {"STARTSWITH", family, "STARTSWITH(string, start)", "TRUE if the text begins so.",
     resolve_edge<true>},
    {"ENDSWITH", family, "ENDSWITH(string, end)", "TRUE if the text ends so.", resolve_edge<false>},
    {"SPLIT_INDEX", family, "SPLIT_INDEX(string, separator, index)",
     "A piece between separators, counted from 0; NULL if there is none.", resolve_split_index},
    {"COUNT_CHAR", family, "COUNT_CHAR(string, character)",
     "How often the character occurs; 0 in NULL. Stands in for the Nexmark benchmark's class.",
     resolve_count_char},
    {"REPLACE", family, "REPLACE(string, what, with)", "All occurrences replaced.",
     three_texts<replace>},
    {"TRANSLATE", family, "TRANSLATE(string, from, to)", "Characters replaced one by one.",
     three_texts<translate>},
    {"IS_ALPHA", family, "IS_ALPHA(string)", "TRUE if there are letters only.",
     resolve_test<all_letters>},
    {"IS_DIGIT", family, "IS_DIGIT(string)", "TRUE if there are digits only.",
     resolve_test<all_digits>},
    {"IS_DECIMAL", family, "IS_DECIMAL(string)", "TRUE if it is a number.", resolve_test<a_number>},
};

}  // namespace

std::span<const scalar_function> searching_functions() { return table; }

}  // namespace millrace::expr
