#pragma once

#include "core/plan/logical/logical_plan.hpp"

#include <algorithm>

namespace millrace::plan {

/// Visits the arguments of an aggregate call in the order in which its function takes them:
/// `column(index)` for one read from the input, `constant(expression)` for a literal. Where the
/// binder gave a place to each constant they stand there, else behind the columns.
template <class Column, class Constant>
void visit_arguments(const aggregate_call& call, Column&& column, Constant&& constant) {
  auto next = call.arguments.begin();
  const auto literals =
      std::ranges::count_if(call.constants, [](const auto& c) { return c != nullptr; });
  const bool placed = call.constants.size() == call.arguments.size() + literals;
  while (!placed && next != call.arguments.end()) column(*next++);
  for (const auto& c : call.constants) {
    if (c) {
      constant(*c);
    } else if (next != call.arguments.end()) {
      column(*next++);
    }
  }
}

}  // namespace millrace::plan
