#pragma once

#include "core/base/error.hpp"

namespace millrace {

// Errors of links between processes, members of the numbered list (docs/reference/errors.md).

/// The address is taken, or is none.
inline constexpr errc net_cannot_listen{5004};
/// Nobody answers at the address.
inline constexpr errc net_unreachable{5005};
/// A peer is gone, or has been silent for too long.
inline constexpr errc net_peer_lost{5006};

}  // namespace millrace
