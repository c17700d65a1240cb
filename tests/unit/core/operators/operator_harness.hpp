#pragma once

#include "core/base/clock.hpp"
#include "core/data/text_table.hpp"
#include "core/operators/factory.hpp"
#include "core/operators/operator_context.hpp"
#include "core/tables/memory_store.hpp"
#include "core/tables/table_set.hpp"

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::operators {

/// How a test drives an operator: batches as they are written; or one row at a time; or with
/// outputs of one row that stop the operator after each.
enum class drive : std::uint8_t { whole, row_by_row, paused };
inline constexpr drive all_drives[] = {drive::whole, drive::row_by_row, drive::paused};

using columns = std::vector<data::field>;

inline data::data_type type(data::type_id id) { return data::data_type(id); }
inline data::data_type bigint() { return type(data::type_id::bigint); }
inline data::data_type integer() { return type(data::type_id::integer); }
inline data::data_type boolean() { return type(data::type_id::boolean); }
inline data::data_type string() { return data::data_type::string(); }
inline data::data_type timestamp() { return data::data_type::timestamp(3); }

/// Runs one operator without a runtime: rows in and out are text tables with change marks. A
/// watermark that the operator emits is a line `watermark <ms>`, idleness `idle` or `active`. An
/// error ends the test with its text in `take`.
class operator_harness {
 public:
  operator_harness(plan::operator_spec spec, std::vector<columns> inputs, columns output,
                   drive how = drive::whole, std::string time_zone = "UTC");
  ~operator_harness();

  operator_harness& rows(std::string_view text, std::uint32_t input = 0);
  operator_harness& watermark(timestamp_ms time);
  /// One input has come that far; says nothing of the others.
  operator_harness& input_watermark(timestamp_ms time, std::uint32_t input);
  operator_harness& advance(std::int64_t ms);
  operator_harness& finish(std::uint32_t input = 0);
  operator_harness& barrier();
  /// Puts all state on the store; what the operator asks for is loaded again.
  operator_harness& spill();

  /// What has come out since the last call.
  [[nodiscard]] std::string take();
  /// The table that all output so far folds to, sorted.
  [[nodiscard]] std::string folded() const;
  [[nodiscard]] const operator_metrics& metrics() const { return metrics_; }
  /// How often the operator has waited for state.
  [[nodiscard]] std::uint32_t loads() const { return loads_; }
  [[nodiscard]] std::uint64_t state_rows() const { return tables_->row_count(); }

 private:
  class sink;
  void push(std::uint32_t input, const data::batch_ptr& batch);
  template <class Call>
  void run(Call call);

  std::vector<columns> inputs_;
  drive how_;
  manual_clock clock_;
  memory_budget budget_{std::int64_t{1} << 30};
  operator_metrics metrics_;
  option_map options_;
  tables::memory_store store_;
  std::uint32_t loads_ = 0;
  std::unique_ptr<tables::table_set> tables_;
  operator_context context_;
  plan::physical_node node_;
  std::unique_ptr<sink> sink_;
  std::unique_ptr<physical_operator> operator_;
};

}  // namespace millrace::operators
