#include "core/connectors/formats/json/json_options.hpp"

#include "core/connectors/table_options.hpp"

#include <array>

namespace millrace::connectors::formats::json {
namespace {

using enum option_kind;

constexpr std::array<option_info, 9> table{{
    {"ignore-parse-errors", boolean, "false",
     "a field that cannot be read is NULL, a record that cannot be read is skipped and counted"},
    {"timestamp-format.standard", text, "SQL",
     "SQL: `2024-02-29 12:00:00.1`, ISO-8601: `2024-02-29T12:00:00.1`; LTZ with a `Z`"},
    {"map-null-key.mode", text, "FAIL", "FAIL, DROP or LITERAL: writing a NULL key of a MAP"},
    {"map-null-key.literal", text, "null", "the key written under LITERAL"},
    {"encode.decimal-as-plain-number", boolean, "false", "writes 0.00000001, not 1E-8"},
    {"encode.ignore-null-fields", boolean, "false", "leaves NULL fields out"},
    {"decode.json-parser.enabled", boolean, "true", "accepted, without effect"},
    // The last two differ: json fails on missing fields, debezium-json may carry its schema.
    {"fail-on-missing-field", boolean, "false", "a record without one of the columns is an error"},
    {"schema-include", boolean, "false", "the change stands under `payload`"},
}};

result<null_key_mode> read_mode(const table_options& options, const std::string& key) {
  const std::string mode = options.text(key, "FAIL");
  if (mode == "FAIL") return null_key_mode::fail;
  if (mode == "DROP") return null_key_mode::drop;
  if (mode == "LITERAL") return null_key_mode::literal;
  return bad_option(key, mode, "is none of FAIL, DROP, LITERAL");
}

result<timestamp_parser::standard> read_standard(const table_options& options,
                                                 const std::string& key) {
  const std::string name = options.text(key, "SQL");
  if (name == "SQL") return timestamp_parser::standard::sql;
  if (name == "ISO-8601") return timestamp_parser::standard::iso_8601;
  return bad_option(key, name, "is none of SQL, ISO-8601");
}

}  // namespace

std::span<const option_info> json_option_table() { return std::span(table).first(8); }

std::span<const option_info> debezium_option_table() {
  static const auto out = [] {
    std::vector<option_info> all(table.begin(), table.begin() + 7);
    all.push_back(table[8]);
    return all;
  }();
  return out;
}

result<json_options> json_options::from(const option_map& options, std::string_view format) {
  const table_options read(options);
  const auto key = [&](std::string_view name) {
    return std::string(format) + '.' + std::string(name);
  };
  json_options out;
  MILLRACE_TRY(out.fail_on_missing_field, read.boolean(key("fail-on-missing-field"), false));
  MILLRACE_TRY(out.ignore_parse_errors, read.boolean(key("ignore-parse-errors"), false));
  if (out.fail_on_missing_field && out.ignore_parse_errors)
    return bad_option(key("fail-on-missing-field"), "true",
                      "cannot stand beside ignore-parse-errors = true");
  MILLRACE_TRY(out.timestamps, read_standard(read, key("timestamp-format.standard")));
  MILLRACE_TRY(out.null_keys, read_mode(read, key("map-null-key.mode")));
  out.null_key_literal = read.text(key("map-null-key.literal"), "null");
  MILLRACE_TRY(out.plain_decimals, read.boolean(key("encode.decimal-as-plain-number"), false));
  MILLRACE_TRY(out.ignore_null_fields, read.boolean(key("encode.ignore-null-fields"), false));
  MILLRACE_TRY(out.schema_include, read.boolean(key("schema-include"), false));
  return out;
}

}  // namespace millrace::connectors::formats::json
