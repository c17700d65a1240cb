#pragma once

#include "core/base/clock.hpp"

#include <cstdint>
#include <string>

namespace millrace::cli {

// Figures as people read them.

/// `1,234,567`
[[nodiscard]] std::string with_commas(std::uint64_t number);
/// `512 B`, `1.5 KiB`, `3.0 MiB`
[[nodiscard]] std::string bytes_text(std::uint64_t bytes);
/// `12 ms`, `3.4 s`, `2 min 5 s`, `1 h 2 min`
[[nodiscard]] std::string span_text(std::int64_t milliseconds);
/// `2024-02-29 12:34:56`, UTC
[[nodiscard]] std::string when_text(timestamp_ms at);
/// `37 %` of 0.37
[[nodiscard]] std::string share_text(double share);

}  // namespace millrace::cli
