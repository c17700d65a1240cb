#pragma once

#include "core/base/clock.hpp"
#include "core/base/result.hpp"
#include "core/data/column.hpp"
#include "core/expr/row_set.hpp"

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::expr {

struct bound_expr;

/// What every evaluation may read. Owned by the operator, used on its task's thread only.
struct eval_context {
  const clock* time = nullptr;
  std::string time_zone =
      "UTC";                     ///< session zone (`table.local-time-zone`), an IANA name or offset
  timestamp_ms query_start = 0;  ///< CURRENT_TIMESTAMP of a bounded (batch) query
  timestamp_ms watermark = min_watermark;  ///< the operator's, for CURRENT_WATERMARK
  std::uint64_t random_seed = 0;           ///< advanced by RAND and UUID
  /// Set by failing kernels: the stored row that failed, for error reports.
  std::uint32_t failed_row = 0;
};

/// Anything a function prepared once from its constant arguments (a compiled pattern, a zone).
/// Immutable.
struct prepared_state {
  virtual ~prepared_state() = default;
};

/// One call of a kernel over one batch.
struct kernel_call {
  const data::data_type& result_type;
  std::span<const data::column_ptr> arguments;  ///< flat or constant, of the overload's types
  const row_set& rows;
  eval_context& context;
  const prepared_state* prepared;
  /// Of an overload with `null_in_null_out`: the validity bits of all arguments together, null when
  /// no argument has nulls. Kernels that may fail, or are dear, skip the other rows.
  const std::uint64_t* valid = nullptr;
};

/// Computes one column. Errors: 3001, 3002, 3003, 3004 with the value in the message.
using scalar_kernel = result<data::column_ptr> (*)(const kernel_call&);

/// Calls that do not evaluate all their arguments for all rows; the evaluator runs them itself.
enum class special_form : std::uint8_t {
  none,
  logical_and,
  logical_or,
  case_when,
  coalesce,
  if_then
};

/// What a call was resolved to, once its argument types are known.
struct scalar_overload {
  std::vector<data::data_type> argument_types;  ///< the binder casts the arguments to these
  data::data_type result_type;
  scalar_kernel kernel = nullptr;
  /// May be null. Runs once per operator; `arguments` holds a constant column where the argument is
  /// a literal, null elsewhere.
  result<std::shared_ptr<const prepared_state>> (*prepare)(
      const scalar_overload& overload, std::span<const data::column_ptr> arguments,
      const eval_context& context) = nullptr;
  special_form special = special_form::none;
  bool can_fail = false;      ///< may raise an error for a row
  bool deterministic = true;  ///< same arguments, same value
  /// Gives NULL whenever an argument is NULL; the evaluator then combines validity bits and the
  /// kernel need not.
  bool null_in_null_out = false;
  /// A few machine instructions per row and no strings made: computing it for rows that nobody
  /// asked for is faster than leaving them out.
  bool cheap = false;
};

/// A call as the binder sees it.
struct call_site {
  std::string_view name;
  std::span<const data::data_type> types;
  std::span<const data::column_ptr>
      literals;  ///< constant columns where the argument is a literal, else null
  const data::data_type* target = nullptr;  ///< CAST, TRY_CAST, JSON ... RETURNING: the wanted type
};

/// A named function. `resolve` picks the overload or says what is wrong with the arguments (2014,
/// 2015).
struct scalar_function {
  std::string_view name;    ///< upper case
  std::string_view family;  ///< heading in the reference: `arithmetic`, `string`, ...
  std::string_view
      signature;  ///< for the reference and for errors: `SUBSTRING(string, start [, length])`
  std::string_view summary;  ///< one sentence for the reference
  result<scalar_overload> (*resolve)(const call_site&);
  /// In place of `resolve` for what is short for other calls: BETWEEN becomes two comparisons.
  result<std::shared_ptr<const bound_expr>> (*rewrite)(
      std::span<const std::shared_ptr<const bound_expr>> arguments) = nullptr;
};

}  // namespace millrace::expr
