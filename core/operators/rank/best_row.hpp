#pragma once

#include "core/operators/keyed_input.hpp"
#include "core/operators/outbox.hpp"
#include "core/operators/row_events.hpp"
#include "core/operators/table_drain.hpp"
#include "core/tables/hash_table.hpp"
#include "core/tables/order_encoder.hpp"

#include <cstdint>
#include <vector>

namespace millrace::operators {

/// Keeps the first row per key in some order, over inserts: ROW_NUMBER() = 1, and deduplication
/// that keeps the last row (in row time or in order of arrival) or the first that arrived.
///
/// A batch is one step per key: at most one change, from the row before the batch to the one after;
/// unless a reader wants every version. At the end only (batch mode), the row that is left per key.
///
/// State: `rows` (key -> the row, and its sort keys behind it).
class best_row final : public physical_operator {
 public:
  best_row(const plan::rank_spec& spec, const operator_inputs& inputs);
  /// Not for the first row in row time: see `first_row`.
  best_row(const plan::deduplicate_spec& spec, const operator_inputs& inputs);

  [[nodiscard]] result<void> open(operator_context& context) override;
  [[nodiscard]] result<progress> process(input_id input, const data::batch_ptr& batch,
                                         output& out) override;
  [[nodiscard]] result<progress> resume(output& out) override;
  [[nodiscard]] result<progress> finish(input_id input, output& out) override;

 private:
  struct touched_key {
    char* payload;
    std::uint32_t best;  // live row that replaces what was there; `none`
    bool fresh;
  };
  // A live row that replaces another one of the batch (`none`: what was there before).
  struct version {
    std::uint32_t key;  // index among those touched
    std::uint32_t before;
    std::uint32_t after;
  };
  static constexpr std::uint32_t none = UINT32_MAX;

  void choose();
  [[nodiscard]] std::uint32_t touch(std::uint32_t row);
  [[nodiscard]] bool replaces(const touched_key& key, std::uint32_t row) const;
  void emit_changes();
  void add_events(const std::vector<std::uint32_t>& version_of);
  [[nodiscard]] result<piece> give_rows();
  void store_winners();

  std::vector<data::data_type> types_;
  keyed_input input_;
  tables::order_encoder order_;
  tables::row_codec codec_;
  bool later_wins_ties_;
  bool emit_update_before_;
  bool every_version_ = false;
  bool at_end_;
  bool ended_ = false;
  std::int64_t ttl_ms_;
  operator_context* context_ = nullptr;
  tables::hash_table* table_ = nullptr;
  outbox outbox_;
  table_drain<tables::hash_table> drain_;
  data::batch_ptr batch_;  // while its state is being read

  std::vector<char*> payloads_;  // scratch of one batch
  std::vector<std::uint8_t> inserted_;
  std::vector<std::uint32_t> stored_rows_;
  std::vector<version> versions_;
  tables::encoded_rows orders_;
  tables::encoded_rows rows_;
  std::vector<touched_key> touched_;
  row_events events_;
};

}  // namespace millrace::operators
