#pragma once

#include "core/base/result.hpp"
#include "core/plan/physical/physical_plan.hpp"
#include "core/tables/table_spec.hpp"

#include <cstdint>
#include <vector>

namespace millrace::coordination {

/// The state tables that the operator at `node` of a query declares: it is made and opened, as a
/// task would, and dropped again. None for sources, sinks and look-up joins, which would read.
/// Errors: those of making it.
[[nodiscard]] result<std::vector<tables::table_spec>> declared_tables(
    const plan::physical_plan& query, std::uint32_t node);

}  // namespace millrace::coordination
