#pragma once

#include "core/base/config.hpp"
#include "core/connectors/connector.hpp"

#include <optional>
#include <span>
#include <string>

namespace millrace::connectors::formats::csv {

/// Options of `csv`. Source: Flink documentation, "CSV Format".
struct csv_options {
  char delimiter = ',';
  std::optional<char> quote = '"';
  std::optional<char> escape;
  std::string array_delimiter = ";";
  std::optional<std::string> null_literal;
  bool allow_comments = false;
  bool ignore_parse_errors = false;
  bool scientific_decimals = true;

  /// Errors: 2032.
  [[nodiscard]] static result<csv_options> from(const option_map& options);
};

[[nodiscard]] std::span<const option_info> csv_option_table();

}  // namespace millrace::connectors::formats::csv
