#include "core/expr/families.hpp"
#include "core/expr/string/text_kernel.hpp"
#include "core/expr/string/utf8.hpp"

#include <algorithm>
#include <bitset>

namespace millrace::expr {
namespace {

using data::data_type;
using data::type_id;

struct slice {
  std::size_t begin, end;  // in characters
};

// SQL positions count from 1, negative ones from the end; 0 is taken as 1.
slice slice_of(std::int64_t start, std::int64_t length, std::int64_t characters) {
  std::int64_t begin = start > 0 ? start - 1 : (start < 0 ? characters + start : 0);
  std::int64_t end = length > characters ? characters : begin + length;
  if (length <= 0 || begin < 0 || begin >= characters || end <= begin) return {0, 0};
  end = std::min(end, characters);
  return {static_cast<std::size_t>(begin), static_cast<std::size_t>(end)};
}

std::string_view characters_between(std::string_view s, slice part, bool ascii) {
  if (ascii) return s.substr(part.begin, part.end - part.begin);
  const auto begin = index_of_character(s, part.begin);
  return first_characters(s.substr(begin), part.end - part.begin);
}

result<data::column_ptr> substring(const kernel_call& call) {
  const any_text in(*call.arguments[0]);
  const any_values<std::int32_t> start(*call.arguments[1]);
  const bool bounded = call.arguments.size() == 3;
  const any_values<std::int32_t> length(*call.arguments[bounded ? 2 : 1]);
  return write_texts(call, bytes_of(*call.arguments[0]), [&](std::uint32_t row, text_writer& out) {
    const std::string_view s = in[row];
    const auto characters = static_cast<std::int64_t>(count_characters(s));
    const std::int64_t wanted = bounded ? length[row] : characters + 1;
    const auto part = slice_of(start[row], wanted, characters);
    out.put(row, characters_between(s, part, characters == static_cast<std::int64_t>(s.size())));
  });
}

template <bool Left>
result<data::column_ptr> edge(const kernel_call& call) {
  const any_text in(*call.arguments[0]);
  const any_values<std::int32_t> count(*call.arguments[1]);
  return write_texts(call, bytes_of(*call.arguments[0]), [&](std::uint32_t row, text_writer& out) {
    const std::string_view s = in[row];
    const auto n = static_cast<std::size_t>(std::max(count[row], 0));
    if (Left) return out.put(row, first_characters(s, n));
    const auto all = count_characters(s);
    out.put(row, n >= all ? s : s.substr(index_of_character(s, all - n)));
  });
}

// The characters that TRIM takes away: by byte when they are ASCII.
class trim_set {
 public:
  explicit trim_set(std::string_view characters) : characters_(characters) {
    for (const char c : characters)
      if ((c & 0x80) == 0) ascii_.set(static_cast<unsigned char>(c));
  }
  [[nodiscard]] std::string_view without_leading(std::string_view s) const {
    while (!s.empty()) {
      const auto size = std::min(character_size(s.front()), s.size());
      if (!holds(s.substr(0, size))) break;
      s.remove_prefix(size);
    }
    return s;
  }
  [[nodiscard]] std::string_view without_trailing(std::string_view s) const {
    while (!s.empty()) {
      std::size_t at = s.size() - 1;
      while (at > 0 && (s[at] & 0xc0) == 0x80) --at;
      if (!holds(s.substr(at))) break;
      s = s.substr(0, at);
    }
    return s;
  }

