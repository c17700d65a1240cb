#pragma once

#include "core/base/result.hpp"
#include "core/coordination/checkpoint_manifest.hpp"

#include <string>
#include <string_view>

namespace millrace::codec {

/// A manifest as a message of schemas/checkpoint.capnp, segment table in front.
[[nodiscard]] std::string encode_manifest(const coordination::checkpoint_manifest& manifest);

/// Reads what `encode_manifest` wrote and checks it: types that can exist, subtasks and key groups
/// in range, file names that stay inside their folder. Bytes without a checksum in front of them
/// may be given. Errors: state_corrupt.
[[nodiscard]] result<coordination::checkpoint_manifest> decode_manifest(std::string_view bytes);

}  // namespace millrace::codec
