#pragma once

#include "core/operators/aggregate/aggregate_calls.hpp"
#include "core/tables/order_encoder.hpp"
#include "core/tables/sorted_table.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace millrace::operators {

/// All values of one MIN or MAX over retracting input: (group, value in order) -> how often. The
/// call's result is the first or the last of them.
class ordered_values {
 public:
  /// `call` is of the operator's; its one argument has the type `type`.
  ordered_values(std::size_t call, std::uint32_t argument, const data::data_type& type,
                 bool largest);
  void open(std::string name, const std::vector<data::data_type>& group_types, std::int64_t ttl_ms,
            tables::table_set& tables);
  [[nodiscard]] std::size_t call() const { return call_; }

  /// Adds and takes back the values of rows that passed the call's FILTER. A NULL is no value;
  /// taking back a value that is not there does nothing. `groups` owns the payloads.
  void update(const data::record_batch& batch, const fed_rows& fed,
              const tables::hash_table& groups);
  /// Appends the result for each group.
  void emit(std::span<char* const> payloads, const tables::hash_table& groups,
            data::column_builder& out);
  /// Drops the values of a group.
  void clear(const char* payload, const tables::hash_table& groups);

 private:
  void count(tables::key_handle group, std::string_view order, std::string_view value, bool add);

  std::size_t call_;
  std::uint32_t argument_;
  bool largest_;
  tables::order_encoder order_;
  tables::row_codec values_;
  tables::sorted_table* table_ = nullptr;
  tables::encoded_rows orders_;  // scratch
  tables::encoded_rows rows_;
};

}  // namespace millrace::operators
