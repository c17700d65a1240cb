#pragma once

#include "core/operators/aggregate/group_calls.hpp"
#include "core/operators/outbox.hpp"
#include "core/operators/table_drain.hpp"
#include "core/tables/key_codec.hpp"

#include <cstdint>
#include <vector>

namespace millrace::operators {

/// Gives the groups of an aggregation whose input has ended, each once, and forgets them.
class final_groups {
 public:
  /// `output`: the group columns, then the calls' results.
  final_groups(std::vector<data::data_type> output, std::size_t groups);
  /// A total over no rows is a row, too (SQL standard; Flink's batch mode).
  [[nodiscard]] static tables::readiness add_total(group_calls& calls, tables::table_set& tables);
  /// The next groups, at most `rows`, into `to`.
  [[nodiscard]] result<piece> next(group_calls& calls, tables::table_set& tables,
                                   std::uint32_t rows, outbox& to);

 private:
  [[nodiscard]] result<data::batch_ptr> rows_of(group_calls& calls) const;

  std::vector<data::data_type> output_types_;
  std::size_t key_columns_;
  tables::key_decoder decoder_;
  table_drain<tables::hash_table> drain_;
};

}  // namespace millrace::operators
