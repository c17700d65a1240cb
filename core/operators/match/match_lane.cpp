#include "core/operators/match/match_lane.hpp"

#include <algorithm>

namespace millrace::operators {

void match_lane::time_out(timestamp_ms time, std::int64_t within_ms) {
  if (within_ms <= 0) return;
  std::erase_if(runs, [&](const match_run& run) { return time >= within_ms + times[run.start]; });
}

bool match_lane::may_start() const {
  return at >= old_rows || std::ranges::binary_search(open_starts, at);
}

void match_lane::release(const plan::match_spec& spec) {
  const auto by_start = [](const match_run& a, const match_run& b) { return a.start < b.start; };
  while (!completed.empty()) {
    const auto earliest = std::ranges::min_element(completed, by_start);
    const bool waits = std::ranges::any_of(
        runs, [&](const match_run& run) { return run.start < earliest->start; });
    if (waits) return;
    const match_run match = *earliest;
    completed.erase(earliest);
    matches.push_back(match);
    skip(spec, match);
  }
}

void match_lane::drop_starts_below(std::uint32_t row) {
  const auto below = [row](const match_run& run) { return run.start < row; };
  std::erase_if(runs, below);
  std::erase_if(completed, below);
}

void match_lane::skip(const plan::match_spec& spec, const match_run& match) {
  drop_starts_below(match.start + 1);
  const row_range& target = match.taken[spec.skip_variable];
  switch (spec.skip) {
    case plan::skip_kind::to_next_row: return;
    case plan::skip_kind::past_last_row: return drop_starts_below(match.next);
    case plan::skip_kind::to_first:
      if (target.size() > 0) drop_starts_below(target.begin);
      return;
    case plan::skip_kind::to_last:
      if (target.size() > 0) drop_starts_below(target.end - 1);
      return;
  }
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
