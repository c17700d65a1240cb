#pragma once

#include "core/connectors/formats/csv/csv_options.hpp"
#include "core/connectors/formats/text_values.hpp"
#include "core/data/column_builder.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::connectors::formats::csv {

/// Turns the texts of CSV fields into values of one column.
class field_reader {
 public:
  /// `declared`: the type in the table; `wanted`: that type or a pruned ROW of it.
  field_reader(const csv_options& options, const data::data_type& declared,
               const data::data_type& wanted);

  /// Appends one value. False: the text has no such value, nothing was appended.
  [[nodiscard]] bool append(data::column_builder& to, std::string_view text);
  /// Appends every `stride`-th text from the first on; false at the first that fails (some may have
  /// been appended). The hot path: the type is looked at once.
  [[nodiscard]] bool append_all(data::column_builder& to, std::span<const std::string_view> texts,
                                std::size_t stride);

 private:
  [[nodiscard]] bool is_null(std::string_view text) const {
    return options_.null_literal && text == *options_.null_literal;
  }
  [[nodiscard]] bool append_parts(data::column_builder& to, std::string_view text);
  [[nodiscard]] bool append_array(data::column_builder& to, std::string_view text);

  const csv_options options_;
  timestamp_parser timestamps_;
  // ROW: for each field of the declared type its place in the wanted one, -1: not wanted.
  std::vector<int> row_fields_;
};

}  // namespace millrace::connectors::formats::csv