 private:
  [[nodiscard]] bool holds(std::string_view c) const {
    if (c.size() == 1) return ascii_.test(static_cast<unsigned char>(c[0]) & 0x7f);
    return characters_.find(c) != std::string_view::npos;
  }
  std::string_view characters_;
  std::bitset<128> ascii_;
};

template <bool Leading, bool Trailing>
result<data::column_ptr> trim_column(const kernel_call& call, const data::column& texts,
                                     const data::column* characters) {
  const any_text in(texts);
  const bool varies = characters != nullptr && !characters->is_constant();
  trim_set set(characters != nullptr && !varies ? characters->text(0) : " ");
  return write_texts(call, bytes_of(texts), [&](std::uint32_t row, text_writer& out) {
    if (varies) set = trim_set(characters->text(row));
    std::string_view s = in[row];
    if (Leading) s = set.without_leading(s);
    if (Trailing) s = set.without_trailing(s);
    out.put(row, s);
  });
}

template <bool Leading, bool Trailing>
result<data::column_ptr> trim_simple(const kernel_call& call) {
  return trim_column<Leading, Trailing>(
      call, *call.arguments[0], call.arguments.size() > 1 ? call.arguments[1].get() : nullptr);
}

// TRIM(side characters FROM text): the side is a constant.
result<data::column_ptr> trim_sides(const kernel_call& call) {
  const auto side = call.arguments[0]->text(0);
  const data::column &characters = *call.arguments[1], &texts = *call.arguments[2];
  if (side == "LEADING") return trim_column<true, false>(call, texts, &characters);
  if (side == "TRAILING") return trim_column<false, true>(call, texts, &characters);
  return trim_column<true, true>(call, texts, &characters);
}

constexpr std::size_t most_characters = 64U << 20;

// LPAD and RPAD measure in UTF-16 units, as in Flink: a character of 4 bytes counts twice.
std::size_t count_units(std::string_view text) {
  std::size_t n = 0;
  for (const char c : text)
    n +=
        static_cast<std::size_t>((c & 0xc0) != 0x80) + static_cast<std::size_t>((c & 0xf8) == 0xf0);
  return n;
}

// Appends the first `count` units; half of a pair becomes '?', as Java writes it.
void append_units(std::string& out, std::string_view text, std::size_t count) {
  for (std::size_t at = 0; count > 0 && at < text.size();) {
    const std::size_t bytes = character_size(text[at]), units = bytes == 4 ? 2 : 1;
    if (units > count) {
      out += '?';
      return;
    }
    out += text.substr(at, bytes);
    at += bytes;
    count -= units;
  }
}

template <bool Left>
result<data::column_ptr> pad(const kernel_call& call) {
  const any_text in(*call.arguments[0]), with(*call.arguments[2]);
  const any_values<std::int32_t> length(*call.arguments[1]);
  text_writer out(call.result_type, call.rows.stored, bytes_of(*call.arguments[0]) * 2);
  std::string filling;
  const bool fits = try_each_valid(call, [&](std::uint32_t row) {
    const std::string_view s = in[row], p = with[row];
    if (length[row] < 0 || p.empty()) {
      out.put_null(row);
      return true;
    }
    const auto wanted = static_cast<std::size_t>(length[row]);
    if (wanted > most_characters) return false;
    const std::size_t have = count_units(s);
    filling.clear();
    if (have >= wanted) {
      append_units(filling, s, wanted);
      out.put(row, filling);
      return true;
    }
    const std::size_t missing = wanted - have, step = count_units(p);
    for (std::size_t i = 0; i < missing / step; ++i) filling += p;
    append_units(filling, p, missing % step);
    char* to = out.room(row, filling.size() + s.size());
    std::memcpy(to + (Left ? 0 : s.size()), filling.data(), filling.size());
    std::memcpy(to + (Left ? filling.size() : 0), s.data(), s.size());
    out.commit(filling.size() + s.size());
    return true;
  });
  if (!fits) return make_error(errc::runtime_bad_argument, "a padded text is longer than 64 MiB");
  return out.finish();
}

// OVERLAY(text PLACING other FROM start [FOR length]); outside of the text it stays as it is.
result<data::column_ptr> overlay(const kernel_call& call) {
  const any_text in(*call.arguments[0]), other(*call.arguments[1]);
  const any_values<std::int32_t> start(*call.arguments[2]);
  const bool bounded = call.arguments.size() == 4;
  const any_values<std::int32_t> length(*call.arguments[bounded ? 3 : 2]);
  return write_texts(call, bytes_of(*call.arguments[0]), [&](std::uint32_t row, text_writer& out) {
    const std::string_view s = in[row], o = other[row];
    const auto all = static_cast<std::int64_t>(count_characters(s));
    const std::int64_t from = start[row];
    if (from <= 0 || from > all) return out.put(row, s);
    const std::int64_t given =
        bounded ? length[row] : static_cast<std::int64_t>(count_characters(o));
    const auto behind = given < 0 || from - 1 + given > all ? all : from - 1 + given;
    const auto head = first_characters(s, static_cast<std::size_t>(from - 1));
    const auto tail = s.substr(index_of_character(s, static_cast<std::size_t>(behind)));
    char* to = out.room(row, head.size() + o.size() + tail.size());
    std::memcpy(to, head.data(), head.size());
    std::memcpy(to + head.size(), o.data(), o.size());
    std::memcpy(to + head.size() + o.size(), tail.data(), tail.size());
    out.commit(head.size() + o.size() + tail.size());
  });
}

result<scalar_overload> resolve_substring(const call_site& site) {
  MILLRACE_CHECK(expect_arguments(site, 2, 3));
  return text_overload(site, "tii", data_type::string(), substring,
                       "SUBSTRING(string, start [, length])");
}
template <bool Left>
result<scalar_overload> resolve_edge(const call_site& site) {
  MILLRACE_CHECK(expect_arguments(site, 2, 2));
  return text_overload(site, "ti", data_type::string(), edge<Left>, "LEFT(string, n)");
}
template <bool Leading, bool Trailing>
result<scalar_overload> resolve_trim(const call_site& site) {
  MILLRACE_CHECK(expect_arguments(site, 1, 2));
  return text_overload(site, "tt", data_type::string(), trim_simple<Leading, Trailing>,
                       "BTRIM(string [, characters])");
}
result<scalar_overload> resolve_trim_sides(const call_site& site) {
  MILLRACE_CHECK(expect_arguments(site, 1, 3));
  if (site.types.size() == 1) return resolve_trim<true, true>(site);
  if (site.types.size() != 3 || literal_word(site, 0).empty())
    return wrong_types(site, "TRIM([BOTH | LEADING | TRAILING] characters FROM string)");
  return text_overload(site, "ttt", data_type::string(), trim_sides,
                       "TRIM([BOTH | LEADING | TRAILING] characters FROM string)");
}
template <bool Left>
result<scalar_overload> resolve_pad(const call_site& site) {
  MILLRACE_CHECK(expect_arguments(site, 3, 3));
  MILLRACE_TRY(auto o, text_overload(site, "tit", data_type::string(), pad<Left>,
                                     "LPAD(string, length, with)"));
  o.result_type = o.result_type.as_nullable();
  o.can_fail = true;
  return o;
}
result<scalar_overload> resolve_overlay(const call_site& site) {
  MILLRACE_CHECK(expect_arguments(site, 3, 4));
  return text_overload(site, "ttii", data_type::string(), overlay,
                       "OVERLAY(string PLACING other FROM start [FOR length])");
}

constexpr std::string_view family = "string";

constexpr scalar_function table[] = {
    {"SUBSTRING", family, "SUBSTRING(string FROM start [FOR length])",
     "Characters from a position, counted from 1 or, negative, from the end.", resolve_substring},
    {"SUBSTR", family, "SUBSTR(string, start [, length])", "SUBSTRING.", resolve_substring},
    {"LEFT", family, "LEFT(string, n)", "The first n characters.", resolve_edge<true>},
    {"RIGHT", family, "RIGHT(string, n)", "The last n characters.", resolve_edge<false>},
    {"TRIM", family, "TRIM([BOTH | LEADING | TRAILING] [characters FROM] string)",
     "Without these characters at the ends; blanks if none are given.", resolve_trim_sides},
    {"LTRIM", family, "LTRIM(string [, characters])", "TRIM at the beginning.",
     resolve_trim<true, false>},
    {"RTRIM", family, "RTRIM(string [, characters])", "TRIM at the end.",
     resolve_trim<false, true>},
    {"BTRIM", family, "BTRIM(string [, characters])", "TRIM at both ends.",
     resolve_trim<true, true>},
    {"LPAD", family, "LPAD(string, length, with)", "Filled up on the left, or cut.",
     resolve_pad<true>},
    {"RPAD", family, "RPAD(string, length, with)", "Filled up on the right, or cut.",
     resolve_pad<false>},
    {"OVERLAY", family, "OVERLAY(string PLACING other FROM start [FOR length])",
     "The text with a part replaced.", resolve_overlay},
};

}  // namespace

std::span<const scalar_function> slicing_functions() { return table; }

}  // namespace millrace::expr
