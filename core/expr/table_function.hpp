#pragma once

#include "core/base/result.hpp"
#include "core/data/column_builder.hpp"
#include "core/expr/row_set.hpp"
#include "core/expr/scalar_function.hpp"

#include <cstdint>
#include <string_view>
#include <vector>

namespace millrace::expr {

/// A function that gives rows for a row: UNNEST, and what LATERAL TABLE calls.
struct table_overload {
  std::vector<data::data_type> argument_types;
  std::vector<data::field> result_fields;
  /// Appends the rows of the live rows in `rows` to `out` (one builder per result field) and, for
  /// each appended row, the stored row it came from to `origin` (ascending).
  result<void> (*expand)(std::span<const data::column_ptr> arguments, const row_set& rows,
                         std::span<data::column_builder> out, std::vector<std::uint32_t>& origin,
                         eval_context& context) = nullptr;
};

struct table_function {
  std::string_view name;
  std::string_view signature;
  std::string_view summary;
  result<table_overload> (*resolve)(const call_site&);
};

}  // namespace millrace::expr
