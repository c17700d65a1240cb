#pragma once

#include "core/base/config.hpp"
#include "core/connectors/connector.hpp"
#include "core/connectors/formats/text_values.hpp"

#include <span>
#include <string>
#include <string_view>

namespace millrace::connectors::formats::json {

/// What to do with a MAP's NULL key when writing.
enum class null_key_mode : std::uint8_t { fail, drop, literal };

/// Options of `json`, and under their own prefix of `debezium-json`. Source: Flink documentation,
/// "JSON Format".
struct json_options {
  bool fail_on_missing_field = false;
  bool ignore_parse_errors = false;
  timestamp_parser::standard timestamps = timestamp_parser::standard::sql;
  null_key_mode null_keys = null_key_mode::fail;
  std::string null_key_literal = "null";
  bool plain_decimals = false;
  bool ignore_null_fields = false;
  bool schema_include = false;  ///< debezium-json: the change stands under `payload`

  /// `format`: `json` or `debezium-json`. Errors: 2032.
  [[nodiscard]] static result<json_options> from(const option_map& options,
                                                 std::string_view format);
};

[[nodiscard]] std::span<const option_info> json_option_table();
[[nodiscard]] std::span<const option_info> debezium_option_table();

}  // namespace millrace::connectors::formats::json
