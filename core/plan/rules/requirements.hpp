#pragma once

#include "core/base/result.hpp"
#include "core/plan/logical/logical_plan.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <unordered_map>
#include <vector>

namespace millrace::plan {

/// What the readers of one value need of it: all, some fields of a ROW (and of these all or some
/// fields, to any depth), or nothing.
struct column_need {
  bool whole = false;
  std::map<std::uint32_t, column_need> fields;  ///< by index; each is used
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

/// `column.i.j`: calls of FIELD down to a top-level column, which alone is a path of no fields.
struct row_field_path {
  std::uint32_t column;
  std::vector<std::uint32_t> fields;
};
[[nodiscard]] std::optional<row_field_path> field_path(const expr::bound_expr& e);

/// The type of a value that has lost what is not needed. A value that is needed at all exists.
[[nodiscard]] data::data_type narrowed(const data::data_type& type, const column_need& need);
/// What is needed of the field at the end of a path. All fields on the way are needed.
[[nodiscard]] column_need need_at(const column_need& need, const std::vector<std::uint32_t>& path);
/// The access of a field by its path in the declared row, in a row narrowed to `need`. `type` is
/// the field's declared type.
[[nodiscard]] result<expr::expr_ptr> narrowed_path(expr::expr_ptr row, const column_need& need,
                                                   const std::vector<std::uint32_t>& path,
                                                   const data::data_type& type);

}  // namespace millrace::plan
