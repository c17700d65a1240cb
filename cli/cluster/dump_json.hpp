#pragma once

#include "actors/cluster/cluster_board.hpp"

#include <nlohmann/json_fwd.hpp>

#include <cstddef>

namespace millrace::cli {

/// The coordinator's process, workers, and all tasks of jobs that have not ended: what each does,
/// and what waits in front of it; docs/reference/rest.md. `actors`: that live in this process.
[[nodiscard]] nlohmann::json dump_json(const actors::cluster_board& board, std::size_t actors);

}  // namespace millrace::cli
