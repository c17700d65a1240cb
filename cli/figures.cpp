#include "cli/figures.hpp"

#include "core/data/civil_time.hpp"

#include <cmath>
#include <cstdio>

namespace millrace::cli {

namespace {

std::string one_digit(double value, const char* unit) {
  char text[48];
  std::snprintf(text, sizeof text, "%.1f %s", value, unit);
  return text;
}

std::string two_units(std::int64_t large, const char* name, std::int64_t small, const char* rest) {
  return std::to_string(large) + " " + name + " " + std::to_string(small) + " " + rest;
}

}  // namespace

std::string with_commas(std::uint64_t number) {
  std::string text = std::to_string(number);
  for (std::size_t at = text.size(); at > 3;) text.insert(at -= 3, ",");
  return text;
}

std::string bytes_text(std::uint64_t bytes) {
  if (bytes < 1024) return std::to_string(bytes) + " B";
  static constexpr const char* units[] = {"KiB", "MiB", "GiB", "TiB"};
  double value = static_cast<double>(bytes) / 1024;
  std::size_t unit = 0;
  for (; value >= 1024 && unit + 1 < std::size(units); ++unit) value /= 1024;
  return one_digit(value, units[unit]);
}

std::string span_text(std::int64_t ms) {
  if (ms < 1000) return std::to_string(ms) + " ms";
  if (ms < 60'000) return one_digit(static_cast<double>(ms) / 1000, "s");
  if (ms < 3'600'000) return two_units(ms / 60'000, "min", ms / 1000 % 60, "s");
  return two_units(ms / 3'600'000, "h", ms / 60'000 % 60, "min");
}

std::string when_text(timestamp_ms at) {
  constexpr int milliseconds = 3;
  std::string text;
  data::append_timestamp(text, at, milliseconds);
  return text.substr(0, text.find('.'));
}

std::string share_text(double share) { return std::to_string(std::lround(share * 100)) + " %"; }

}  // namespace millrace::cli
