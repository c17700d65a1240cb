#include "core/operators/match/match_lane.hpp"

#include <algorithm>
#include <string>

namespace millrace::operators {

void match_lane::time_out(timestamp_ms time, std::int64_t within_ms) {
  if (within_ms <= 0) return;
  std::erase_if(runs, [&](const match_run& run) { return time >= within_ms + times[run.start]; });
}

bool match_lane::may_start() const {
  return at >= old_rows || std::ranges::binary_search(open_starts, at);
}

result<void> match_lane::release(const plan::match_spec& spec) {
  const auto by_start = [](const match_run& a, const match_run& b) { return a.start < b.start; };
  while (!completed.empty()) {
    const auto earliest = std::ranges::min_element(completed, by_start);
    const bool waits = std::ranges::any_of(
        runs, [&](const match_run& run) { return run.start < earliest->start; });
    if (waits) return {};
    const match_run match = *earliest;
    completed.erase(earliest);
    matches.push_back(match);
    MILLRACE_CHECK(skip(spec, match));
  }
  return {};
}

void match_lane::drop_starts_below(std::uint32_t row) {
  const auto below = [row](const match_run& run) { return run.start < row; };
  std::erase_if(runs, below);
  std::erase_if(completed, below);
}

namespace {

// The row at which AFTER MATCH SKIP TO FIRST or LAST goes on. The standard asks for one, and for
// another than the match's first, which would be found again for ever.
result<std::uint32_t> skip_target(const plan::match_spec& spec, const match_run& match) {
  const row_range& target = match.taken[spec.skip_variable];
  const std::string name = "'" + spec.variables[spec.skip_variable] + "'";
  if (target.size() == 0)
    return make_error(errc::runtime_bad_argument,
                      "AFTER MATCH SKIP TO " + name + ": no row of the match is one for it",
                      "skip to a variable that every match has, or PAST LAST ROW");
  const std::uint32_t row = spec.skip == plan::skip_kind::to_first ? target.begin : target.end - 1;
  if (row == match.start)
    return make_error(errc::runtime_bad_argument,
                      "AFTER MATCH SKIP TO " + name + " leads back to the first row of its match",
                      "skip to a later variable, TO NEXT ROW or PAST LAST ROW");
  return row;
}

}  // namespace

result<void> match_lane::skip(const plan::match_spec& spec, const match_run& match) {
  drop_starts_below(match.start + 1);
  if (spec.skip == plan::skip_kind::to_next_row) return {};
  if (spec.skip == plan::skip_kind::past_last_row) {
    drop_starts_below(match.next);
    return {};
  }
  MILLRACE_TRY(const auto row, skip_target(spec, match));
  drop_starts_below(row);
  return {};
}

std::vector<std::uint32_t> match_lane::undecided() const {
  std::vector<std::uint32_t> out;
  for (const auto& run : runs) out.push_back(run.start);
  for (const auto& run : completed) out.push_back(run.start);
  std::ranges::sort(out);
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

}  // namespace millrace::operators
