#pragma once

#include "core/data/types.hpp"
#include "core/expr/aggregate_function.hpp"
#include "core/expr/bound_expr.hpp"
#include "core/expr/table_function.hpp"
#include "core/plan/catalog.hpp"
#include "core/plan/window.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace millrace::plan {

struct logical_node;
/// Immutable and shared: a view used twice is one node with two parents (shared sub-plan).
using logical_ptr = std::shared_ptr<const logical_node>;

/// Whether a column carries event time (watermarks speak of it) or stands for the wall clock.
enum class time_attribute : std::uint8_t { none, row_time, processing_time };

struct logical_column {
  std::string name;
  data::data_type type;
  time_attribute time = time_attribute::none;
};

/// One call of an aggregate, over columns of the node's input.
struct aggregate_call {
  std::string function;  ///< canonical name
  expr::aggregate_overload
      overload;  ///< resolved for insert-only input; the planner resolves again for retract
  std::vector<std::uint32_t> arguments;  ///< input columns (the binder projects expressions first)
  std::optional<std::uint32_t> filter;   ///< boolean input column of FILTER (WHERE ...)
  bool distinct = false;
  std::vector<expr::expr_ptr>
      constants;  ///< literal arguments by position (separator of LISTAGG), else null
  std::string name;
};

struct sort_key {
  std::uint32_t column = 0;
  bool descending = false;
  bool nulls_first =
      false;  ///< default of Flink: NULL is the smallest value (first for ASC, last for DESC)
};

/// A table read. As the binder makes it: all columns of the definition, computed ones included, in
/// their order. After pruning, `kept` says which columns of the table the output has; a ROW column
/// may have lost fields (`logical_node::columns` has its type). The table's watermark is always
/// part of a scan.
struct scan_node {
  table_ptr table;
  std::optional<std::vector<std::uint32_t>> kept;
};
/// Literal rows.
struct values_node {
  std::vector<std::vector<expr::expr_ptr>> rows;
};
struct project_node {
  std::vector<expr::expr_ptr> expressions;
};
struct filter_node {
  expr::expr_ptr condition;
};
/// GROUP BY. Output: group columns in order, then (if there are several grouping sets) the BIGINT
/// grouping id that GROUPING_ID() reads, then one column per call. `sets` lists, per grouping set,
/// which of `groups` are kept.
struct aggregate_node {
  std::vector<std::uint32_t> groups;
  std::vector<std::vector<std::uint32_t>>
      sets;  ///< indices into groups; empty: one set of all groups
  std::vector<aggregate_call> calls;
};
/// A windowing table function. Output: the input's columns, then window_start, window_end
/// (TIMESTAMP(3)) and window_time (time attribute). SESSION has `partition` columns.
struct window_function_node {
  window_spec window;
  std::vector<std::uint32_t> partition;
};
/// Legacy GROUP BY TUMBLE/HOP/SESSION(...): output: groups, calls, then window_start, window_end,
/// row time, proc time.
struct group_window_node {
  window_spec window;
  std::vector<std::uint32_t> groups;
  std::vector<aggregate_call> calls;
};
enum class join_kind : std::uint8_t { inner, left, right, full, semi, anti };
/// Output: left columns then right columns (left only for semi and anti). `condition` reads both,
/// left first.
struct join_node {
  join_kind kind = join_kind::inner;
  expr::expr_ptr condition;  ///< null: TRUE
};
/// JOIN t FOR SYSTEM_TIME AS OF left.time: lookup when the time is processing time, versioned when
/// event time.
struct temporal_join_node {
  join_kind kind = join_kind::inner;  ///< inner or left
  std::uint32_t time_column = 0;      ///< of the left input
  expr::expr_ptr condition;
  bool lookup = false;  ///< input 1 is then a bare scan (with calc above it)
};
/// LATERAL TABLE(f(...)) and UNNEST: output: left columns, then the function's.
struct correlate_node {
  std::string function;
  expr::table_overload overload;
  std::vector<expr::expr_ptr> arguments;  ///< over the left columns
  bool outer = false;                     ///< LEFT JOIN ... ON TRUE
};
/// OVER windows that share partition and order. Output: input columns, then one per call.
struct over_call {
  std::string function;  ///< ROW_NUMBER, RANK, DENSE_RANK, NTILE, LAG, LEAD, ..., or an aggregate
  std::optional<expr::aggregate_overload> overload;
  std::vector<std::uint32_t> arguments;
  std::vector<expr::expr_ptr> constants;  ///< offset and default of LAG, buckets of NTILE
  bool distinct = false;
  data::data_type type;
  std::string name;
};
struct over_frame {
  bool rows = false;                      ///< ROWS, else RANGE
  std::optional<std::int64_t> preceding;  ///< rows or milliseconds; absent: unbounded
  std::int64_t following = 0;             ///< CURRENT ROW = 0
};
struct over_node {
  std::vector<std::uint32_t> partition;
  std::vector<sort_key> order;
  over_frame frame;
  std::vector<over_call> calls;
};
/// ORDER BY, LIMIT, OFFSET (any part may be absent).
struct sort_node {
  std::vector<sort_key> keys;
  std::optional<std::int64_t> limit;
  std::int64_t offset = 0;
};
enum class set_kind : std::uint8_t { union_all, intersect, except };
/// Inputs have one type. `all` is always true for union_all (UNION DISTINCT has an aggregate above
/// it).
struct set_node {
  set_kind kind = set_kind::union_all;
  bool all = true;
};
/// MATCH_RECOGNIZE; see core/plan/pattern.hpp.
struct match_spec;
struct match_node {
  std::shared_ptr<const match_spec> match;
};
/// Gives the single row of its input, NULLs when empty; more than one row is error 3010.
struct single_row_node {};
/// The root of an INSERT (or of a SELECT, whose table the session makes up).
struct sink_node {
  table_ptr table;
  std::vector<std::int32_t> source_of;  ///< per physical sink column: input column, -1 = NULL
  bool overwrite = false;
  bool collect = false;  ///< a SELECT's own output
};

using logical_detail = std::variant<scan_node, values_node, project_node, filter_node,
                                    aggregate_node, window_function_node, group_window_node,
                                    join_node, temporal_join_node, correlate_node, over_node,
                                    sort_node, set_node, match_node, single_row_node, sink_node>;

struct logical_node {
  logical_detail detail;
  std::vector<logical_ptr> inputs;
  std::vector<logical_column> columns;  ///< the output's
  option_map hints;                     ///< STATE_TTL, LOOKUP, BROADCAST, ...
};

}  // namespace millrace::plan
