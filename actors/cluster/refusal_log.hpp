#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace millrace::actors {

/// Lines about messages that were refused. Strangers must not fill a disk with them: the first, the
/// second, the fourth, the eighth and so on are told, each with its number, as plain text of a
/// bounded length. One per hub, used on its thread.
class refusal_log {
 public:
  explicit refusal_log(std::function<void(const std::string&)> log) : log_(std::move(log)) {}

  /// `from`: any bytes.
  void add(std::string_view from, std::string_view why);

 private:
  std::function<void(const std::string&)> log_;
  std::uint64_t refused_ = 0;
};

}  // namespace millrace::actors
