#pragma once

#include "core/operators/keyed_input.hpp"
#include "core/operators/outbox.hpp"
#include "core/operators/row_events.hpp"
#include "core/tables/sorted_table.hpp"

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

namespace millrace::operators {

/// Puts the changes of one sink key in order where several rows of the input share it: the row that
/// came last is what the sink shows; when it goes, the one before it returns.
///
/// A batch is one step per key: at most one change, from what the key showed before the batch to
/// what it shows after it. Source: Flink's SinkUpsertMaterializer.
///
/// State: `rows` (sink key, sequence number -> size of the name, name, row), where a name is the
/// row's upsert key in the input, or nothing: then the row is its own name.
class upsert_materialize final : public physical_operator {
 public:
  upsert_materialize(plan::upsert_materialize_spec spec, const operator_inputs& inputs);
  [[nodiscard]] result<void> open(operator_context& context) override;
  [[nodiscard]] result<progress> process(input_id input, const data::batch_ptr& batch,
                                         output& out) override;
  [[nodiscard]] result<progress> resume(output& out) override;

 private:
  struct touched_key {
    tables::key_handle key;
    std::string before;  // the row shown; empty with `shown` false
    bool shown = false;
  };

  void apply();
  void touch(tables::key_handle key);
  void remove_named(tables::key_handle key, std::string_view name, std::string_view row);
  [[nodiscard]] std::string_view shown(tables::key_handle key) const;
  void emit_changes();

  plan::upsert_materialize_spec spec_;
  std::vector<data::data_type> types_;
  keyed_input input_;
  tables::row_codec codec_;
  tables::row_codec name_codec_;
  operator_context* context_ = nullptr;
  tables::sorted_table* rows_ = nullptr;
  outbox outbox_;
  data::batch_ptr batch_;

  std::vector<tables::key_handle> handles_;  // scratch of one batch
  tables::encoded_rows encoded_;
  tables::encoded_rows names_;
  std::unordered_map<const char*, std::size_t> touched_at_;
  std::vector<touched_key> touched_;
  std::string value_;
  row_events events_;
};

}  // namespace millrace::operators
