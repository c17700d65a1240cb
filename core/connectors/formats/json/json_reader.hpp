#pragma once

#include "core/connectors/formats/json/json_field.hpp"
#include "core/connectors/formats/json/json_options.hpp"
#include "core/data/column_builder.hpp"

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::connectors::formats::json {

/// Reads one JSON object at a time into columns: any order of keys, any type that Flink converts.
/// Not thread safe; keeps its buffers.
class json_reader {
 public:
  enum class outcome : std::uint8_t { row, bad_record, bad_encoding };

  json_reader(std::vector<json_field> fields, const json_options& options);
  json_reader(json_reader&&) noexcept;
  ~json_reader();

  [[nodiscard]] const std::vector<json_field>& fields() const { return fields_; }
  /// Appends one value to each column (one per field) if it gives `row`; else the columns may have
  /// got some and must be cut back, and `reason()` says why. `text` has `readable_slack`.
  [[nodiscard]] outcome read(std::string_view text, std::span<data::column_builder* const> columns);
  [[nodiscard]] const std::string& reason() const { return reason_; }
  /// Fields of the last row that became NULL because they could not be read.
  [[nodiscard]] bool had_bad_field() const { return bad_field_; }

 private:
  struct state;
  std::vector<json_field> fields_;
  std::string reason_;
  bool bad_field_ = false;
  std::unique_ptr<state> state_;
};

}  // namespace millrace::connectors::formats::json
