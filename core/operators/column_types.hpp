#pragma once

#include "core/data/types.hpp"
#include "core/plan/logical/logical_plan.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace millrace::operators {

[[nodiscard]] inline std::vector<data::data_type> types_of(
    std::span<const plan::logical_column> columns) {
  std::vector<data::data_type> types;
  types.reserve(columns.size());
  for (const auto& c : columns) types.push_back(c.type);
  return types;
}
[[nodiscard]] inline std::vector<data::data_type> types_of(
    std::span<const plan::logical_column> columns, std::span<const std::uint32_t> picked) {
  std::vector<data::data_type> types;
  types.reserve(picked.size());
  for (const std::uint32_t c : picked) types.push_back(columns[c].type);
  return types;
}

}  // namespace millrace::operators
