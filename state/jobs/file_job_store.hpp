#pragma once

#include "core/coordination/job_store.hpp"

#include <cstdint>
#include <memory>
#include <string>

namespace millrace::state {

/// Opens the job store in the directory `path`, made if it is missing, for its owner only: settings
/// may hold secrets. A file per job, replaced as a whole; see the README for its bytes. Files of
/// other names are left alone. It is this leader's from now on, under `epoch`, or under the next
/// one that is free where that is not above all before: an elector that has forgotten everything
/// begins anew. Errors: state_io, state_sync_failed; `put` gives 1002 for an id that is not 16
/// hexadecimal digits.
[[nodiscard]] result<std::unique_ptr<coordination::job_store>> open_file_job_store(
    const std::string& path, std::uint64_t epoch = 0);

}  // namespace millrace::state
