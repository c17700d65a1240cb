#pragma once

#include "core/base/result.hpp"
#include "core/data/change_kind.hpp"
#include "core/data/column.hpp"

#include <cstdint>
#include <span>
#include <string_view>

namespace millrace::expr {

/// Rows of a batch by group: those of group g are `rows[ends[g - 1]]` to `rows[ends[g] - 1]`, in
/// the order they came, at least one; `states[g]` points to the aggregate's first slot of it.
struct grouped_input {
  std::span<const data::column_ptr> arguments;  ///< flat or constant; indexed by stored row
  const std::uint32_t* rows;                    ///< stored rows
  std::span<const std::uint32_t> ends;
  char* const* states;
  const std::uint8_t* passes;      ///< the lowest bit of a stored row's byte: FILTER; null = all do
  const data::change_kind* kinds;  ///< per stored row; null = all +I
};

/// Does what `aggregate_overload::update` does, to the same states, for rows that stand together by
/// group: a state is read and written once per group instead of once per row.
using grouped_update = void (*)(const grouped_input&);

/// Null for aggregates that would gain nothing, or whose state has blobs. `rows` is not read by
/// COUNT(*) without FILTER over inserts.
[[nodiscard]] grouped_update find_grouped_update(std::string_view function,
                                                 std::span<const data::data_type> argument_types);

}  // namespace millrace::expr
