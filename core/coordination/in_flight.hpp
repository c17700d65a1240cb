#pragma once

#include "core/base/result.hpp"
#include "core/data/types.hpp"
#include "core/runtime/channel_state.hpp"
#include "core/tables/delta.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace millrace::coordination {

/// Where a manifest keeps the rows in flight to the task whose head is operator `id`.
[[nodiscard]] std::string in_flight_id(const std::string& id);

/// Channels as entries of a state file (docs/reference/formats.md, "Rows in flight"). Encodes one
/// element at a time. `next` gives errors of the codec: net_too_large.
[[nodiscard]] std::unique_ptr<tables::delta_reader> read_channels(
    std::vector<runtime::channel_state> channels);

/// Reads what `read_channels` gave; `inputs[i]`: what rows of input i have to look like. Channels
/// in ascending order of input and writer. Errors: those of `from`; state_type_changed for rows of
/// other columns; state_corrupt.
[[nodiscard]] result<std::vector<runtime::channel_state>> load_channels(
    tables::delta_reader& from, const std::vector<data::schema>& inputs);

}  // namespace millrace::coordination
