#pragma once

#include "core/base/result.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace re2 {
class RE2;
}

namespace millrace::expr {

/// LIKE's pattern, taken apart once: `%` any text, `_` any character.
class like_pattern {
 public:
  /// 3004 for an escape character that is longer than one or stands before anything but `% _` or
  /// itself.
  [[nodiscard]] static result<like_pattern> make(std::string_view pattern, std::string_view escape);
  [[nodiscard]] bool matches(std::string_view text) const;

 private:
  enum class form : std::uint8_t { exact, prefix, suffix, contains, general };
  form form_ = form::general;
  std::string literal_;
  // general: per element a character's bytes; `wild` marks `%` and `_`.
  struct element {
    char kind;  // 'c', '_' or '%'
    std::string bytes;
  };
  std::vector<element> elements_;
};

/// Compiles a pattern of java.util.regex with RE2 (no look-around, no back references: 3004).
[[nodiscard]] result<std::shared_ptr<const re2::RE2>> compile_regex(std::string_view pattern);
/// The regular expression that a SIMILAR TO pattern stands for.
[[nodiscard]] result<std::string> similar_to_regex(std::string_view pattern,
                                                   std::string_view escape);

}  // namespace millrace::expr
