#pragma once

#include "core/data/column.hpp"

#include <cstdint>
#include <span>

namespace millrace::operators {

/// Sets `changed[i]` to 1 where row `before[i]` of a flat column differs from row `after[i]`: NULL
/// equals NULL, floats are compared by their bits, nested values by their parts.
void note_changes(const data::column& c, std::span<const std::uint32_t> before,
                  std::span<const std::uint32_t> after, std::uint8_t* changed);

}  // namespace millrace::operators
