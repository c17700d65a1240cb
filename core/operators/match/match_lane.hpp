#pragma once

#include "core/operators/match/match_run.hpp"
#include "core/tables/item_table.hpp"

#include <cstdint>
#include <deque>
#include <string_view>
#include <vector>

namespace millrace::operators {

/// One partition while its rows are being matched, row after row.
///
/// Every row may start a run. Of completed runs the one with the earliest start leaves first, and
/// none leaves while an earlier start is still open: it may skip over them. Sans tables: fed with
/// decisions, it says which runs are alive.
/// Source: Flink's NFA and AfterMatchSkipStrategy.
class match_lane {
 public:
  tables::key_handle rows;                 ///< of the kept rows
  char* payload = nullptr;                 ///< of the partition's state
  std::uint32_t base = 0;                  ///< of its rows among all at hand
  std::uint32_t count = 0;                 ///< rows
  std::uint32_t old_rows = 0;              ///< rows in front that were there before
  std::vector<std::uint32_t> open_starts;  ///< old rows whose runs are undecided
  std::vector<timestamp_ms> times;

  std::uint32_t at = 0;  ///< the row whose turn it is
  std::vector<match_run> runs;
  std::vector<match_run> completed;
  std::vector<match_run> matches;  ///< that have left, in order

  /// Drops runs that have lasted `within_ms` or longer at `time`.
  void time_out(timestamp_ms time, std::int64_t within_ms);
  /// Lets completed runs leave that no open run can skip over. Error 3004 where AFTER MATCH SKIP TO
  /// names a variable without rows, or leads back to the first row of its match.
  [[nodiscard]] result<void> release(const plan::match_spec& spec);
  /// True if a run may start at the row whose turn it is.
  [[nodiscard]] bool may_start() const;
  /// Starts of open and held runs, ascending, each once.
  [[nodiscard]] std::vector<std::uint32_t> undecided() const;

 private:
  [[nodiscard]] result<void> skip(const plan::match_spec& spec, const match_run& match);
  void drop_starts_below(std::uint32_t row);
};

}  // namespace millrace::operators
