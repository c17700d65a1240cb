#pragma once

#include "core/data/column.hpp"

#include <string>

namespace millrace::data {

/// Offsets of a time zone. Port: time zone rules live in core/expr. Thread safe.
class zone_offsets {
 public:
  virtual ~zone_offsets() = default;
  /// Local time minus UTC, in seconds, at a moment given in seconds since 1970 UTC.
  [[nodiscard]] virtual std::int32_t at(std::int64_t utc_seconds) const = 0;
};

/// How values become text. The default is what CAST(x AS STRING) gives in Flink.
struct text_style {
  const zone_offsets* zone = nullptr;  ///< for TIMESTAMP_LTZ; null: UTC
  bool hex_bytes = false;              ///< BYTES as `x0aff` (for people) instead of as they are
};

/// Appends row `row` of a column of any type and encoding as Flink casts it to STRING: TRUE,
/// 1.0E10, decimals at their scale, times with the fraction of their precision, `+1-02`,
/// `+1 02:03:04.000`, `(a, b)`, `[a, b]`, `{k=v}`; NULL as `NULL`.
void append_value_text(std::string& out, const column& c, std::uint32_t row,
                       const text_style& style = {});

/// As Java's Double.toString: the shortest digits that give the value back, `1.0E10` outside of
/// 0.001 to 10^7.
void append_double(std::string& out, double value);
void append_float(std::string& out, float value);
/// `x0aff`.
void append_hex(std::string& out, std::string_view bytes);
/// `+1-02` for 14 months.
void append_year_month(std::string& out, std::int64_t months);
/// `+1 02:03:04.000`.
void append_day_time(std::string& out, std::int64_t ms);

}  // namespace millrace::data
