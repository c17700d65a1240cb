#include "core/expr/families.hpp"
#include "core/expr/string/text_kernel.hpp"
#include "core/expr/string/utf8.hpp"

#include <algorithm>

namespace millrace::expr {
namespace {

using data::data_type;
using data::type_id;

result<data::column_ptr> concat(const kernel_call& call) {
  std::vector<any_text> parts;
  std::size_t expected = 0;
  for (const auto& a : call.arguments) {
    parts.emplace_back(*a);
    expected += a->is_constant() ? bytes_of(*a) * call.rows.count : bytes_of(*a);
  }
  return write_texts(call, expected, [&](std::uint32_t row, text_writer& out) {
    std::size_t size = 0;
    for (const auto& p : parts) size += p[row].size();
    char* to = out.room(row, size);
    for (const auto& p : parts) {
      const auto s = p[row];
      std::memcpy(to, s.data(), s.size());
      to += s.size();
    }
    out.commit(size);
  });
}

// NULL arguments are left out; only a NULL separator makes the result NULL.
result<data::column_ptr> concat_ws(const kernel_call& call) {
  const data::column& separator = *call.arguments[0];
  text_writer out(call.result_type, call.rows.stored, call.rows.count * std::size_t{16});
  std::string text;
  call.rows.for_each([&](std::uint32_t row) {
    if (separator.is_null(row)) return out.put_null(row);
    text.clear();
    bool first = true;
    for (const auto& a : call.arguments.subspan(1)) {
      if (a->is_null(row)) continue;
      if (!first) text += separator.text(row);
      text += a->text(row);
      first = false;
    }
    out.put(row, text);
  });
  return out.finish();
}

// ELT(n, a, b, ...): the n-th text, counted from 1.
result<data::column_ptr> elt(const kernel_call& call) {
  const data::column& index = *call.arguments[0];
  const auto most = static_cast<std::int64_t>(call.arguments.size()) - 1;
  text_writer out(call.result_type, call.rows.stored, call.rows.count * std::size_t{16});
  call.rows.for_each([&](std::uint32_t row) {
    if (index.is_null(row)) return out.put_null(row);
    const auto n = index.value<std::int64_t>(row);
    if (n < 1 || n > most || call.arguments[static_cast<std::size_t>(n)]->is_null(row))
      return out.put_null(row);
    out.put(row, call.arguments[static_cast<std::size_t>(n)]->text(row));
  });
  return out.finish();
}

// Appends the pieces of a text; an empty separator cuts between characters.
template <class F>
void each_piece(std::string_view s, std::string_view separator, F&& f) {
  if (s.empty()) return;
  std::size_t at = 0;
  while (true) {
    std::size_t end = separator.empty() ? at + std::min(character_size(s[at]), s.size() - at)
                                        : s.find(separator, at);
    if (end == std::string_view::npos) end = s.size();
    f(s.substr(at, end - at));
    if (end == s.size()) break;
    at = end + separator.size();
    if (at == s.size()) {
      f(std::string_view());
      break;
    }
  }
}

result<data::column_ptr> split(const kernel_call& call) {
  const any_text in(*call.arguments[0]), separator(*call.arguments[1]);
  data::column_builder out(call.result_type, call.rows.stored);
  std::uint32_t next = 0;
  for_each_valid(call, [&](std::uint32_t row) {
    out.append_nulls(row - next);
    next = row + 1;
    each_piece(in[row], separator[row],
               [&](std::string_view piece) { out.child(0).append_text(piece); });
    out.append_nested();
  });
  out.append_nulls(call.rows.stored - next);
  return out.finish();
}

struct pair_of_texts {
  std::string_view key, value;
  bool has_value;
};

// STR_TO_MAP('a=1,b=2'): a later value of a key wins; a pair without separator has a NULL value.
result<data::column_ptr> str_to_map(const kernel_call& call) {
  const any_text in(*call.arguments[0]);
  const bool given = call.arguments.size() == 3;
  data::column_builder out(call.result_type, call.rows.stored);
  std::uint32_t next = 0;
  std::vector<pair_of_texts> pairs;
  for_each_valid(call, [&](std::uint32_t row) {
    out.append_nulls(row - next);
    next = row + 1;
    const std::string_view list = given ? call.arguments[1]->text(row) : ",";
    const std::string_view equals = given ? call.arguments[2]->text(row) : "=";
    pairs.clear();
    each_piece(in[row], list, [&](std::string_view piece) {
      const auto at = equals.empty() ? std::string_view::npos : piece.find(equals);
      const bool whole = at == std::string_view::npos;
      const pair_of_texts p{piece.substr(0, at),
                            whole ? std::string_view() : piece.substr(at + equals.size()), !whole};
      const auto same =
          std::find_if(pairs.begin(), pairs.end(), [&](const auto& q) { return q.key == p.key; });
      if (same != pairs.end())
        *same = p;
      else
        pairs.push_back(p);
    });
    for (const auto& p : pairs) {
      out.child(0).append_text(p.key);
      if (p.has_value)
        out.child(1).append_text(p.value);
      else
        out.child(1).append_null();
    }
    out.append_nested();
  });
  out.append_nulls(call.rows.stored - next);
  return out.finish();
}

result<scalar_overload> all_texts(const call_site& site, scalar_kernel kernel, const char* form) {
  return text_overload(site, std::string(site.types.size(), 't'), data_type::string(), kernel,
                       form);
}

result<scalar_overload> resolve_concat(const call_site& site) {
  MILLRACE_CHECK(expect_arguments(site, 1, 1 << 16));
  if (std::all_of(site.types.begin(), site.types.end(), is_bytes))
    return strict(std::vector<data_type>(site.types.size(), data_type::bytes()), data_type::bytes(),
                  site, concat);
  return all_texts(site, concat, "string || string");
}
result<scalar_overload> resolve_concat_ws(const call_site& site) {
  MILLRACE_CHECK(expect_arguments(site, 1, 1 << 16));
  MILLRACE_TRY(auto o, all_texts(site, concat_ws, "CONCAT_WS(separator, string, ...)"));
  o.null_in_null_out = false;
  o.result_type = data_type::string(site.types[0].nullable());
  return o;
}
result<scalar_overload> resolve_elt(const call_site& site) {
  MILLRACE_CHECK(expect_arguments(site, 2, 1 << 16));
  MILLRACE_TRY(auto o, text_overload(site, "l" + std::string(site.types.size() - 1, 't'),
                                     data_type::string(), elt, "ELT(n, string, ...)"));
  o.null_in_null_out = false;
  o.result_type = o.result_type.as_nullable();
  return o;
}
result<scalar_overload> resolve_split(const call_site& site) {
  MILLRACE_CHECK(expect_arguments(site, 2, 2));
  return text_overload(site, "tt", data_type::array(data_type::string()), split,
                       "SPLIT(string, separator)");
}
result<scalar_overload> resolve_str_to_map(const call_site& site) {
  MILLRACE_CHECK(expect_arguments(site, 1, 3));
  if (site.types.size() == 2) return wrong_types(site, "STR_TO_MAP(string [, list, pair])");
  return text_overload(site, "ttt", data_type::map(data_type::string(), data_type::string()),
                       str_to_map, "STR_TO_MAP(string [, list, pair])");
}

constexpr std::string_view family = "string";

constexpr scalar_function table[] = {
    {"||", family, "string || string", "The texts one behind the other.", resolve_concat},
    {"CONCAT", family, "CONCAT(string, ...)", "The texts one behind the other; NULL if one is.",
     resolve_concat},
    {"CONCAT_WS", family, "CONCAT_WS(separator, string, ...)",
     "The texts that are not NULL, with a separator between them.", resolve_concat_ws},
    {"ELT", family, "ELT(n, string, ...)", "The n-th text, counted from 1.", resolve_elt},
    {"SPLIT", family, "SPLIT(string, separator)", "The pieces between separators as an array.",
     resolve_split},
    {"STR_TO_MAP", family, "STR_TO_MAP(string [, list, pair])",
     "A map out of text like a=1,b=2; other separators may be given.", resolve_str_to_map},
};

}  // namespace

std::span<const scalar_function> joining_functions() { return table; }

}  // namespace millrace::expr
