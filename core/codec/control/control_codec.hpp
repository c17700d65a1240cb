#pragma once

#include "core/base/result.hpp"
#include "core/coordination/control_messages.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace millrace::codec {

/// What a receiver of control messages takes at most.
inline constexpr std::size_t max_control_bytes = 64U << 20;  ///< of a message
inline constexpr std::size_t max_control_items = 1U << 20;   ///< of a list in it
inline constexpr std::size_t max_control_name = 255;  ///< bytes of a worker's name (as of a link's)

/// A message of `schemas/control.capnp`, segment table in front. A sender keeps below the limits:
/// state larger than those goes into files, and travels as their names.
[[nodiscard]] std::string encode_control(const coordination::control_message& message);

/// Reads what `encode_control` wrote; the bytes need not be aligned and may be let go afterwards.
/// Nothing from outside is trusted: sizes, places of tasks within the peers, ids of jobs, names of
/// workers and savepoints that could lead elsewhere, states as `decode_manifest` checks them. An
/// error number that this version does not know becomes `internal`. Attempts, tasks, nodes and
/// epochs may be any number: whoever acts on them compares them with its own.
/// Errors: 5001 for bytes that are no valid message, 5002 for more than the limits allow.
[[nodiscard]] result<coordination::control_message> decode_control(std::string_view bytes);

}  // namespace millrace::codec
