#pragma once

#include "core/expr/registry.hpp"
#include "core/plan/logical/logical_plan.hpp"
#include "tests/unit/core/operators/operator_harness.hpp"

#include <gtest/gtest.h>

namespace millrace::operators {

/// A call of a built-in aggregate over columns of an input.
inline plan::aggregate_call aggregate(std::string_view name, std::vector<std::uint32_t> arguments,
                                      const columns& input, bool retracting = false) {
  std::vector<data::data_type> types;
  for (const std::uint32_t a : arguments) types.push_back(input[a].type);
  const std::vector<data::column_ptr> literals(types.size());
  const auto* function = expr::find_aggregate(name);
  EXPECT_NE(function, nullptr) << name;
  auto overload = function->resolve({name, types, literals, nullptr}, retracting);
  EXPECT_TRUE(overload.ok()) << overload.error().message;
  plan::aggregate_call call;
  call.function = std::string(name);
  call.overload = std::move(overload).value();
  call.arguments = std::move(arguments);
  return call;
}

}  // namespace millrace::operators
