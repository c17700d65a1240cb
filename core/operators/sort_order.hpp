#pragma once

#include "core/plan/logical/logical_plan.hpp"
#include "core/tables/order_encoder.hpp"

#include <span>
#include <vector>

namespace millrace::operators {

/// The encoder of ORDER BY keys over columns of these types.
[[nodiscard]] inline tables::order_encoder sort_order(std::span<const plan::sort_key> keys,
                                                      std::span<const data::data_type> columns) {
  std::vector<tables::order_field> fields;
  std::vector<data::data_type> types;
  for (const auto& k : keys) {
    fields.push_back({k.column, !k.descending, k.nulls_first});
    types.push_back(columns[k.column]);
  }
  return {std::move(fields), std::move(types)};
}

}  // namespace millrace::operators
