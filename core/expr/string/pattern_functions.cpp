#include "core/expr/families.hpp"
#include "core/expr/string/patterns.hpp"
#include "core/expr/string/simple_regex.hpp"
#include "core/expr/string/text_kernel.hpp"
#include "core/expr/string/utf8.hpp"

#include <re2/re2.h>

#include <limits>
#include <map>

namespace millrace::expr {
namespace {

using data::data_type;
using data::type_id;
using regex_ptr = std::shared_ptr<const re2::RE2>;

struct prepared_regex final : prepared_state {
  regex_ptr regex;  ///< null if the pattern is no literal
  std::optional<simple_regex> simple;
  bool invalid = false;
};
struct prepared_like final : prepared_state {
  std::optional<like_pattern> pattern;
};

re2::StringPiece piece(std::string_view s) { return {s.data(), s.size()}; }

/// The pattern of each row: the prepared one, or compiled when it changes.
class row_regex {
 public:
  row_regex(const kernel_call& call, std::size_t argument)
      : prepared_(static_cast<const prepared_regex*>(call.prepared)),
        patterns_(*call.arguments[argument]) {}
  /// The first match and its groups, `groups[0]` the whole; false if there is none.
  bool find(const re2::RE2& regex, std::string_view text, std::span<std::string_view> groups) {
    if (prepared_->simple) {
      const auto outcome = prepared_->simple->find(text, groups);
      if (outcome != simple_regex::outcome::too_long)
        return outcome == simple_regex::outcome::found;
    }
    re2::StringPiece parts[10];
    std::vector<re2::StringPiece> many(groups.size() > 10 ? groups.size() : 0);
    re2::StringPiece* to = many.empty() ? parts : many.data();
    if (!regex.Match(piece(text), 0, text.size(), re2::RE2::UNANCHORED, to,
                     static_cast<int>(groups.size())))
      return false;
    for (std::size_t i = 0; i < groups.size(); ++i) groups[i] = {to[i].data(), to[i].size()};
    return true;
  }
  /// Null for a pattern that is no regular expression.
  const re2::RE2* at(std::uint32_t row) {
    if (prepared_->regex || prepared_->invalid) return prepared_->regex.get();
    const auto text = patterns_[row];
    const auto found = compiled_.find(std::string(text));
    if (found != compiled_.end()) return found->second.get();
    if (compiled_.size() > 1000) compiled_.clear();
    auto made = compile_regex(text);
    return compiled_.emplace(std::string(text), made.ok() ? *made : nullptr).first->second.get();
  }

