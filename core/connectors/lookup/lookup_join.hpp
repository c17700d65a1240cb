#pragma once

#include "core/base/config.hpp"
#include "core/connectors/lookup/lookup_table.hpp"
#include "core/expr/evaluator.hpp"
#include "core/operators/operator.hpp"

#include <memory>
#include <optional>
#include <vector>

namespace millrace::connectors::lookup {

/// Joins each row with the rows that a bounded table had when it was read: `FOR SYSTEM_TIME AS OF`
/// processing time. The table is read whole when the operator opens, and again every
/// `lookup.full-cache.periodic-reload.interval`. Inner and left joins; changes pass with their
/// kinds. Keeps no state.
class lookup_join final : public operators::physical_operator {
 public:
  lookup_join(plan::lookup_join_spec spec, option_map session)
      : spec_(std::move(spec)), session_(std::move(session)) {}

  [[nodiscard]] result<void> open(operators::operator_context& context) override;
  [[nodiscard]] result<operators::progress> process(input_id input, const data::batch_ptr& batch,
                                                    operators::output& out) override;
  [[nodiscard]] result<operators::progress> resume(operators::output& out) override;
  [[nodiscard]] timestamp_ms next_processing_time() const override { return reload_at_; }
  [[nodiscard]] result<operators::progress> on_processing_time(timestamp_ms now,
                                                               operators::output& out) override;

 private:
  // Matching rows of left (stored) and right.
  struct pairs {
    std::vector<std::uint32_t> left;
    std::vector<std::uint32_t> right;
  };
  [[nodiscard]] result<void> reload();
  [[nodiscard]] pairs next_pairs();
  [[nodiscard]] result<data::batch_ptr> joined(const pairs& p) const;
  [[nodiscard]] result<pairs> checked(pairs p, std::uint32_t first, std::uint32_t end);
  [[nodiscard]] result<operators::progress> run(operators::output& out);
  [[nodiscard]] bool has_null_key(std::uint32_t row) const;

  plan::lookup_join_spec spec_;
  option_map session_;
  operators::operator_context* context_ = nullptr;
  std::optional<lookup_table> table_;
  std::optional<expr::evaluator> keys_of_left_;
  std::optional<expr::evaluator> condition_;
  std::optional<tables::key_encoder> encoder_;
  timestamp_ms reload_at_ = max_watermark;
  std::int64_t reload_ms_ = 0;

  // The batch at work: the next live row, its keys.
  data::batch_ptr batch_;
  std::uint32_t at_ = 0;
  std::vector<data::column_ptr> key_columns_;
  data::buffer_ref hashes_;
  tables::key_batch keys_;
};

}  // namespace millrace::connectors::lookup
