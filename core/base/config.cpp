#include "core/base/config.hpp"

#include <fmt/format.h>

#include <cctype>
#include <charconv>

namespace millrace {
namespace {

struct unit {
  std::string_view name;
  std::int64_t factor;
};

constexpr unit time_units[] = {{"ms", 1},          {"milli", 1},        {"millis", 1},
                               {"millisecond", 1}, {"milliseconds", 1}, {"s", 1000},
                               {"sec", 1000},      {"secs", 1000},      {"second", 1000},
                               {"seconds", 1000},  {"m", 60'000},       {"min", 60'000},
                               {"mins", 60'000},   {"minute", 60'000},  {"minutes", 60'000},
                               {"h", 3'600'000},   {"hour", 3'600'000}, {"hours", 3'600'000},
                               {"d", 86'400'000},  {"day", 86'400'000}, {"days", 86'400'000}};
constexpr unit size_units[] = {{"b", 1},         {"bytes", 1},    {"k", 1 << 10},  {"kb", 1 << 10},
                               {"kib", 1 << 10}, {"m", 1 << 20},  {"mb", 1 << 20}, {"mib", 1 << 20},
                               {"g", 1 << 30},   {"gb", 1 << 30}, {"gib", 1 << 30}};

std::string lower_trimmed(std::string_view text) {
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.front())))
    text.remove_prefix(1);
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.back())))
    text.remove_suffix(1);
  std::string out(text);
  for (char& c : out) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return out;
}

template <std::size_t N>
result<std::int64_t> parse_with_unit(std::string_view text, const unit (&units)[N],
                                     const char* form) {
  const std::string t = lower_trimmed(text);
  std::int64_t number = 0;
  const auto [end, bad] = std::from_chars(t.data(), t.data() + t.size(), number);
  std::string_view name(end, static_cast<std::size_t>(t.data() + t.size() - end));
  while (!name.empty() && name.front() == ' ') name.remove_prefix(1);
  if (bad == std::errc{}) {
    if (name.empty()) return number;
    std::int64_t product = 0;
    for (const auto& u : units)
      if (u.name == name && !__builtin_mul_overflow(number, u.factor, &product)) return product;
  }
  return make_error(errc::config_bad_value, fmt::format("'{}' is not {}", text, form));
}

error with_key(error e, std::string_view key) {
  e.message = fmt::format("option '{}': {}", key, e.message);
  return e;
}

}  // namespace

result<std::int64_t> parse_duration_ms(std::string_view text) {
  return parse_with_unit(text, time_units, "a duration like '500 ms', '10 s', '1 min', '2 h'");
}

result<std::int64_t> parse_size_bytes(std::string_view text) {
  return parse_with_unit(text, size_units, "a size like '64 kb', '16 mb', '1 gb'");
}

std::string option_reader::text(std::string_view key, std::string_view otherwise) const {
  const auto it = options_.find(key);
  return it == options_.end() ? std::string(otherwise) : it->second;
}

result<std::int64_t> option_reader::integer(std::string_view key, std::int64_t otherwise) const {
  if (!has(key)) return otherwise;
  const std::string t = lower_trimmed(text(key));
  std::int64_t value = 0;
  const auto [end, bad] = std::from_chars(t.data(), t.data() + t.size(), value);
  if (bad != std::errc{} || end != t.data() + t.size())
    return make_error(errc::config_bad_value,
                      fmt::format("option '{}': '{}' is not an integer", key, t));
  return value;
}

result<double> option_reader::number(std::string_view key, double otherwise) const {
  if (!has(key)) return otherwise;
  const std::string t = lower_trimmed(text(key));
  double value = 0;
  const auto [end, bad] = std::from_chars(t.data(), t.data() + t.size(), value);
  if (bad != std::errc{} || end != t.data() + t.size())
    return make_error(errc::config_bad_value,
                      fmt::format("option '{}': '{}' is not a number", key, t));
  return value;
}

result<bool> option_reader::boolean(std::string_view key, bool otherwise) const {
  if (!has(key)) return otherwise;
  const std::string t = lower_trimmed(text(key));
  if (t == "true") return true;
  if (t == "false") return false;
  return make_error(errc::config_bad_value,
                    fmt::format("option '{}': '{}' is neither 'true' nor 'false'", key, t));
}

result<std::int64_t> option_reader::duration_ms(std::string_view key,
                                                std::int64_t otherwise) const {
  if (!has(key)) return otherwise;
  auto value = parse_duration_ms(text(key));
  if (!value.ok()) return with_key(value.take_error(), key);
  return value;
}

result<std::int64_t> option_reader::size_bytes(std::string_view key, std::int64_t otherwise) const {
  if (!has(key)) return otherwise;
  auto value = parse_size_bytes(text(key));
  if (!value.ok()) return with_key(value.take_error(), key);
  return value;
}

}  // namespace millrace
