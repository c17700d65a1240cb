#pragma once

#include "core/base/result.hpp"
#include "core/expr/json/document.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::expr {

/// A JSON path as Jayway's library (Flink's) reads it: `$.a.b`, `['a b']`, `[0]`, `[-1]`, `[0,2]`,
/// `[1:3]`, `[*]`, `.*`, `..a`, each with `lax` or `strict` (the default) in front. Immutable.
class json_path {
 public:
  /// 3004 for text that is no path, and for filters `[?(...)]`, which are not supported.
  [[nodiscard]] static result<json_path> make(std::string_view text);

  [[nodiscard]] bool lax() const { return lax_; }
  /// True if the path leads to one value at most; else its result is an array of all matches.
  [[nodiscard]] bool definite() const { return definite_; }
  /// Adds the nodes that the path leads to, in the document's order.
  void select(const json_document& document, std::vector<std::uint32_t>& found) const;

 private:
  friend class json_path_parser;
  enum class step_kind : std::uint8_t { member, elements, range, children, descendants };
  struct step {
    step_kind kind;
    std::string name;                    // member
    std::vector<std::int64_t> elements;  // elements
    std::int64_t begin = 0;              // range; negative: from the end
    std::int64_t end = INT64_MAX;
  };
  void follow(const json_document& document, std::uint32_t node, std::size_t position,
              std::vector<std::uint32_t>& found) const;
  void follow_range(const json_document& document, std::uint32_t node, std::size_t position,
                    std::vector<std::uint32_t>& found) const;

  bool lax_ = false;
  bool definite_ = true;
  std::vector<step> steps_;
};

}  // namespace millrace::expr
