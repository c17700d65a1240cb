#pragma once

#include "core/operators/window/scratch_heap.hpp"
#include "core/plan/logical/logical_plan.hpp"
#include "core/tables/table_spec.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

namespace millrace::operators {

/// Rows of one partition in order, as far as they are known: context rows whose results have been
/// told, then the rows whose results are asked for.
struct ordered_rows {
  data::batch_ptr rows;                  ///< decoded are the columns that calls read
  std::uint32_t context = 0;             ///< rows in front that only lie in frames
  std::span<const std::int64_t> times;   ///< milliseconds, per row; for RANGE of an interval
  std::span<const std::uint32_t> peers;  ///< number of the group of equal sort keys, per row
};

/// Computes the calls of an OVER clause over partitions.
///
/// What must survive from one set of rows to the next (running totals of frames without a bound,
/// row numbers) lies in a payload that the operator keeps per key; other frames are computed from
/// their context rows. A frame moves: rows that leave it are taken back where the aggregate can,
/// else the frame is computed again.
class frame_calls {
 public:
  explicit frame_calls(const plan::over_node& over);
  /// Evaluates offsets, defaults and bucket counts. Errors: the evaluation's.
  [[nodiscard]] result<void> open(expr::eval_context& context);

  /// Slots of the payload: `header` first, then what the calls keep.
  void append_slots(std::vector<tables::slot_spec>& slots);
  [[nodiscard]] std::size_t payload_size() const { return payload_size_; }
  /// Context rows that a partition needs to go on: UINT32_MAX for all.
  [[nodiscard]] std::uint32_t context_rows() const { return context_rows_; }
  /// How long context rows are needed at least (RANGE of an interval), milliseconds; 0: not at all.
  [[nodiscard]] std::int64_t context_ms() const { return context_ms_; }
  /// Columns that calls read.
  [[nodiscard]] const std::vector<std::uint32_t>& columns() const { return columns_; }
  [[nodiscard]] const std::vector<data::data_type>& types() const { return types_; }

  /// Appends the results of the rows behind the context to one builder per call. Errors: the
  /// aggregates'.
  [[nodiscard]] result<void> run(const ordered_rows& in, char* payload, data::blob_heap& heap,
                                 std::vector<data::column_builder>& out);

 private:
  struct range {
    std::uint32_t begin = 0;
    std::uint32_t end = 0;
  };
  // The window that one call's state covers.
  struct moving_frame {
    std::size_t call;
    char* state;
    data::blob_heap* heap;
    std::vector<data::column_ptr> arguments;
    range covered;
    std::unordered_map<std::string, std::uint32_t> seen;  // DISTINCT: value -> rows in the frame
  };

  [[nodiscard]] bool running(std::size_t call) const;
  [[nodiscard]] result<void> run_aggregate(std::size_t call, const ordered_rows& in, char* payload,
                                           data::blob_heap& heap, data::column_builder& out);
  [[nodiscard]] result<void> run_ranking(std::size_t call, const ordered_rows& in, char* payload,
                                         data::column_builder& out);
  void run_lag(std::size_t call, const ordered_rows& in, data::column_builder& out) const;
  [[nodiscard]] std::uint32_t frame_begin(const ordered_rows& in, std::uint32_t row) const;
  [[nodiscard]] result<void> move(moving_frame& frame, range to);
  [[nodiscard]] result<void> feed(moving_frame& frame, range rows, data::change_kind kind);
  void pick_distinct(moving_frame& frame, range rows, bool adds);

  plan::over_node over_;
  std::vector<std::uint32_t> columns_;
  std::vector<data::data_type> types_;
  std::vector<std::vector<data::column_ptr>> constants_;
  std::vector<std::uint32_t> offsets_;      // of each call's state in the payload
  std::vector<std::uint32_t> state_sizes_;  // bytes
  std::size_t payload_size_ = 0;
  std::uint32_t context_rows_ = 0;
  std::int64_t context_ms_ = 0;

  scratch_states scratch_;
  std::vector<std::uint32_t> picked_;
  std::vector<char*> states_;
  std::vector<data::blob_heap*> heaps_;
  std::vector<data::change_kind> kinds_;
};

}  // namespace millrace::operators
