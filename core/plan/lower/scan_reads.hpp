#pragma once

#include "core/plan/physical/operator_specs.hpp"
#include "core/plan/rules/requirements.hpp"

#include <cstdint>
#include <vector>

namespace millrace::plan {

/// What a scan reads of its table, so that it can give some of the table's columns; and the
/// table's expressions over what is read. Borrows the table.
class scan_reads {
 public:
  /// `given` are columns of the table, any kind; `columns` their output form: a ROW may have lost
  /// fields.
  scan_reads(const table_definition& table, const std::vector<std::uint32_t>& given,
             const std::vector<logical_column>& columns);

  [[nodiscard]] const std::vector<source_spec::read>& reads() const { return reads_; }
  /// The output of the source: a column per read.
  [[nodiscard]] const std::vector<logical_column>& columns() const { return columns_; }
  /// The expression over the table's columns as one over `reads`. All that it needs is read.
  [[nodiscard]] result<expr::expr_ptr> rewritten(const expr::expr_ptr& e) const;

 private:
  [[nodiscard]] result<expr::expr_ptr> read_path(const row_field_path& path,
                                                 const data::data_type& type) const;
  void make_reads();

  const table_definition& table_;
  node_need needs_;
  std::vector<std::uint32_t> place_;  // per column of the table: index into reads_
  std::vector<source_spec::read> reads_;
  std::vector<logical_column> columns_;
};

}  // namespace millrace::plan