 private:
  const prepared_regex* prepared_;
  any_text patterns_;
  std::map<std::string, regex_ptr> compiled_;
};

// A bad pattern gives NULL (REGEXP_EXTRACT and its like in Flink do so) unless `Strict`.
template <std::size_t Argument, bool Strict>
result<std::shared_ptr<const prepared_state>> prepare_regex(
    const scalar_overload&, std::span<const data::column_ptr> arguments, const eval_context&) {
  auto out = std::make_shared<prepared_regex>();
  if (arguments[Argument] && !arguments[Argument]->is_null(0)) {
    auto regex = compile_regex(arguments[Argument]->text(0));
    if (!regex.ok() && Strict) return regex.take_error();
    out->invalid = !regex.ok();
    if (regex.ok()) {
      out->regex = *regex;
      out->simple = simple_regex::make(arguments[Argument]->text(0));
    }
  }
  return std::shared_ptr<const prepared_state>(std::move(out));
}

result<data::column_ptr> regexp_extract(const kernel_call& call) {
  const any_text in(*call.arguments[0]);
  const bool grouped = call.arguments.size() == 3;
  std::optional<any_values<std::int32_t>> index;
  if (grouped) index.emplace(*call.arguments[2]);
  row_regex regex(call, 1);
  std::vector<std::string_view> groups;
  return write_texts(call, bytes_of(*call.arguments[0]) / 4,
                     [&](std::uint32_t row, text_writer& out) {
                       const re2::RE2* r = regex.at(row);
                       const std::int32_t group = grouped ? (*index)[row] : 0;
                       if (r == nullptr || group < 0 || group > r->NumberOfCapturingGroups())
                         return out.put_null(row);
                       groups.resize(static_cast<std::size_t>(group) + 1);
                       if (!regex.find(*r, in[row], groups) || groups.back().data() == nullptr)
                         return out.put_null(row);
                       out.put(row, groups.back());
                     });
}

// REGEXP: an empty text or pattern never matches.
result<data::column_ptr> regexp(const kernel_call& call) {
  truth_writer out(call);
  const any_text in(*call.arguments[0]), pattern(*call.arguments[1]);
  row_regex regex(call, 1);
  for_each_valid(call, [&](std::uint32_t row) {
    const re2::RE2* r = pattern[row].empty() ? nullptr : regex.at(row);
    out.at[row] = static_cast<std::uint8_t>(r != nullptr && regex.find(*r, in[row], {}));
  });
  return data::column_ptr(out.column);
}

// Calls `f(hit)` for all matches from left to right until it gives false.
template <class F>
void each_match(const re2::RE2& regex, std::string_view s, int groups, F&& f) {
  std::vector<re2::StringPiece> hit(static_cast<std::size_t>(groups) + 1);
  std::size_t at = 0;
  while (at <= s.size() &&
         regex.Match(piece(s), at, s.size(), re2::RE2::UNANCHORED, hit.data(), groups + 1)) {
    if (!f(hit)) return;
    const auto end = static_cast<std::size_t>(hit[0].data() - s.data()) + hit[0].size();
    const bool empty = hit[0].empty();
    at = empty && end < s.size() ? end + character_size(s[end]) : end + (empty ? 1 : 0);
  }
}

// Whether all hits replaced give more than a column may hold. Hits are counted only where they
// could.
bool grows_too_long(const re2::RE2& regex, std::string_view s, std::size_t with) {
  const auto room = most_text_bytes - std::min(s.size(), most_text_bytes);
  if (with <= room / (s.size() + 1)) return false;
  std::size_t hits = 0;
  each_match(regex, s, 0, [&](const auto&) { return ++hits <= room / with; });
  return hits > room / with;
}

// The replacement stands for itself: no groups in it.
result<data::column_ptr> regexp_replace(const kernel_call& call) {
  const any_text in(*call.arguments[0]), with(*call.arguments[2]);
  row_regex regex(call, 1);
  std::string text, quoted;
  return write_texts(call, bytes_of(*call.arguments[0]), [&](std::uint32_t row, text_writer& out) {
    const re2::RE2* r = regex.at(row);
    if (r == nullptr) return out.put_null(row);
    if (grows_too_long(*r, in[row], with[row].size())) return out.refuse();
    quoted.clear();
    for (const char c : with[row]) quoted += c == '\\' ? std::string("\\\\") : std::string(1, c);
    text.assign(in[row]);
    re2::RE2::GlobalReplace(&text, *r, quoted);
    out.put(row, text);
  });
}

result<data::column_ptr> regexp_count(const kernel_call& call) {
  values_writer<std::int32_t> out(call.result_type, call.rows.stored);
  null_marks nulls(call.rows.stored);
  const any_text in(*call.arguments[0]);
  row_regex regex(call, 1);
  for_each_valid(call, [&](std::uint32_t row) {
    const re2::RE2* r = regex.at(row);
    if (r == nullptr) return nulls.mark(row);
    std::int32_t n = 0;
    each_match(*r, in[row], 0, [&](const auto&) { return ++n > 0; });
    out.at[row] = n;
  });
  out.column->validity = nulls.take();
  return data::column_ptr(out.column);
}

result<data::column_ptr> regexp_instr(const kernel_call& call) {
  values_writer<std::int32_t> out(call.result_type, call.rows.stored);
  null_marks nulls(call.rows.stored);
  const any_text in(*call.arguments[0]);
  row_regex regex(call, 1);
  for_each_valid(call, [&](std::uint32_t row) {
    const re2::RE2* r = regex.at(row);
    if (r == nullptr) return nulls.mark(row);
    const auto s = in[row];
    std::int32_t place = 0;
    each_match(*r, s, 0, [&](const auto& hit) {
      const auto bytes = static_cast<std::size_t>(hit[0].data() - s.data());
      place = static_cast<std::int32_t>(count_characters(s.substr(0, bytes))) + 1;
      return false;
    });
    out.at[row] = place;
  });
  out.column->validity = nulls.take();
  return data::column_ptr(out.column);
}

result<data::column_ptr> regexp_substr(const kernel_call& call) {
  const any_text in(*call.arguments[0]);
  row_regex regex(call, 1);
  return write_texts(call, bytes_of(*call.arguments[0]) / 4,
                     [&](std::uint32_t row, text_writer& out) {
                       const re2::RE2* r = regex.at(row);
                       bool found = false;
                       if (r != nullptr)
                         each_match(*r, in[row], 0, [&](const auto& hit) {
                           out.put(row, {hit[0].data(), hit[0].size()});
                           found = true;
                           return false;
                         });
                       if (!found) out.put_null(row);
                     });
}

// All values of a group (1 unless given), as an array.
result<data::column_ptr> regexp_extract_all(const kernel_call& call) {
  const any_text in(*call.arguments[0]);
  const bool grouped = call.arguments.size() == 3;
  std::optional<any_values<std::int32_t>> index;
  if (grouped) index.emplace(*call.arguments[2]);
  row_regex regex(call, 1);
  data::column_builder out(call.result_type, call.rows.stored);
  std::uint32_t next = 0;
  for_each_valid(call, [&](std::uint32_t row) {
    out.append_nulls(row - next);
    next = row + 1;
    const re2::RE2* r = regex.at(row);
    const std::int32_t group = grouped ? (*index)[row] : 1;
    if (r == nullptr || group < 0 || group > r->NumberOfCapturingGroups()) return out.append_null();
    each_match(*r, in[row], group, [&](const auto& hit) {
      if (hit.back().data() == nullptr)
        out.child(0).append_null();
      else
        out.child(0).append_text({hit.back().data(), hit.back().size()});
      return true;
    });
    out.append_nested();
  });
  out.append_nulls(call.rows.stored - next);
  return out.finish();
}

result<std::shared_ptr<const prepared_state>> prepare_like(
    const scalar_overload&, std::span<const data::column_ptr> arguments, const eval_context&) {
  auto out = std::make_shared<prepared_like>();
  const bool escaped = arguments.size() == 3;
  const bool known = arguments[1] && !arguments[1]->is_null(0) &&
                     (!escaped || (arguments[2] && !arguments[2]->is_null(0)));
  if (known) {
    MILLRACE_TRY(auto pattern,
                 like_pattern::make(arguments[1]->text(0), escaped ? arguments[2]->text(0) : ""));
    out->pattern = std::move(pattern);
  }
  return std::shared_ptr<const prepared_state>(std::move(out));
}

result<data::column_ptr> like(const kernel_call& call) {
  const auto& prepared = static_cast<const prepared_like*>(call.prepared)->pattern;
  if (prepared)
    return map_texts<std::uint8_t>(
        call, [&](std::string_view s) { return static_cast<std::uint8_t>(prepared->matches(s)); });
  truth_writer out(call);
  const any_text in(*call.arguments[0]), patterns(*call.arguments[1]);
  const bool escaped = call.arguments.size() == 3;
  const any_text escape(*call.arguments[escaped ? 2 : 1]);
  std::optional<error> failure;
  const bool whole = try_each_valid(call, [&](std::uint32_t row) {
    auto pattern = like_pattern::make(patterns[row], escaped ? escape[row] : "");
    if (!pattern.ok())
      failure = pattern.take_error();
    else
      out.at[row] = static_cast<std::uint8_t>(pattern->matches(in[row]));
    return !failure;
  });
  if (!whole) return *failure;
  return data::column_ptr(out.column);
}

result<std::shared_ptr<const prepared_state>> prepare_similar(
    const scalar_overload&, std::span<const data::column_ptr> arguments, const eval_context&) {
  auto out = std::make_shared<prepared_regex>();
  if (arguments[1] && !arguments[1]->is_null(0)) {
    const bool escaped = arguments.size() == 3 && arguments[2] && !arguments[2]->is_null(0);
    MILLRACE_TRY(const auto text,
                 similar_to_regex(arguments[1]->text(0), escaped ? arguments[2]->text(0) : ""));
    MILLRACE_TRY(out->regex, compile_regex(text));
  }
  return std::shared_ptr<const prepared_state>(std::move(out));
}

result<data::column_ptr> similar(const kernel_call& call) {
  const auto& fixed = static_cast<const prepared_regex*>(call.prepared)->regex;
  truth_writer out(call);
  const any_text in(*call.arguments[0]), patterns(*call.arguments[1]);
  const bool escaped = call.arguments.size() == 3;
  const any_text escape(*call.arguments[escaped ? 2 : 1]);
  std::optional<error> failure;
  const bool whole = try_each_valid(call, [&](std::uint32_t row) {
    regex_ptr regex = fixed;
    if (!regex) {
      auto text = similar_to_regex(patterns[row], escaped ? escape[row] : "");
      auto made = text.ok() ? compile_regex(*text) : text.take_error();
      if (!made.ok())
        failure = made.take_error();
      else
        regex = *made;
    }
    if (failure) return false;
    out.at[row] = static_cast<std::uint8_t>(re2::RE2::FullMatch(piece(in[row]), *regex));
    return true;
  });
  if (!whole) return *failure;
  return data::column_ptr(out.column);
}

using prepare_function = decltype(scalar_overload::prepare);

template <scalar_kernel Kernel>
result<scalar_overload> resolve_regex(const call_site& site, std::size_t most,
                                      std::string_view letters, const data_type& type,
                                      prepare_function prepare, std::string_view signature) {
  MILLRACE_CHECK(expect_arguments(site, 2, most));
  MILLRACE_TRY(auto o, text_overload(site, letters, type, Kernel, signature));
  o.prepare = prepare;
  return o;
}

template <scalar_kernel Kernel>
result<scalar_overload> nullable_regex(const call_site& site, std::size_t most,
                                       std::string_view letters, const data_type& type,
                                       std::string_view signature) {
  MILLRACE_TRY(
      auto o, resolve_regex<Kernel>(site, most, letters, type, prepare_regex<1, false>, signature));
  o.result_type = o.result_type.as_nullable();
  return o;
}

result<scalar_overload> resolve_extract(const call_site& site) {
  return nullable_regex<regexp_extract>(site, 3, "tti", data_type::string(),
                                        "REGEXP_EXTRACT(string, regex [, group])");
}
result<scalar_overload> resolve_extract_all(const call_site& site) {
  return nullable_regex<regexp_extract_all>(site, 3, "tti", data_type::array(data_type::string()),
                                            "REGEXP_EXTRACT_ALL(string, regex [, group])");
}
result<scalar_overload> resolve_count(const call_site& site) {
  return nullable_regex<regexp_count>(site, 2, "tt", of(type_id::integer),
                                      "REGEXP_COUNT(string, regex)");
}
result<scalar_overload> resolve_instr(const call_site& site) {
  return nullable_regex<regexp_instr>(site, 2, "tt", of(type_id::integer),
                                      "REGEXP_INSTR(string, regex)");
}
result<scalar_overload> resolve_substr(const call_site& site) {
  return nullable_regex<regexp_substr>(site, 2, "tt", data_type::string(),
                                       "REGEXP_SUBSTR(string, regex)");
}
result<scalar_overload> resolve_replace(const call_site& site) {
  MILLRACE_CHECK(expect_arguments(site, 3, 3));
  return nullable_regex<regexp_replace>(site, 3, "ttt", data_type::string(),
                                        "REGEXP_REPLACE(string, regex, replacement)");
}
result<scalar_overload> resolve_regexp(const call_site& site) {
  return resolve_regex<regexp>(site, 2, "tt", of(type_id::boolean), prepare_regex<1, false>,
                               "REGEXP(string, regex)");
}
result<scalar_overload> resolve_like(const call_site& site) {
  MILLRACE_TRY(auto o, resolve_regex<like>(site, 3, "ttt", of(type_id::boolean), prepare_like,
                                           "string LIKE pattern [ESCAPE character]"));
  o.can_fail = !site.literals[1];
  return o;
}
result<scalar_overload> resolve_similar(const call_site& site) {
  MILLRACE_TRY(auto o, resolve_regex<similar>(site, 3, "ttt", of(type_id::boolean), prepare_similar,
                                              "string SIMILAR TO pattern [ESCAPE character]"));
  o.can_fail = !site.literals[1];
  return o;
}

constexpr std::string_view family = "string";

constexpr scalar_function table[] = {
    {"LIKE", family, "string LIKE pattern [ESCAPE character]",
     "TRUE if the text has the form: % is any text, _ any character.", resolve_like},
    {"SIMILAR TO", family, "string SIMILAR TO pattern [ESCAPE character]",
     "TRUE if the text has the form of the SQL regular expression.", resolve_similar},
    {"REGEXP", family, "REGEXP(string, regex)",
     "TRUE if a part of the text matches; FALSE for an empty pattern.", resolve_regexp},
    {"REGEXP_EXTRACT", family, "REGEXP_EXTRACT(string, regex [, group])",
     "What the first match, or a group of it, holds; NULL without a match.", resolve_extract},
    {"REGEXP_EXTRACT_ALL", family, "REGEXP_EXTRACT_ALL(string, regex [, group])",
     "What all matches hold in a group (1), as an array.", resolve_extract_all},
    {"REGEXP_REPLACE", family, "REGEXP_REPLACE(string, regex, replacement)",
     "All matches replaced; the replacement stands for itself.", resolve_replace},
    {"REGEXP_COUNT", family, "REGEXP_COUNT(string, regex)", "The number of matches.",
     resolve_count},
    {"REGEXP_INSTR", family, "REGEXP_INSTR(string, regex)",
     "Where the first match stands, counted from 1; 0 without one.", resolve_instr},
    {"REGEXP_SUBSTR", family, "REGEXP_SUBSTR(string, regex)", "The first match; NULL without one.",
     resolve_substr},
};

}  // namespace

std::span<const scalar_function> pattern_functions() { return table; }

}  // namespace millrace::expr
