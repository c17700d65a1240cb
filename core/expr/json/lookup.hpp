#pragma once

#include "core/expr/json/path.hpp"
#include "core/expr/kernel.hpp"

#include <optional>
#include <string>
#include <vector>

namespace millrace::expr {

/// What a JSON function does where there is nothing, or an error.
enum class json_behavior : std::uint8_t {
  null,
  error,
  default_value,
  empty_array,
  empty_object,
  true_,
  false_,
  unknown
};
/// `NULL`, `ERROR`, `DEFAULT`, `EMPTY ARRAY`, `EMPTY OBJECT`, `TRUE`, `FALSE`, `UNKNOWN`; NULL for
/// other words.
[[nodiscard]] json_behavior json_behavior_of(std::string_view word);

/// What JSON_VALUE, JSON_QUERY and JSON_EXISTS prepare: the path, if it is a literal.
struct prepared_json : prepared_state {
  std::optional<json_path> path;
};
/// 3004 for a literal that is no path.
[[nodiscard]] result<std::shared_ptr<const prepared_state>> prepare_json_path(
    const scalar_overload&, std::span<const data::column_ptr> arguments, const eval_context&);

enum class json_outcome : std::uint8_t {
  found,    ///< one value (not JSON's null), or the list of an indefinite path
  nothing,  ///< JSON's null, or a lax path that leads nowhere
  failed,   ///< no JSON, or a strict path that leads nowhere
};

/// Looks a path up in the texts of one call, row by row. Source of the rules: Flink's SqlJsonUtils.
class json_lookup {
 public:
  explicit json_lookup(const kernel_call& call);

  [[nodiscard]] json_outcome find(std::uint32_t row);
  // After `found`:
  [[nodiscard]] bool lax() const { return path_->lax(); }
  /// True if the result is an array of matches rather than a value of the document.
  [[nodiscard]] bool is_list() const { return !path_->definite(); }
  [[nodiscard]] const std::vector<std::uint32_t>& matches() const { return matches_; }
  [[nodiscard]] const json_document& document() const { return document_; }
  /// The value; only if it is no list.
  [[nodiscard]] const json_node& value() const { return document_.node(matches_[0]); }
  [[nodiscard]] bool is_scalar() const { return !is_list() && value().is_scalar(); }
  [[nodiscard]] bool is_array() const { return is_list() || value().kind == json_kind::array; }
  /// Adds the value, or the list.
  void append(std::string& out) const;

 private:
  bool choose_path(std::uint32_t row);

  any_text inputs_;
  any_text paths_;
  const json_path* path_;
  std::string own_text_;  // of own_path_, where the path is no literal
  std::optional<json_path> own_path_;
  json_document document_;
  std::vector<std::uint32_t> matches_;
};

/// True if neither text nor path is NULL at the row.
[[nodiscard]] inline bool json_arguments_valid(const kernel_call& call, std::uint32_t row) {
  return !call.arguments[0]->is_null(row) && !call.arguments[1]->is_null(row);
}

}  // namespace millrace::expr
