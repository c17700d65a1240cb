#pragma once

#include "core/base/result.hpp"
#include "core/sql/ast/statement.hpp"

#include <cstddef>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

namespace millrace::sql {

/// Bytes of the longest script; beyond it parsing answers `sql_too_deep`.
inline constexpr std::size_t max_script_bytes = std::size_t{16} << 20;
/// How deep parentheses, calls, queries, CASE, types and patterns may nest.
inline constexpr std::size_t max_nesting = 256;
/// How high a tree may grow by chains of operators, joins and unions, nesting included.
inline constexpr std::size_t max_tree_height = 1000;

/// Parses a script statement by statement, so that earlier statements can run before an error in a
/// later one. `text` must outlive the stream. One thread at a time.
/// Errors: sql_bad_token, sql_unexpected_token, sql_too_deep, sql_not_supported, sql_bad_literal,
/// all with their place.
class statement_stream {
 public:
  explicit statement_stream(std::string_view text);
  ~statement_stream();
  statement_stream(statement_stream&&) noexcept;
  statement_stream& operator=(statement_stream&&) noexcept;

  /// The next statement, or nothing at the end. After an error the stream is at its end.
  [[nodiscard]] result<std::optional<statement>> next();

 private:
  class state;
  std::unique_ptr<state> state_;
};

/// All statements of a script, or the first error.
[[nodiscard]] result<std::vector<statement>> parse_script(std::string_view text);
/// One expression and nothing behind it.
[[nodiscard]] result<expression_ptr> parse_expression(std::string_view text);
/// One query and nothing behind it (view definitions).
[[nodiscard]] result<query> parse_query(std::string_view text);
/// One type and nothing behind it (`ROW<a INT>`).
[[nodiscard]] result<type_name> parse_type(std::string_view text);

}  // namespace millrace::sql
