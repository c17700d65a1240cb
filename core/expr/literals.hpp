#pragma once

#include "core/base/result.hpp"
#include "core/data/column.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace millrace::expr {

// One value as a constant column of length 1, for `make_literal`. The types are NOT NULL, but for
// `null_literal`.

[[nodiscard]] data::column_ptr boolean_literal(bool value);
/// Any type stored in an integer: TINYINT to BIGINT, DATE (days), TIME (milliseconds), timestamps
/// (ticks of the type's precision), intervals (months, milliseconds).
[[nodiscard]] data::column_ptr integer_literal(const data::data_type& type, std::int64_t value);
[[nodiscard]] data::column_ptr int_literal(std::int32_t value);
[[nodiscard]] data::column_ptr bigint_literal(std::int64_t value);
[[nodiscard]] data::column_ptr double_literal(double value);
[[nodiscard]] data::column_ptr decimal_literal(const data::data_type& type, data::int128 unscaled);
/// CHAR(n) with n the number of characters, as Flink types a string literal.
[[nodiscard]] data::column_ptr char_literal(std::string_view utf8);
/// STRING.
[[nodiscard]] data::column_ptr string_literal(std::string_view utf8);
/// BINARY(n).
[[nodiscard]] data::column_ptr bytes_literal(std::string_view bytes);
/// NULL of a type.
[[nodiscard]] data::column_ptr null_literal(const data::data_type& type);

/// For EXPLAIN and errors: `'text'`, `1.50`, `DATE '2024-02-29'`, `NULL`.
[[nodiscard]] std::string literal_text(const data::column& value);

/// The literal that a number in SQL text stands for: INT, BIGINT or DECIMAL by its size for digits
/// alone, DECIMAL(p, s) for `1.50`, DOUBLE for `1e3`. 2017 if it has more than 38 digits or is out
/// of DOUBLE's range.
[[nodiscard]] result<data::column_ptr> number_literal(std::string_view text);
/// X'0AFF': 2017 unless `digits` are an even number of hex digits.
[[nodiscard]] result<data::column_ptr> hex_literal(std::string_view digits);
/// DATE '2024-02-29'. 2017 for text that is no date.
[[nodiscard]] result<data::column_ptr> date_literal(std::string_view text);
/// TIME '23:30:00.5'. 2017 for text that is no time of day.
[[nodiscard]] result<data::column_ptr> time_literal(std::string_view text);
/// TIMESTAMP '2024-02-29 12:00:00.123': the precision is the number of fraction digits. 2017.
[[nodiscard]] result<data::column_ptr> timestamp_literal(std::string_view text);
/// INTERVAL 'text' from [TO to], units in upper case (`DAY`, `SECOND`); an empty `to` means `from`
/// alone. 2017 for text that does not fit the units, and for a leading field of more digits than
/// `precision` (2 where the text gives none).
[[nodiscard]] result<data::column_ptr> interval_literal(std::string_view text, bool negative,
                                                        std::string_view from, std::string_view to,
                                                        std::int32_t precision = 2);

}  // namespace millrace::expr
