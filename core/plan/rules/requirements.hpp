#pragma once

#include "core/base/result.hpp"
#include "core/plan/logical/logical_plan.hpp"

#include <cstdint>
#include <optional>
#include <set>
#include <unordered_map>
#include <vector>

namespace millrace::plan {

/// What the readers of one column need of it: all, some fields of a ROW, or nothing.
struct column_need {
  bool whole = false;
  std::set<std::uint32_t> fields;
  [[nodiscard]] bool used() const { return whole || !fields.empty(); }
};
struct node_need {
  std::vector<column_need> columns;  ///< one per output column
};
using requirement_map = std::unordered_map<const logical_node*, node_need>;

/// What is read of every node's output, over all its readers. Sinks need all of their input.
[[nodiscard]] requirement_map requirements_of(const std::vector<logical_ptr>& roots);
/// The part of it that a join asks of its left (0) or right (1) input.
[[nodiscard]] node_need needs_of_join_side(const logical_node& join, const node_need& of_join,
                                           std::size_t side);

/// What a scan itself reads of its table's columns: the needs of its readers, and those of the
/// computed columns and of the watermark that they bring along. One entry per column of the table.
[[nodiscard]] node_need reads_of_scan(const table_definition& table, const node_need& of_readers);

/// `FIELD(column, i)`: the access of one field of a top-level ROW column.
struct row_field_path {
  std::uint32_t column;
  std::uint32_t field;
};
[[nodiscard]] std::optional<row_field_path> field_path(const expr::bound_expr& e);
[[nodiscard]] result<expr::expr_ptr> make_field(expr::expr_ptr row, std::int32_t index,
                                                const data::data_type& type);

}  // namespace millrace::plan
