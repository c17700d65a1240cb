#include "core/operators/match/match_run.hpp"

namespace millrace::operators {

result<match_pattern> match_pattern::make(const plan::pattern_term& term) {
  match_pattern pattern;
  MILLRACE_CHECK(pattern.add(term));
  return pattern;
}

result<void> match_pattern::add(const plan::pattern_term& term) {
  using kind = plan::pattern_term::kind;
  const bool plain = term.at_least == 1 && term.at_most == 1;
  if (term.what == kind::concatenation && plain) {
    for (const auto& part : term.parts) MILLRACE_CHECK(add(part));
    return {};
  }
  if (term.what != kind::variable)
    return make_error(errc::sql_not_supported,
                      "a pattern of alternatives, exclusions or quantified groups is not supported",
                      "quantify single variables");
  elements_.push_back({term.variable, static_cast<std::uint32_t>(term.at_least),
                       term.at_most < 0 ? std::numeric_limits<std::uint32_t>::max()
                                        : static_cast<std::uint32_t>(term.at_most),
                       term.reluctant || (term.at_least == 0 && term.at_most == 1)});
  return {};
}

bool match_pattern::complete(std::uint32_t at, std::uint32_t taken) const {
  if (taken < elements_[at].at_least) return false;
  for (std::uint32_t i = at + 1; i < size(); ++i)
    if (elements_[i].at_least > 0) return false;
  return true;
}

match_run match_run::with(std::uint32_t at, std::uint32_t variable) const {
  match_run out = *this;
  row_range& rows = out.taken[variable];
  if (rows.size() == 0) rows.begin = next;
  rows.end = ++out.next;
  out.element = at;
  return out;
}

std::uint32_t match_run::count(std::span<const std::uint32_t> variables) const {
  if (variables.empty()) return next - start;
  std::uint32_t n = 0;
  for (const std::uint32_t v : variables) n += taken[v].size();
  return n;
}

// Variables are numbered in the order of the pattern, and so are their rows.
std::uint32_t match_run::row(std::span<const std::uint32_t> variables, std::uint32_t n) const {
  if (variables.empty()) return start + n;
  for (const std::uint32_t v : variables) {
    if (n < taken[v].size()) return taken[v].begin + n;
    n -= taken[v].size();
  }
  return next;
}

}  // namespace millrace::operators
