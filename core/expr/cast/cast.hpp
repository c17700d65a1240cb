#pragma once

#include "core/expr/kernel.hpp"

#include <optional>
#include <string>

namespace millrace::expr {

/// One column to be cast. The result has NULLs of its own where a value has no counterpart in the
/// target (TRY_CAST, a DECIMAL that does not fit); the source's NULLs are the caller's to add.
struct cast_call {
  const data::column_ptr& from;  ///< flat or constant
  const data::data_type& to;
  const row_set& rows;
  const std::uint64_t* valid;  ///< rows that are not NULL; null: all
  eval_context& context;
  bool try_ = false;  ///< TRY_CAST: NULL in place of error 3002
};

/// True if CAST can turn one type into the other. Source: Flink's LogicalTypeCasts.
[[nodiscard]] bool castable(const data::data_type& from, const data::data_type& to);
/// True if such a cast may end in error 3002 for some value.
[[nodiscard]] bool cast_can_fail(const data::data_type& from, const data::data_type& to);

/// Casts by the types of both sides. Errors: 3002.
[[nodiscard]] result<data::column_ptr> cast_column(const cast_call& call);

// The parts, by kind of source and target.
[[nodiscard]] result<data::column_ptr> cast_number_to_number(const cast_call& call);
[[nodiscard]] result<data::column_ptr> cast_to_text(const cast_call& call);
[[nodiscard]] result<data::column_ptr> cast_text_to_text(const cast_call& call);
[[nodiscard]] result<data::column_ptr> cast_text_to_value(const cast_call& call);
[[nodiscard]] result<data::column_ptr> cast_time_to_time(const cast_call& call);
[[nodiscard]] result<data::column_ptr> cast_nested(const cast_call& call);

/// 3002 for a text that is no value of the type.
[[nodiscard]] error cast_failed(std::string_view text, const data::data_type& to);

/// Calls `f(row)` for the rows to cast that are not NULL; `f` gives false to stop.
template <class F>
[[nodiscard]] bool try_each_row(const cast_call& call, F&& f) {
  const row_set& rows = call.rows;
  for (std::uint32_t i = 0; i < rows.count; ++i) {
    const std::uint32_t row = rows.dense() ? i : rows.selection[i];
    if ((call.valid == nullptr || data::get_bit(call.valid, row)) && !f(row)) {
      call.context.failed_row = row;
      return false;
    }
  }
  return true;
}

/// to[row] = f(from[row]); rows for which `f` gives nothing become NULL.
template <class From, class To, class F>
data::column_ptr cast_values_or_null(const cast_call& call, F&& f) {
  values_writer<To> out(call.to, call.rows.stored);
  std::memset(out.at, 0, sizeof(To) * call.rows.stored);
  null_marks nulls(call.rows.stored);
  const any_values<From> in(*call.from);
  (void)try_each_row(call, [&](std::uint32_t row) {
    const std::optional<To> v = f(in[row]);
    if (v)
      out.at[row] = *v;
    else
      nulls.mark(row);
    return true;
  });
  out.column->validity = nulls.take();
  return out.column;
}
/// to[row] = f(from[row]) for a function that is defined for all bits.
template <class From, class To, class F>
data::column_ptr cast_values(const cast_call& call, F&& f) {
  const row_set rows = widened(call.rows);
  values_writer<To> out(call.to, rows.stored);
  fill_left_out(out, rows);
  with_values<From>(*call.from, [&](auto in) {
    rows.for_each([&](std::uint32_t row) { out.at[row] = f(in[row]); });
  });
  return out.column;
}

}  // namespace millrace::expr
