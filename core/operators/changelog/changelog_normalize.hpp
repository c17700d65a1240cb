#pragma once

#include "core/operators/changelog/row_output.hpp"
#include "core/operators/keyed_input.hpp"
#include "core/operators/outbox.hpp"
#include "core/operators/table_drain.hpp"
#include "core/tables/hash_table.hpp"

namespace millrace::operators {

/// Makes an upsert changelog whole: an update gets the old row in front of it, a -D the row that
/// was there (it may name its key only), and what repeats the row that is there, or deletes one
/// that is not, is dropped. A -U of the input says nothing new. With a TTL, repeated rows go on,
/// since they refresh state behind. At the end only (batch mode): the row that is left per key.
///
/// State: `rows` (key -> row).
class changelog_normalize final : public physical_operator {
 public:
  changelog_normalize(plan::changelog_normalize_spec spec, const operator_inputs& inputs);
  [[nodiscard]] result<void> open(operator_context& context) override;
  [[nodiscard]] result<progress> process(input_id input, const data::batch_ptr& batch,
                                         output& out) override;
  [[nodiscard]] result<progress> resume(output& out) override;
  [[nodiscard]] result<progress> finish(input_id input, output& out) override;

 private:
  void store(data::change_kind kind, char* payload, std::string_view row);
  [[nodiscard]] result<piece> give_rows();
  void apply(data::change_kind kind, char* payload, std::string_view row);
  void erase_removed();

  plan::changelog_normalize_spec spec_;
  keyed_input input_;
  tables::row_codec codec_;
  operator_context* context_ = nullptr;
  tables::hash_table* table_ = nullptr;
  data::batch_ptr pending_;  // waits for state
  row_output made_;
  outbox outbox_;
  table_drain<tables::hash_table> drain_;
  bool ended_ = false;

  std::vector<char*> payloads_;  // scratch
  std::vector<std::uint8_t> inserted_;
  tables::encoded_rows rows_;
};

}  // namespace millrace::operators
