#pragma once

#include "core/base/error.hpp"

namespace millrace {

// Errors of durable state, members of the numbered list (docs/reference/errors.md).

/// Another live process works on the job's checkpoints.
inline constexpr errc state_locked{6004};
/// No checkpoint or savepoint at the path.
inline constexpr errc state_not_found{6005};
/// The disk did not keep what was written: the process has to end.
inline constexpr errc state_sync_failed{6006};

}  // namespace millrace
