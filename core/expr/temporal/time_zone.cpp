#include "core/expr/temporal/time_zone.hpp"

#include "core/data/civil_time.hpp"

#include <date/tz.h>

#include <chrono>
#include <map>
#include <mutex>
#include <optional>

namespace millrace::expr {
namespace {

class fixed_zone final : public time_zone {
 public:
  explicit fixed_zone(std::int32_t offset) : offset_(offset) {}
  [[nodiscard]] std::int32_t at(std::int64_t) const override { return offset_; }
  [[nodiscard]] std::int64_t to_local(std::int64_t utc, std::int64_t per_second) const override {
    return utc + offset_ * per_second;
  }
  [[nodiscard]] std::int64_t to_utc(std::int64_t local, std::int64_t per_second) const override {
    return local - offset_ * per_second;
  }
  [[nodiscard]] bool is_utc() const override { return offset_ == 0; }

 private:
  std::int32_t offset_;
};

/// A zone of the IANA database of the operating system.
class named_zone final : public time_zone {
 public:
  explicit named_zone(const date::time_zone* zone) : zone_(zone) {}

  [[nodiscard]] std::int32_t at(std::int64_t utc_seconds) const override {
    // Rows of a batch lie in one season nearly always.
    thread_local season last;
    if (last.zone != zone_ || utc_seconds < last.begin || utc_seconds >= last.end) {
      const auto info = zone_->get_info(date::sys_seconds(std::chrono::seconds(utc_seconds)));
      last = {zone_, info.begin.time_since_epoch().count(), info.end.time_since_epoch().count(),
              static_cast<std::int32_t>(info.offset.count())};
    }
    return last.offset;
  }

  [[nodiscard]] std::int64_t to_local(std::int64_t utc, std::int64_t per_second) const override {
    return utc + at(data::floor_div(utc, per_second)) * per_second;
  }

  [[nodiscard]] std::int64_t to_utc(std::int64_t local, std::int64_t per_second) const override {
    const auto seconds = data::floor_div(local, per_second);
    const auto info = zone_->get_info(date::local_seconds(std::chrono::seconds(seconds)));
    // In a gap the offset before it moves the time behind it; in an overlap it is the earlier one.
    return local - info.first.offset.count() * per_second;
  }
  [[nodiscard]] bool is_utc() const override { return false; }

 private:
  struct season {
    const date::time_zone* zone = nullptr;
    std::int64_t begin = 0, end = 0;
    std::int32_t offset = 0;
  };
  const date::time_zone* zone_;
};

bool two_digits(std::string_view text, std::size_t at, std::int32_t& out) {
  if (at + 2 > text.size()) return false;
  const char a = text[at], b = text[at + 1];
  if (a < '0' || a > '9' || b < '0' || b > '9') return false;
  out = (a - '0') * 10 + (b - '0');
  return true;
}

// `Z`, `UTC`, `+hh:mm`, `GMT+hh:mm`, `UTC-hh`: seconds east of Greenwich.
std::optional<std::int32_t> fixed_offset(std::string_view name) {
  if (name == "Z" || name == "UTC" || name == "GMT" || name == "Etc/UTC") return 0;
  if (name.starts_with("GMT") || name.starts_with("UTC")) name.remove_prefix(3);
  if (name.empty() || (name[0] != '+' && name[0] != '-')) return std::nullopt;
  std::int32_t hours = 0, minutes = 0;
  const bool one_digit = name.size() == 2 || (name.size() > 2 && name[2] == ':');
  if (one_digit) {
    if (name[1] < '0' || name[1] > '9') return std::nullopt;
    hours = name[1] - '0';
  } else if (!two_digits(name, 1, hours)) {
    return std::nullopt;
  }
  const std::size_t rest = one_digit ? 2 : 3;
  if (rest < name.size()) {
    const std::size_t at = name[rest] == ':' ? rest + 1 : rest;
    if (!two_digits(name, at, minutes) || at + 2 != name.size()) return std::nullopt;
  }
  if (hours > 18 || minutes > 59) return std::nullopt;
  const std::int32_t seconds = hours * 3600 + minutes * 60;
  return name[0] == '-' ? -seconds : seconds;
}

result<std::shared_ptr<const time_zone>> load(const std::string& name) {
  if (const auto offset = fixed_offset(name))
    return std::shared_ptr<const time_zone>(std::make_shared<fixed_zone>(*offset));
  try {
    return std::shared_ptr<const time_zone>(std::make_shared<named_zone>(date::locate_zone(name)));
  } catch (const std::exception&) {
    return make_error(errc::runtime_bad_argument, "unknown time zone '" + name + "'",
                      "Use an IANA name (Europe/Berlin) or an offset (GMT+02:00).");
  }
}

}  // namespace

result<std::shared_ptr<const time_zone>> time_zone::find(const std::string& name) {
  static std::mutex mutex;
  static std::map<std::string, std::shared_ptr<const time_zone>> known;
  const std::lock_guard lock(mutex);
  if (const auto at = known.find(name); at != known.end()) return at->second;
  MILLRACE_TRY(auto zone, load(name));
  known.emplace(name, zone);
  return zone;
}

}  // namespace millrace::expr
