#pragma once

#include "core/operators/aggregate/aggregate_calls.hpp"
#include "core/operators/keyed_input.hpp"
#include "core/tables/key_codec.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace millrace::operators {

/// The distinct values that the groups of an unbounded aggregation have seen, for all DISTINCT
/// calls over the same arguments: a table (group, value) -> per call whether (inserts only) or how
/// often (retractions) the call has been fed the value.
///
/// A row is looked up once for all those calls, whatever their FILTERs; a call is fed only the rows
/// that bring it a value for the first time, or take the last one back.
class distinct_values {
 public:
  /// `members` are the calls of one argument list, all DISTINCT; `group_columns` and their types
  /// are of the operator's input.
  struct plan {
    std::vector<std::size_t> members;
    std::vector<std::uint32_t> group_columns;
    std::vector<std::uint32_t> arguments;
    std::vector<data::data_type> types;  ///< of groups, then arguments
    bool retracting = false;
    std::int64_t ttl_ms = 0;
  };
  explicit distinct_values(plan p);
  void open(std::string name, operator_context& context);

  /// Appends the hashes that `update` looks up for a batch, so that they can be loaded together.
  void append_hashes(const data::record_batch& batch, const std::uint64_t* group_hashes,
                     std::vector<std::uint64_t>& out) const;
  /// Feeds the members. `group_hashes` has an entry per stored row.
  [[nodiscard]] result<void> update(const data::record_batch& batch, const fed_rows& fed,
                                    const std::uint64_t* group_hashes, aggregate_calls& calls,
                                    tables::hash_table& groups);

 private:
  void pick_rows(const data::record_batch& batch, const fed_rows& fed);
  void look_up(const data::record_batch& batch, const std::uint64_t* group_hashes);
  void apply_filter(const data::record_batch& batch, std::optional<std::uint32_t> filter);
  void note_first(std::size_t member);
  void note_counted(const data::record_batch& batch, std::size_t member);
  void forget_unused();

  plan plan_;
  sub_key_hasher hasher_;
  tables::key_encoder encoder_;
  tables::hash_table* table_ = nullptr;

  tables::key_batch keys_;  // scratch of one batch; entries belong to `rows_`
  std::vector<std::uint32_t> rows_;
  std::vector<char*> payloads_;
  std::vector<char*> values_;
  std::vector<std::uint8_t> inserted_;
  std::vector<std::uint64_t> hashes_;
  std::vector<std::uint8_t> passes_;  // the FILTER of one member
  std::vector<std::uint32_t> fed_rows_;
  std::vector<char*> fed_payloads_;
};

}  // namespace millrace::operators
