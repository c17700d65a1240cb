#pragma once

#include "core/base/result.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace millrace {

/// Options of a session, a table or a job, as text under Flink's keys. Sorted, so that output is
/// stable.
using option_map = std::map<std::string, std::string, std::less<>>;

/// Reads typed values out of an option map. Errors carry code 1002 and name key, value and accepted
/// form. A key that is absent gives the default. Source of the forms: Flink documentation,
/// "Configuration" (durations `10 s`, `5 min`; sizes `64 kb`, `1 gb`).
class option_reader {
 public:
  explicit option_reader(const option_map& options) : options_(options) {}

  [[nodiscard]] bool has(std::string_view key) const {
    return options_.find(key) != options_.end();
  }
  [[nodiscard]] std::string text(std::string_view key, std::string_view otherwise = {}) const;
  [[nodiscard]] result<std::int64_t> integer(std::string_view key, std::int64_t otherwise) const;
  [[nodiscard]] result<double> number(std::string_view key, double otherwise) const;
  [[nodiscard]] result<bool> boolean(std::string_view key, bool otherwise) const;
  /// Milliseconds.
  [[nodiscard]] result<std::int64_t> duration_ms(std::string_view key,
                                                 std::int64_t otherwise) const;
  /// Bytes.
  [[nodiscard]] result<std::int64_t> size_bytes(std::string_view key, std::int64_t otherwise) const;

 private:
  const option_map& options_;
};

/// `250 ms`, `10s`, `1 min`, `2 h`, `1 d`; a bare number counts milliseconds. Gives milliseconds.
[[nodiscard]] result<std::int64_t> parse_duration_ms(std::string_view text);
/// `512`, `64kb`, `16 mb`, `1g`. Gives bytes.
[[nodiscard]] result<std::int64_t> parse_size_bytes(std::string_view text);

}  // namespace millrace
