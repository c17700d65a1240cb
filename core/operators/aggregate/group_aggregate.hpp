#pragma once

#include "core/operators/aggregate/final_groups.hpp"
#include "core/operators/keyed_input.hpp"
#include "core/operators/outbox.hpp"

#include <cstdint>
#include <vector>

namespace millrace::operators {

/// Unbounded GROUP BY; also the global half of a two-phase aggregation.
///
/// A bundle of rows (a batch, or with mini-batch several) is one step: every group it touches gives
/// at most one change, from its result before the bundle to the one after it. So the changelog
/// folds to the same table as Flink's row by row, with fewer steps in between; with batches of one
/// row it is Flink's. A result that did not change is not repeated, but for state with a TTL.
/// At the end only (batch mode), groups are added up and given once, when the input has ended.
///
/// State: `groups` (key -> mark, row count when rows can be taken back, the calls' slots),
/// `distinct_*`, `ordered_*`.
class group_aggregate final : public physical_operator {
 public:
  group_aggregate(plan::group_aggregate_spec spec, const operator_inputs& inputs);
  [[nodiscard]] result<void> open(operator_context& context) override;
  [[nodiscard]] result<progress> process(input_id input, const data::batch_ptr& batch,
                                         output& out) override;
  [[nodiscard]] result<progress> resume(output& out) override;
  [[nodiscard]] result<progress> on_watermark(timestamp_ms, output& out) override {
    return flush(out);
  }
  [[nodiscard]] result<progress> finish(input_id, output& out) override;
  [[nodiscard]] timestamp_ms next_processing_time() const override;
  [[nodiscard]] result<progress> on_processing_time(timestamp_ms, output& out) override {
    return flush(out);
  }
  [[nodiscard]] result<progress> prepare_barrier(output& out) override { return flush(out); }

 private:
  // Groups touched by the bundle, in the order of their first row.
  struct touched_groups {
    std::vector<char*> payloads;
    std::vector<std::uint32_t> before;  // row of the old result among those read; none if new
  };
  static constexpr std::uint32_t none = UINT32_MAX;

  [[nodiscard]] result<progress> flush(output& out);
  [[nodiscard]] result<piece> give_groups();
  [[nodiscard]] bool load_bundle();
  [[nodiscard]] bool load(const data::record_batch& batch);
  [[nodiscard]] result<void> apply(const data::record_batch& batch);
  [[nodiscard]] result<void> touch(const data::record_batch& keyed);
  [[nodiscard]] bool feeds_groups(const data::record_batch& batch) const;
  void feed_groups(const data::record_batch& batch);
  void spread_payloads();
  [[nodiscard]] fed_rows count_rows(const data::record_batch& batch);
  [[nodiscard]] result<void> feed(const data::record_batch& batch, const fed_rows& fed);
  [[nodiscard]] result<void> merge_partials(const data::record_batch& batch, const fed_rows& fed);
  [[nodiscard]] result<void> make_changes();
  void note_unchanged(const std::vector<data::column_ptr>& values);
  void pick_changes();
  [[nodiscard]] bool is_alive(const char* payload) const;
  [[nodiscard]] std::int64_t delta_of(const data::record_batch& batch, std::uint32_t row) const;

  plan::group_aggregate_spec spec_;
  keyed_input input_;
  group_calls calls_;
  batch_groups groups_;
  std::vector<data::data_type> output_types_;
  operator_context* context_ = nullptr;

  std::vector<data::batch_ptr> bundle_;
  std::int64_t bundle_rows_ = 0;
  timestamp_ms bundle_since_ = 0;
  outbox outbox_;
  final_groups final_;
  bool ended_ = false;
  bool total_added_ = false;

  // Scratch of one bundle.
  touched_groups touched_;
  std::uint32_t old_rows_ = 0;
  std::vector<data::column_builder> keys_;
  std::vector<data::column_builder> values_;  // old results, then new ones
  data::batch_ptr first_rows_;         // of each group of the batch last loaded; null: not grouped
  std::vector<char*> group_payloads_;  // by key that was looked up
  std::vector<std::uint8_t> inserted_;
  std::vector<char*> payloads_;  // by row
  std::vector<std::uint32_t> fed_rows_;
  std::vector<char*> fed_payloads_;
  std::vector<std::uint8_t> changed_;
  std::vector<std::uint32_t> key_picks_;
  std::vector<std::uint32_t> value_picks_;
  std::vector<data::change_kind> kinds_;
};

}  // namespace millrace::operators
