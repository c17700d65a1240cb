#pragma once

#include "core/operators/aggregate/aggregate_calls.hpp"
#include "core/tables/map_table.hpp"
#include "core/tables/row_codec.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace millrace::operators {

/// DISTINCT calls inside windows: for every slice and group the values seen, as a map from value to
/// the calls (by their FILTER) that have seen it. The calls are fed when a window fires, with the
/// union of its slices, so values are kept once per slice and never merged in state.
class window_distinct {
 public:
  window_distinct(const aggregate_calls& calls, std::vector<data::data_type> columns);
  [[nodiscard]] bool empty() const { return sets_.empty(); }
  /// `key_types` are those of the slices' table.
  void open(const std::vector<data::data_type>& key_types, tables::table_set& tables);

  /// Remembers the values of the fed rows; key i belongs to fed row i.
  void add(const data::record_batch& batch, std::span<const std::uint32_t> rows,
           const tables::key_batch& keys, const aggregate_calls& calls);
  /// Feeds the calls of `state` the values that any of the slices has seen.
  [[nodiscard]] result<void> feed(std::span<char* const> slices, char* state,
                                  aggregate_calls& calls, tables::hash_table& table,
                                  data::blob_heap* heap);
  /// Moves the values of one slice to another.
  void merge(const char* into, const char* from, const tables::hash_table& table);
  void clear(const char* slice, const tables::hash_table& table);

 private:
  struct value_set {
    std::vector<std::size_t> members;  // calls
    std::vector<std::uint32_t> arguments;
    std::uint32_t words = 1;  // of the mask of members
    tables::row_codec codec;
    tables::map_table* table = nullptr;
  };
  [[nodiscard]] data::batch_ptr batch_of(const value_set& set,
                                         std::span<const std::string_view> values) const;

  std::vector<data::data_type> columns_;
  std::vector<value_set> sets_;
};

}  // namespace millrace::operators
