#pragma once

#include "core/data/column_builder.hpp"
#include "core/expr/grouped_update.hpp"
#include "core/operators/aggregate/batch_groups.hpp"
#include "core/operators/operator_context.hpp"
#include "core/plan/logical/logical_plan.hpp"
#include "core/tables/hash_table.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace millrace::operators {

/// Rows that a set of calls is fed: live row i is stored row `rows[i]` of the batch, and belongs to
/// the group whose payload is `payloads[i]`.
struct fed_rows {
  expr::row_set rows;
  std::span<char* const> payloads;
};

/// The calls of one aggregating operator, run over payloads of a hash table: where their state lies
/// and how it is fed, merged, read, and written to bytes. One call after the other runs over a
/// block of rows whose payloads stay in the nearest cache meanwhile; rows are picked once per
/// FILTER column.
///
/// Owned by its operator. DISTINCT is `distinct_values`' business, ordered values are
/// `ordered_values`': they use `update_call` and `emit`.
class aggregate_calls {
 public:
  explicit aggregate_calls(std::vector<plan::aggregate_call> calls) : calls_(std::move(calls)) {}

  /// Adds the calls' slots behind `slots`; to be called once, before the table is opened.
  void append_slots(std::vector<tables::slot_spec>& slots);

  [[nodiscard]] std::size_t size() const { return calls_.size(); }
  [[nodiscard]] const plan::aggregate_call& call(std::size_t i) const { return calls_[i]; }
  /// True for a call that plain rows feed: it is neither DISTINCT nor needs ordered values.
  [[nodiscard]] bool is_plain(std::size_t i) const;
  [[nodiscard]] bool has_blobs() const { return has_blobs_; }

  /// Feeds the rows to all plain calls. `table` owns the payloads. Errors: the aggregates'.
  [[nodiscard]] result<void> update(const data::record_batch& batch, const fed_rows& fed,
                                    tables::hash_table& table);
  /// True if `update_groups` may be used: all calls are plain, and know rows by group.
  [[nodiscard]] bool take_groups() const;
  /// As `update`, for the groups found in the batch; `payloads` has one entry per group.
  void update_groups(const data::record_batch& batch, batch_groups& groups,
                     std::span<char* const> payloads);
  /// Feeds rows to one call; its FILTER is the caller's business. `scratch` owns the blobs of
  /// payloads that are not the table's.
  [[nodiscard]] result<void> update_call(std::size_t i, const data::record_batch& batch,
                                         const fed_rows& fed, tables::hash_table& table,
                                         data::blob_heap* scratch = nullptr);
  /// The rows that pass the FILTER of a call, valid until the next batch or filter.
  [[nodiscard]] fed_rows filtered(const data::record_batch& batch, const fed_rows& fed,
                                  std::uint32_t filter_column);

  /// Appends the value of call `i` for each payload.
  [[nodiscard]] result<void> emit(std::size_t i, std::span<char* const> payloads,
                                  data::column_builder& out);
  /// Adds the states of `from` to `into`.
  void merge(char* into, data::blob_heap& heap, const char* from) const;

  /// Appends the state of call `i` for each payload as bytes (a partial result on its way to the
  /// global aggregate).
  void write_states(std::size_t i, std::span<char* const> payloads, data::column_builder& out);
  /// Adds states that `write_states` wrote. `states` is the VARBINARY column. Errors: 9001 for
  /// bytes that are no state of the call.
  [[nodiscard]] result<void> merge_states(std::size_t i, const data::column& states,
                                          const fed_rows& fed, tables::hash_table& table);

 private:
  struct place {
    std::uint32_t offset = 0;          // of the call's first slot in the payload
    std::vector<std::uint32_t> blobs;  // offsets of its blob slots
    std::uint32_t size = 0;
    expr::grouped_update by_group = nullptr;
  };
  using columns = std::vector<data::column_ptr>;
  [[nodiscard]] columns arguments_of(std::size_t i, const data::record_batch& batch) const;
  [[nodiscard]] const std::uint8_t* flags_of(const data::record_batch& batch,
                                             std::uint32_t filter_column);
  [[nodiscard]] fed_rows block_of(const fed_rows& fed, std::uint32_t begin);
  [[nodiscard]] result<void> update_block(const data::record_batch& batch, const fed_rows& fed,
                                          tables::hash_table& table);
  [[nodiscard]] result<void> update_rows(std::size_t i, std::span<const data::column_ptr> arguments,
                                         const data::record_batch& batch, const fed_rows& fed,
                                         tables::hash_table& table, data::blob_heap* scratch);

  std::vector<plan::aggregate_call> calls_;
  std::vector<place> places_;
  bool has_blobs_ = false;

  std::vector<columns> arguments_;  // of the plain calls, for the batch at hand
  std::vector<std::uint32_t> all_rows_;
  std::vector<std::uint32_t> filters_done_;
  std::vector<char*> states_;  // scratch, one per row fed
  std::vector<data::blob_heap*> heaps_;
  std::vector<std::uint32_t> picked_rows_;
  std::vector<char*> picked_payloads_;
  std::vector<std::uint8_t> flags_;
};

}  // namespace millrace::operators
