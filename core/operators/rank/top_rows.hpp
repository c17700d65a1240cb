#pragma once

#include "core/operators/kept_rows.hpp"
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
class top_rows final : public kept_rows {
 public:
  top_rows(plan::rank_spec spec, const operator_inputs& inputs);

 private:
  struct touched_key {
    tables::key_handle key;
    std::uint32_t begin;  // of what it showed, in `before_`
    std::uint32_t end;
  };

  [[nodiscard]] result<void> step() override;
  [[nodiscard]] result<std::uint32_t> give(tables::key_handle key) override;
  void emit_given() override;
  void touch(tables::key_handle key);
  void add(std::uint32_t row);
  void take_back(std::uint32_t row);
  void emit_changes();
  void compare_places(std::span<const ranked_row> before, std::span<const ranked_row> after);
  void compare_rows(std::span<const ranked_row> before, std::span<const ranked_row> after);
  void change(const ranked_row& row, data::change_kind kind);
  void update(const ranked_row& before, const ranked_row& after);

  plan::rank_spec spec_;
  tables::order_encoder order_;
  rank_range range_;
  bool by_place_;

  tables::encoded_rows orders_;  // scratch of one batch
  std::unordered_map<const char*, std::uint32_t> touched_at_;
  std::vector<touched_key> touched_;
  std::vector<ranked_row> before_;
  byte_pool before_bytes_;
  std::vector<ranked_row> listed_;
  row_events events_;
  std::vector<std::int64_t> ranks_;
};

}  // namespace millrace::operators
