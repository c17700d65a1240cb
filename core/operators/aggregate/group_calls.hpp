#pragma once

#include "core/operators/aggregate/aggregate_calls.hpp"
#include "core/operators/aggregate/distinct_values.hpp"
#include "core/operators/aggregate/ordered_values.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace millrace::operators {

/// All calls of an unbounded aggregation with the tables that DISTINCT and ordered calls need
/// beside the groups' payloads. Owned by `group_aggregate`.
class group_calls {
 public:
  struct settings {
    std::vector<plan::aggregate_call> calls;
    std::vector<std::uint32_t> groups;     ///< columns of the input
    std::vector<data::data_type> columns;  ///< types of the input
    bool retracting = false;
    std::int64_t ttl_ms = 0;
  };
  explicit group_calls(settings s);

  /// Opens the groups' table, whose payload begins with `header`, and the tables beside it.
  void open(std::vector<tables::slot_spec> header, operator_context& context);
  [[nodiscard]] tables::hash_table& groups() { return *table_; }
  [[nodiscard]] aggregate_calls& calls() { return calls_; }
  [[nodiscard]] const aggregate_calls& calls() const { return calls_; }
  /// True if no call needs a table of its own.
  [[nodiscard]] bool only_plain() const { return distinct_.empty() && ordered_.empty(); }
  [[nodiscard]] std::size_t size() const { return calls_.size(); }

  /// Asks for the DISTINCT values of a batch, where state is cold; `hashes` has an entry per stored
  /// row. The groups themselves are the caller's to ask for.
  [[nodiscard]] tables::readiness prefetch(const data::record_batch& batch,
                                           const std::uint64_t* hashes, tables::table_set& tables);
  /// Feeds rows to all calls; `hashes` has an entry per stored row. Errors: the aggregates'.
  [[nodiscard]] result<void> update(const data::record_batch& batch, const fed_rows& fed,
                                    const std::uint64_t* hashes);
  /// Appends the value of call `i` for each payload.
  [[nodiscard]] result<void> emit(std::size_t i, std::span<char* const> payloads,
                                  data::column_builder& out);
  /// Removes a group from all tables.
  void erase(char* payload);

 private:
  void plan_distinct();
  void plan_ordered();

  settings settings_;
  std::vector<data::data_type> group_types_;
  aggregate_calls calls_;
  std::vector<distinct_values> distinct_;
  std::vector<ordered_values> ordered_;
  tables::hash_table* table_ = nullptr;
};

}  // namespace millrace::operators
