#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace millrace {

/// Numbers of all errors a user can meet: 1xxx config, 2xxx SQL, 3xxx runtime, 4xxx connector,
/// 5xxx network, 6xxx state, 9xxx bug. Numbers are public and never reused; the texts that explain
/// them stand in `errors.cpp` and become `docs/reference/errors.md`.
enum class errc : std::uint16_t {
  // 1xxx: configuration and command line
  config_unknown_option = 1001,
  config_bad_value = 1002,
  config_missing_define = 1003,
  config_file_unreadable = 1004,
  config_bad_usage = 1005,
  // 2xxx: SQL text
  sql_bad_token = 2001,
  sql_unexpected_token = 2002,
  sql_too_deep = 2003,
  sql_not_supported = 2004,
  sql_unknown_table = 2010,
  sql_unknown_column = 2011,
  sql_ambiguous_column = 2012,
  sql_unknown_function = 2013,
  sql_bad_argument = 2014,
  sql_type_mismatch = 2015,
  sql_duplicate_name = 2016,
  sql_bad_literal = 2017,
  sql_bad_cast = 2018,
  sql_not_grouped = 2019,
  sql_bad_aggregate = 2020,
  sql_bad_window = 2021,
  sql_bad_watermark = 2022,
  sql_bad_ddl = 2023,
  sql_sink_mismatch = 2024,
  sql_changelog_not_accepted = 2025,
  sql_bad_pattern = 2026,
  sql_bad_join = 2027,
  sql_unsupported_order = 2028,
  sql_missing_option = 2030,
  sql_unknown_option = 2031,
  sql_bad_option = 2032,
  // 3xxx: a running job
  runtime_division_by_zero = 3001,
  runtime_cast_failed = 3002,
  runtime_overflow = 3003,
  runtime_bad_argument = 3004,
  runtime_null_row_time = 3005,
  runtime_not_null_violation = 3006,
  runtime_cancelled = 3007,
  runtime_out_of_budget = 3008,
  runtime_interrupted = 3009,
  runtime_scalar_subquery_rows = 3010,
  // 4xxx: connectors and formats
  connector_io = 4001,
  connector_file_missing = 4002,
  connector_bad_record = 4003,
  connector_record_too_long = 4004,
  connector_bad_encoding = 4005,
  connector_bad_compression = 4006,
  connector_unknown = 4007,
  // 5xxx: network and wire forms
  net_bad_frame = 5001,
  net_frame_too_large = 5002,
  net_bad_sequence = 5003,
  // 6xxx: state
  state_corrupt = 6001,
  state_io = 6002,
  state_type_changed = 6003,
  // 9xxx: bugs
  internal = 9001,
};

/// Who can mend it: the user (text, options, data), the world outside, or us.
enum class error_domain : std::uint8_t { user, external, internal };

/// What the reference says of one number; `retry` tells a supervisor that a second try can help.
struct error_info {
  errc code;
  std::string_view name;
  error_domain domain;
  bool retry;
  std::string_view meaning;
};

/// Every error in the order of its number.
[[nodiscard]] std::span<const error_info> all_errors();
/// The entry of one number; `internal`'s entry for a number that is not listed.
[[nodiscard]] const error_info& info_of(errc code);

/// A place in a text that a user wrote; line and column start at 1, length in bytes.
struct text_position {
  std::uint32_t line = 1;
  std::uint32_t column = 1;
  std::uint32_t length = 1;
  friend bool operator==(const text_position&, const text_position&) = default;
};

/// What happened (`message`), where (`at`, `source`), and what to do about it (`hint`, may be
/// empty).
struct error {
  errc code = errc::internal;
  std::string message;
  std::string hint;
  std::optional<text_position> at;
};

/// `error 2011 at 3:14: ...` with the hint on a line of its own.
/// When `text` (the script) is given, the line follows with a caret under the place.
[[nodiscard]] std::string to_text(const error& e, std::string_view text = {});

/// The name among `known` nearest to `wrong` (at most a third of its letters apart), empty if none
/// is near.
[[nodiscard]] std::string nearest_name(std::string_view wrong, std::span<const std::string> known);

}  // namespace millrace
