#pragma once

#include "core/operators/keyed_input.hpp"
#include "core/operators/outbox.hpp"
#include "core/operators/rank/byte_pool.hpp"
#include "core/operators/rank/ranked_rows.hpp"
#include "core/operators/row_events.hpp"
#include "core/tables/order_encoder.hpp"

#include <cstdint>
#include <unordered_map>
#include <vector>

namespace millrace::operators {

/// Top-N per key over any changelog: rows of rank [first, last].
///
/// A batch is one step per key: what the key showed before the batch is compared with what it shows
/// after it. With the rank in the output (and ROW_NUMBER) the comparison goes place by place,
/// because the place is the key of the output; else row by row. Over inserts only the rows that can
/// still be shown are kept, over retractions all are. Ties stand in order of arrival.
/// Source: Flink documentation, "Top-N".
///
/// State: `rows` (key, sort keys and a sequence number -> row).
class top_rows final : public physical_operator {
 public:
  top_rows(plan::rank_spec spec, const operator_inputs& inputs);
  [[nodiscard]] result<void> open(operator_context& context) override;
  [[nodiscard]] result<progress> process(input_id input, const data::batch_ptr& batch,
                                         output& out) override;
  [[nodiscard]] result<progress> resume(output& out) override;

 private:
  struct touched_key {
    tables::key_handle key;
    std::uint32_t begin;  // of what it showed, in `before_`
    std::uint32_t end;
  };

  void apply();
  void touch(tables::key_handle key);
  void add(std::uint32_t row);
  void take_back(std::uint32_t row);
  void emit_changes();
  void compare_places(std::span<const ranked_row> before, std::span<const ranked_row> after);
  void compare_rows(std::span<const ranked_row> before, std::span<const ranked_row> after);
  void change(const ranked_row& row, data::change_kind kind);
  void update(const ranked_row& before, const ranked_row& after);

  plan::rank_spec spec_;
  std::vector<data::data_type> types_;
  keyed_input input_;
  tables::order_encoder order_;
  tables::row_codec codec_;
  rank_range range_;
  bool by_place_;
  operator_context* context_ = nullptr;
  tables::sorted_table* table_ = nullptr;
  outbox outbox_;
  data::batch_ptr batch_;

  std::vector<std::uint32_t> stored_rows_;  // scratch of one batch
  std::vector<tables::key_handle> handles_;
  tables::encoded_rows orders_;
  tables::encoded_rows rows_;
  std::unordered_map<const char*, std::uint32_t> touched_at_;
  std::vector<touched_key> touched_;
  std::vector<ranked_row> before_;
  byte_pool before_bytes_;
  std::vector<ranked_row> listed_;
  row_events events_;
  std::vector<std::int64_t> ranks_;
};

}  // namespace millrace::operators
