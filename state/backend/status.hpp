#pragma once

#include "core/base/result.hpp"

#include <string>

namespace rocksdb {
class Status;
}

namespace millrace::state {

/// Success, or state_corrupt for damaged files, or state_io. `doing` says what failed ("read
/// spilled state in /tmp/x").
[[nodiscard]] result<void> checked(const rocksdb::Status& status, const std::string& doing);

}  // namespace millrace::state
