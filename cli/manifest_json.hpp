#pragma once

#include "core/coordination/checkpoint_manifest.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace millrace::cli {

/// A manifest as one JSON object on a line: what `state show --format json` prints.
[[nodiscard]] std::string to_json(const coordination::checkpoint_manifest& manifest);

/// Bytes of all state files that it names.
[[nodiscard]] std::uint64_t state_bytes(const coordination::checkpoint_manifest& manifest);

/// snapshot, delta or opaque.
[[nodiscard]] std::string_view name_of(coordination::state_file_kind kind);

}  // namespace millrace::cli
