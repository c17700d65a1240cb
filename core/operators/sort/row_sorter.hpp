#pragma once

#include "core/operators/factory.hpp"
#include "core/operators/operator_context.hpp"
#include "core/operators/outbox.hpp"
#include "core/tables/order_encoder.hpp"
#include "core/tables/row_codec.hpp"
#include "core/tables/sorted_table.hpp"
#include "core/tables/table_set.hpp"

#include <cstdint>
#include <string_view>
#include <vector>

namespace millrace::operators {

/// Rows kept in order, those of equal keys in the order of their arrival. Runs with parallelism 1:
/// all rows lie under the empty key. State: `rows`.
class row_sorter {
 public:
  row_sorter(const std::vector<plan::sort_key>& keys, std::vector<data::data_type> types);
  void open(operator_context& context);
  /// `loading`: return `need_state` and ask again.
  [[nodiscard]] tables::readiness ready(operator_context& context);
  /// Adds +I and +U, removes the row that a -U or -D names (the oldest of equal ones).
  void apply(const data::record_batch& batch, std::span<const std::uint32_t> rows);
  /// Moves at most `limit` of the first rows to a batch, those whose order bytes begin with at most
  /// `bound` (an empty bound: all). Null when there are none.
  [[nodiscard]] data::batch_ptr take_first(std::uint32_t limit, std::string_view bound);

 private:
  void remove(std::string_view order, std::string_view row);

  std::vector<data::data_type> types_;
  tables::order_encoder order_;
  tables::row_codec codec_;
  tables::sorted_table* table_ = nullptr;
  tables::encoded_rows orders_;  // scratch
  tables::encoded_rows rows_;
};

}  // namespace millrace::operators
