#pragma once

#include "core/operators/kept_rows.hpp"
#include "core/operators/row_events.hpp"

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
class upsert_materialize final : public kept_rows {
 public:
  upsert_materialize(plan::upsert_materialize_spec spec, const operator_inputs& inputs);

 private:
  struct touched_key {
    tables::key_handle key;
    std::string before;  // the row shown; empty with `shown` false
    bool shown = false;
  };

  [[nodiscard]] result<void> step() override;
  void touch(tables::key_handle key);
  void remove_named(tables::key_handle key, std::string_view name, std::string_view row);
  [[nodiscard]] std::string_view shown(tables::key_handle key) const;
  void emit_changes();

  plan::upsert_materialize_spec spec_;
  tables::row_codec name_codec_;

  tables::encoded_rows names_;  // scratch of one batch
  std::unordered_map<const char*, std::size_t> touched_at_;
  std::vector<touched_key> touched_;
  std::string value_;
  row_events events_;
};

}  // namespace millrace::operators
