#include "core/sql/bind/match_pattern.hpp"

#include "core/sql/bind/relation.hpp"

#include <algorithm>

namespace millrace::sql {

using plan::pattern_term;

namespace {

error refused(text_position at, std::string what, std::string hint) {
  return make_error(errc::sql_bad_pattern, at, std::move(what), std::move(hint));
}

class pattern_reader {
 public:
  explicit pattern_reader(pattern_names& names) : names_(names) {}

  result<pattern_term> read(const row_pattern& p) {
    switch (p.kind) {
      case pattern_kind::variable: return variable(p);
      case pattern_kind::concatenation: return sequence(p);
      case pattern_kind::alternation:
        return refused(p.at, "alternation in a pattern is not supported",
                       "define one variable with OR, or write two queries");
      case pattern_kind::permute:
        return refused(p.at, "PERMUTE in a pattern is not supported", "write the order out");
      case pattern_kind::exclusion:
        return refused(p.at, "exclusion {- -} in a pattern is not supported", "leave it out");
      case pattern_kind::start_anchor:
      case pattern_kind::end_anchor:
        return refused(p.at, "a stream has no start or end to anchor a pattern to",
                       "leave ^ and $ out");
      case pattern_kind::empty: break;
    }
    return refused(p.at, "an empty pattern is not supported", "name a variable");
  }

 private:
  result<pattern_term> variable(const row_pattern& p) {
    const auto& text = p.variable.text;
    if (names_.meaning.count(text) != 0)
      return refused(p.variable.at, "variable '" + text + "' stands twice in the pattern",
                     "give each place a variable of its own");
    pattern_term term;
    term.variable = static_cast<std::uint32_t>(names_.variables.size());
    names_.variables.push_back(text);
    names_.meaning[text] = {term.variable};
    MILLRACE_CHECK(quantify(p, term));
    return term;
  }

  static result<void> quantify(const row_pattern& p, pattern_term& term) {
    if (!p.quantifier) return {};
    const auto& q = *p.quantifier;
    constexpr std::uint32_t most = 1'000'000;
    if (q.low > most || (q.high && (*q.high > most || *q.high < q.low || *q.high == 0)))
      return refused(q.at, "this quantifier is out of range",
                     "the upper bound must be at least 1, the lower bound and at most 1000000");
    term.at_least = static_cast<std::int32_t>(q.low);
    term.at_most = q.high ? static_cast<std::int32_t>(*q.high) : -1;
    term.reluctant = q.reluctant;
    return {};
  }

  result<pattern_term> sequence(const row_pattern& p) {
    const bool plain = !p.quantifier || (p.quantifier->low == 1 && p.quantifier->high == 1u);
    if (!plain)
      return refused(p.at, "a quantifier of a group is not supported", "quantify single variables");
    pattern_term term;
    term.what = pattern_term::kind::concatenation;
    for (const auto& child : p.children) {
      MILLRACE_TRY(auto part, read(child));
      term.parts.push_back(std::move(part));
    }
    return term;
  }

  pattern_names& names_;
};

const pattern_term& last_term(const pattern_term& term) {
  return term.parts.empty() ? term : last_term(term.parts.back());
}

bool may_be_empty(const pattern_term& term) {
  if (term.at_least == 0) return true;
  return !term.parts.empty() && std::ranges::all_of(term.parts, may_be_empty);
}

result<void> add_subsets(const match_clause& clause, pattern_names& names) {
  for (const auto& subset : clause.subsets) {
    if (names.meaning.count(subset.variable.text) != 0)
      return refused(subset.variable.at,
                     "'" + subset.variable.text + "' of SUBSET is a variable already",
                     "use another name");
    std::vector<std::uint32_t> members;
    for (const auto& m : subset.members) {
      const auto found = std::find(names.variables.begin(), names.variables.end(), m.text);
      if (found == names.variables.end())
        return refused(m.at, "SUBSET names '" + m.text + "', which is not in the pattern",
                       hint_for(m.text, names.variables));
      members.push_back(static_cast<std::uint32_t>(found - names.variables.begin()));
    }
    std::sort(members.begin(), members.end());
    names.meaning[subset.variable.text] = std::move(members);
  }
  return {};
}

result<void> bind_skip(const match_clause& clause, const pattern_names& names,
                       plan::match_spec& spec) {
  switch (clause.skip) {
    case match_skip::past_last_row: spec.skip = plan::skip_kind::past_last_row; return {};
    case match_skip::none:
    case match_skip::to_next_row: spec.skip = plan::skip_kind::to_next_row; return {};
    case match_skip::to_first: spec.skip = plan::skip_kind::to_first; break;
    case match_skip::to_last:
    case match_skip::to_variable: spec.skip = plan::skip_kind::to_last; break;
  }
  const auto& target = *clause.skip_target;
  const auto found = std::find(names.variables.begin(), names.variables.end(), target.text);
  if (found == names.variables.end())
    return refused(target.at, "SKIP TO names '" + target.text + "', which is not in the pattern",
                   hint_for(target.text, names.variables));
  spec.skip_variable = static_cast<std::uint32_t>(found - names.variables.begin());
  return {};
}

}  // namespace

result<pattern_names> bind_pattern(const match_clause& clause, plan::match_spec& spec) {
  pattern_names names;
  MILLRACE_TRY(spec.pattern, pattern_reader(names).read(clause.pattern));
  if (may_be_empty(spec.pattern))
    return refused(clause.pattern.at, "the pattern could match no rows at all",
                   "let at least one variable be there always");
  const auto& last = last_term(spec.pattern);
  if (last.at_most != 1 && last.at_most != last.at_least && !last.reluctant)
    return refused(clause.pattern.at,
                   "the last variable of a pattern, '" + names.variables[last.variable] +
                       "', cannot be greedy",
                   "end with a single variable, or make the quantifier reluctant: +?, *?");
  spec.variables = names.variables;
  MILLRACE_CHECK(add_subsets(clause, names));
  MILLRACE_CHECK(bind_skip(clause, names, spec));
  return names;
}

}  // namespace millrace::sql
