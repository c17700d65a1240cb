#pragma once

#include "core/plan/logical/logical_plan.hpp"
#include "core/plan/pattern.hpp"
#include "core/plan/window.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

// What each physical operator is told by the planner: plain data, one struct per operator of
// core/operators. Column indices are of the operator's input (left input first where there are
// two). Input and output columns stand in the physical_node that holds the spec.
//
// `at_end` (batch mode): the operator gives nothing that a later row could change; what it keeps it
// gives, as inserts, when its inputs have ended.

namespace millrace::plan {

/// Reads a table. Output: one column per entry of `reads`, then nothing else; computed columns and
/// watermarks are operators of their own behind it.
struct source_spec {
  table_ptr table;
  /// A column to read, possibly only parts of a ROW: the output type of a pruned ROW has just these
  /// fields.
  struct read {
    std::uint32_t column = 0;  ///< of the table (physical or metadata)
    data::data_type type;      ///< pruned type; fields keep their names
  };
  std::vector<read> reads;
  expr::expr_ptr filter;  ///< over `reads`; a source may drop rows that fail it, or ignore it
  std::optional<std::int64_t> limit;  ///< no more rows than this are needed
};
/// Literal rows, each column constant-folded: one batch.
struct values_spec {
  std::vector<data::column_ptr> columns;
  std::uint32_t rows = 0;
};
/// Generates watermarks: max(expression) - 1 ms semantics are the expression's; emits at most every
/// `interval_ms` of processing time (0: after every row whose watermark grows), always before a row
/// that is late against it.
struct watermark_spec {
  std::uint32_t time_column = 0;
  expr::expr_ptr expression;
  std::int64_t interval_ms = 200;
  std::int64_t idle_timeout_ms = 0;  ///< 0: never idle
};
/// Filter, then projection. `condition` may be null; `columns` in output order.
struct calc_spec {
  expr::expr_ptr condition;
  std::vector<expr::expr_ptr> columns;
};
/// Rows of several inputs, unchanged.
struct union_spec {};
/// Each row once per entry: `keep[s][c]` false makes column c NULL; the last output column is the
/// grouping id.
struct expand_spec {
  std::vector<std::vector<bool>> keep;
  std::vector<std::int64_t> grouping_ids;
};
struct correlate_spec {
  std::string function;
  expr::table_overload overload;
  std::vector<expr::expr_ptr> arguments;
  bool outer = false;
};
/// Which part of an aggregation an operator does (Flink: table.optimizer.agg-phase-strategy).
enum class aggregate_phase : std::uint8_t {
  single,  ///< rows in, results out
  local,   ///< rows in, partial states out (as VARBINARY accumulator columns), flushed per batch
           ///< bundle
  global,  ///< partial states in, results out
};
/// Unbounded GROUP BY. Output: groups, calls.
///
/// In two phases the local half gives groups, one BYTES per call (its state), and if the input
/// retracts a BIGINT (rows added minus rows taken back); the global half takes just that, its
/// `groups` being the first columns. DISTINCT calls and those that need ordered values are not for
/// two phases; `calls` (overloads, constants) are the same in both.
struct group_aggregate_spec {
  std::vector<std::uint32_t> groups;
  std::vector<aggregate_call> calls;
  aggregate_phase phase = aggregate_phase::single;
  bool retracting_input = false;
  bool emit_update_before = true;
  bool mini_batch = false;  ///< emit once per bundle instead of once per row
  std::int64_t mini_batch_rows = 0;
  std::int64_t mini_batch_ms = 0;
  std::int64_t ttl_ms = 0;
  bool at_end = false;
};
/// Appends window_start, window_end, window_time (HOP and CUMULATE give a row several times).
struct window_assign_spec {
  window_spec window;
  std::vector<std::uint32_t> partition;  ///< SESSION: rows are held until their window closes
};
/// GROUP BY over windows: results when the watermark passes the window's end.
/// Output: groups, calls, then what `properties` lists.
struct window_aggregate_spec {
  enum class property : std::uint8_t { window_start, window_end, window_time, proc_time };
  /// Where the windows come from: `window` over a time column, or columns that an earlier window
  /// made.
  std::optional<window_spec> window;
  std::uint32_t start_column = 0;
  std::uint32_t end_column = 0;
  bool local_zone = false;  ///< the columns are in the session zone (TIMESTAMP_LTZ windows)
  std::vector<std::uint32_t>
      groups;  ///< without window columns; for SESSION the keys of the session
  std::vector<aggregate_call> calls;
  std::vector<property> properties;
  aggregate_phase phase = aggregate_phase::single;  ///< local: slices; global: slice states in
  bool retracting_input = false;
};
/// ROW_NUMBER() = 1 on a time attribute: first or last row per key.
struct deduplicate_spec {
  std::vector<std::uint32_t> keys;
  std::uint32_t order_column = 0;
  bool row_time = true;
  bool keep_last = false;
  bool emit_update_before = true;
  bool every_version = false;  ///< read by a temporal join: no version may be left out
  std::int64_t ttl_ms = 0;
  bool at_end = false;
};
/// Top-N: rows of rank [first, last] per partition.
struct rank_spec {
  enum class function : std::uint8_t { row_number, rank, dense_rank };
  function what = function::row_number;
  std::vector<std::uint32_t> partition;
  std::vector<sort_key> order;
  std::int64_t first = 1;
  std::int64_t last = 1;
  bool output_rank = false;       ///< the last output column, BIGINT
  bool retracting_input = false;  ///< else inserts only
  std::vector<std::uint32_t>
      upsert_key;  ///< of the input; with upsert input the row with this key is replaced
  bool emit_update_before = true;
  std::int64_t ttl_ms = 0;
  bool at_end = false;
};
/// Top-N or deduplication inside windows: state is dropped when the watermark passes window_end;
/// inserts only.
struct window_rank_spec {
  rank_spec rank;                ///< partition without the window columns
  std::uint32_t end_column = 0;  ///< window_end
  bool local_zone = false;       ///< which is in the session zone
};
/// ORDER BY a row time (and further keys): rows leave when the watermark passes them.
struct temporal_sort_spec {
  std::vector<sort_key> keys;
};
/// ORDER BY of bounded input: rows leave, sorted, at its end.
struct sort_spec {
  std::vector<sort_key> keys;
};
/// LIMIT without ORDER BY over inserts.
struct limit_spec {
  std::int64_t offset = 0;
  std::int64_t limit = 0;
};
/// How a join side's rows are kept (Flink: JoinInputSideSpec).
enum class join_side_layout : std::uint8_t { join_key_is_unique, has_unique_key, no_unique_key };
/// Join of changelogs; both sides kept. Output: left then right columns (semi, anti: left).
struct join_spec {
  join_kind kind = join_kind::inner;
  std::vector<std::uint32_t> left_keys;
  std::vector<std::uint32_t> right_keys;  ///< of the right input
  std::vector<bool> null_matches;         ///< per key: IS NOT DISTINCT FROM
  expr::expr_ptr condition;               ///< further condition over both; may be null
  join_side_layout left_layout = join_side_layout::no_unique_key;
  join_side_layout right_layout = join_side_layout::no_unique_key;
  std::vector<std::uint32_t> left_unique_key;
  std::vector<std::uint32_t> right_unique_key;
  bool left_retracts = false;
  bool right_retracts = false;
  bool emit_update_before = true;
  std::int64_t left_ttl_ms = 0;
  std::int64_t right_ttl_ms = 0;
  bool at_end = false;
};
/// Join of insert-only inputs bound by time: left.time - right.time in [lower_ms, upper_ms].
struct interval_join_spec {
  join_kind kind = join_kind::inner;
  std::vector<std::uint32_t> left_keys;
  std::vector<std::uint32_t> right_keys;
  std::uint32_t left_time = 0;
  std::uint32_t right_time = 0;
  std::int64_t lower_ms = 0;
  std::int64_t upper_ms = 0;
  bool row_time = true;
  expr::expr_ptr condition;  ///< the rest, over both
};
/// Join of two windowed inputs on equal windows; rows leave when the watermark passes the window.
struct window_join_spec {
  join_kind kind = join_kind::inner;
  std::vector<std::uint32_t> left_keys;
  std::vector<std::uint32_t> right_keys;
  std::uint32_t left_window_end = 0;
  std::uint32_t right_window_end = 0;
  expr::expr_ptr condition;
  bool local_zone = false;  ///< window ends are in the session zone
};
/// Event-time join with the version of the right side that was valid at the left row's time.
struct temporal_join_spec {
  join_kind kind = join_kind::inner;
  std::vector<std::uint32_t> left_keys;
  std::vector<std::uint32_t> right_keys;
  std::uint32_t left_time = 0;
  std::uint32_t right_time = 0;
  expr::expr_ptr condition;
};
/// Join with a table that is asked (or read whole) as rows come.
struct lookup_join_spec {
  join_kind kind = join_kind::inner;
  table_ptr table;
  std::vector<source_spec::read> reads;       ///< columns of the table that the right side gives
  expr::expr_ptr right_filter;                ///< over `reads`; may be null
  std::vector<expr::expr_ptr> right_columns;  ///< calc over `reads`; the right part of the output
  std::vector<expr::expr_ptr> left_keys;      ///< over the left input
  std::vector<std::uint32_t> right_keys;      ///< over the calc's output
  expr::expr_ptr condition;                   ///< the rest, over both
};
struct over_spec {
  /// row_time: a row leaves when the watermark passes it; processing_time: rows in order of
  /// arrival; value: order by any columns, over any changelog; earlier results are corrected.
  enum class order_kind : std::uint8_t { row_time, processing_time, value };
  over_node over;
  order_kind order = order_kind::row_time;
  bool at_end = false;
  bool retracting_input = false;
  bool emit_update_before = true;
  std::int64_t ttl_ms = 0;
};
struct match_operator_spec {
  std::shared_ptr<const match_spec> match;
};
/// INTERSECT ALL, EXCEPT ALL and their distinct forms over counts per row.
struct set_operation_spec {
  set_kind kind = set_kind::intersect;
  bool all = false;
  bool emit_update_before = true;
  bool at_end = false;
};
struct single_row_spec {
  bool at_end = false;
};
/// Upsert input made whole: -U and -D get their full old row; doubles are dropped.
struct changelog_normalize_spec {
  std::vector<std::uint32_t> keys;
  bool emit_update_before = true;
  std::int64_t ttl_ms = 0;
  bool at_end = false;
};
/// Puts rows of one sink key in the order of their changes when the upsert key differs from it.
struct upsert_materialize_spec {
  std::vector<std::uint32_t> keys;
  std::vector<std::uint32_t> input_upsert_key;
  std::int64_t ttl_ms = 0;
};
/// Writes a table, or hands rows to the session (`collect`).
struct sink_spec {
  table_ptr table;
  std::vector<std::int32_t> source_of;  ///< per physical sink column: input column, -1 = NULL
  std::vector<std::uint32_t> upsert_key;
  bool overwrite = false;
  bool collect = false;
  bool drop_null_rows = false;  ///< table.exec.sink.not-null-enforcer = DROP
};

using operator_spec =
    std::variant<source_spec, values_spec, watermark_spec, calc_spec, union_spec, expand_spec,
                 correlate_spec, group_aggregate_spec, window_assign_spec, window_aggregate_spec,
                 deduplicate_spec, rank_spec, window_rank_spec, temporal_sort_spec, sort_spec,
                 limit_spec, join_spec, interval_join_spec, window_join_spec, temporal_join_spec,
                 lookup_join_spec, over_spec, match_operator_spec, set_operation_spec,
                 single_row_spec, changelog_normalize_spec, upsert_materialize_spec, sink_spec>;

}  // namespace millrace::plan
