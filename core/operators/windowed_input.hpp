#pragma once

#include "core/operators/keyed_input.hpp"
#include "core/operators/window/window_axis.hpp"

#include <cstdint>
#include <vector>

namespace millrace::operators {

/// One input of an operator over rows that carry their window: its state keys are the operator's
/// keys, the window's end and a mark, in the key group of the operator's keys.
///
/// Rows whose window has closed are left out and counted as late. Rows with a NULL in a key get a
/// mark of their own when the input is one of a join, so that they meet nobody.
class windowed_input {
 public:
  struct settings {
    std::uint32_t input = 0;
    std::vector<std::uint32_t> keys;
    std::uint32_t end_column = 0;
    bool null_keys_meet = false;  ///< NULL is a key like others (PARTITION BY)
    bool drop_null_keys = false;  ///< rows that meet nobody give nothing (inner and semi joins)
    bool local_zone = false;      ///< window ends are in the session zone
  };
  windowed_input(settings s, const operator_inputs& inputs);
  /// To be called when the operator is opened. Errors: 3004 for a zone that is not known.
  [[nodiscard]] result<void> open(const operator_context& context);

  /// The types of the state key.
  [[nodiscard]] const std::vector<data::data_type>& key_types() const {
    return encoder_.layout().types;
  }
  /// Encodes the keys of the rows that are not late and asks the tables for their key groups;
  /// `loading`: return `need_state` and call again with the same batch.
  [[nodiscard]] tables::readiness load(const data::record_batch& batch, timestamp_ms watermark,
                                       operator_context& context);
  /// Stored rows that take part; key i is that of row i.
  [[nodiscard]] const std::vector<std::uint32_t>& rows() const { return rows_; }
  [[nodiscard]] const tables::key_batch& keys() const { return keys_; }
  /// When the window of row i closes: the watermark that ends it.
  [[nodiscard]] timestamp_ms closes(std::size_t i) const { return closes_[i]; }
  [[nodiscard]] std::uint32_t late() const { return late_; }

 private:
  void pick_rows(const data::record_batch& batch, timestamp_ms watermark);
  [[nodiscard]] bool has_null_key(const data::record_batch& batch, std::uint32_t row) const;

  settings settings_;
  window_axis axis_;
  keyed_input input_;
  tables::key_encoder encoder_;
  std::vector<std::uint32_t> rows_;
  std::vector<std::uint64_t> hashes_;
  std::vector<timestamp_ms> closes_;
  data::column_ptr ends_;
  data::column_ptr marks_;
  std::uint32_t late_ = 0;
  tables::key_batch keys_;
};

}  // namespace millrace::operators
