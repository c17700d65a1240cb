#pragma once

#include "core/base/result.hpp"
#include "core/data/value_text.hpp"

#include <memory>
#include <string>

namespace millrace::expr {

/// The rules of one time zone. Made once per name and kept; thread safe.
class time_zone : public data::zone_offsets {
 public:
  /// `UTC`, `America/New_York`, `GMT+08:00`, `+02:00`. Error 3004 for an unknown name.
  [[nodiscard]] static result<std::shared_ptr<const time_zone>> find(const std::string& name);

  /// Local ticks of a moment given in ticks since 1970 UTC.
  [[nodiscard]] virtual std::int64_t to_local(std::int64_t utc_ticks,
                                              std::int64_t ticks_per_second) const = 0;
  /// The moment of a local time: in a daylight saving gap shifted forward by the gap, in an overlap
  /// with the earlier offset (java.time.ZonedDateTime.of).
  [[nodiscard]] virtual std::int64_t to_utc(std::int64_t local_ticks,
                                            std::int64_t ticks_per_second) const = 0;
  [[nodiscard]] virtual bool is_utc() const = 0;
};

}  // namespace millrace::expr
