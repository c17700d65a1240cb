#pragma once

#include "core/data/column_builder.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace millrace::connectors::formats {

// Text of values as Flink's formats read it. All are strict: no blanks around, everything consumed.

/// `[+-]digits` in the range of `Int`.
template <class Int>
[[nodiscard]] std::optional<Int> parse_integer(std::string_view text);
/// Java's Double.parseDouble: decimal forms, NaN, Infinity, a trailing d or f.
[[nodiscard]] std::optional<double> parse_double(std::string_view text);
[[nodiscard]] std::optional<float> parse_float(std::string_view text);
/// `yyyy-MM-dd`, a day that exists.
[[nodiscard]] std::optional<std::int32_t> parse_iso_date(std::string_view text);
/// `HH:mm:ss[.fraction]`; milliseconds of the day.
[[nodiscard]] std::optional<std::int32_t> parse_iso_time(std::string_view text);
/// RFC 4648 with or without padding, no line ends.
[[nodiscard]] bool decode_base64(std::string_view text, std::string& to);
void append_base64(std::string& to, std::string_view bytes);

[[nodiscard]] std::string_view trimmed(std::string_view text);

/// Reads `yyyy-MM-dd?HH:mm:ss[.fraction]`, the fast way where the date is that of the row before.
class timestamp_parser {
 public:
  enum class standard : std::uint8_t { sql, iso_8601 };

  explicit timestamp_parser(standard s = standard::sql)
      : separator_(s == standard::sql ? ' ' : 'T'), standard_(s) {}
  /// Ticks of `precision`; further digits are cut. `utc`: the text ends in `Z`.
  [[nodiscard]] std::optional<std::int64_t> parse(std::string_view text, std::int32_t precision,
                                                  bool utc);

 private:
  char separator_;
  standard standard_;
  char last_date_[10] = {};
  std::int64_t last_days_ = 0;
};

/// Appends the value that `text` stands for in a column of a scalar type: what both JSON strings
/// and CSV fields mean. A DECIMAL that does not fit becomes NULL. False: the text has no such
/// value, and nothing was appended.
[[nodiscard]] bool append_scalar(data::column_builder& to, std::string_view text,
                                 timestamp_parser& timestamps);

}  // namespace millrace::connectors::formats
