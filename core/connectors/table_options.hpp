#pragma once

#include "core/base/config.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace millrace::connectors {

/// Typed reading of a table's options. Errors carry code 2032 and name option, value and form; an
/// absent key gives the default.
class table_options {
 public:
  /// `options` outlives the reader.
  explicit table_options(const option_map& options) : options_(options), reader_(options) {}

  [[nodiscard]] bool has(std::string_view key) const { return reader_.has(key); }
  [[nodiscard]] std::string text(std::string_view key, std::string_view otherwise = {}) const {
    return reader_.text(key, otherwise);
  }
  /// An integer in [least, most].
  [[nodiscard]] result<std::int64_t> integer(std::string_view key, std::int64_t otherwise,
                                             std::int64_t least = INT64_MIN,
                                             std::int64_t most = INT64_MAX) const;
  [[nodiscard]] result<double> number(std::string_view key, double otherwise) const;
  [[nodiscard]] result<bool> boolean(std::string_view key, bool otherwise) const;
  /// Milliseconds, not negative.
  [[nodiscard]] result<std::int64_t> duration_ms(std::string_view key,
                                                 std::int64_t otherwise) const;
  /// Bytes, not negative.
  [[nodiscard]] result<std::int64_t> size_bytes(std::string_view key, std::int64_t otherwise) const;
  /// A single byte that separates things: one character, or `\t`, `\n`, `\r`, `\\`, `\u0001`.
  [[nodiscard]] result<char> character(std::string_view key, char otherwise) const;

 private:
  const option_map& options_;
  option_reader reader_;
};

/// Error 2032: `option 'key': 'value' ...what`.
[[nodiscard]] error bad_option(std::string_view key, std::string_view value, std::string_view what,
                               std::string hint = {});

}  // namespace millrace::connectors
