#pragma once

#include "core/base/result.hpp"
#include "core/data/civil_time.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::expr {

/// A date and time pattern of Java (`yyyy-MM-dd'T'HH:mm:ss.SSS`), compiled once. Immutable.
///
/// Letters: G y u M L d D E e a H h K k m s S n q Q w A, quoted text, `''`; X and Z (an offset from
/// UTC) for reading only. Source: java.time.format.DateTimeFormatter.
class time_pattern {
 public:
  /// 3004 for a letter that is not supported.
  [[nodiscard]] static result<time_pattern> make(std::string_view pattern);

  /// Appends the local time `ticks` (since 1970).
  void format(std::string& out, std::int64_t ticks, std::int64_t ticks_per_second) const;
  /// How many ticks a formatted text stays the same for, counted from a multiple of it: a day's for
  /// `yyyy-MM-dd`.
  [[nodiscard]] std::int64_t period(std::int64_t ticks_per_second) const;

  struct parsed {
    std::int64_t seconds;  ///< local, since 1970
    std::int32_t nanos;
    std::optional<std::int32_t> offset;  ///< seconds ahead of UTC, where the text names them
  };
  /// Reads a text that has this form from beginning to end. Fields that the pattern lacks are those
  /// of 1970-01-01 00:00:00. `lenient` (SimpleDateFormat): numbers may run over (month 13) and text
  /// behind is ignored.
  [[nodiscard]] std::optional<parsed> parse(std::string_view text, bool lenient) const;

  /// True if the pattern reads an offset from UTC: a local time cannot be written by it.
  [[nodiscard]] bool names_zone() const;

 private:
  struct item {
    char letter = 0;  ///< 0: literal text
    std::uint8_t width = 0;
    bool adjacent = false;  ///< digits follow at once: reads exactly `width` of them
    std::string text;
  };
  std::vector<item> items_;
};

}  // namespace millrace::expr
