#pragma once

#include "core/base/result.hpp"
#include "core/coordination/checkpoint_manifest.hpp"

#include <string>
#include <string_view>

namespace millrace::state {

/// The name of a manifest in the folder of its checkpoint or savepoint.
inline constexpr std::string_view manifest_name = "manifest";

/// A manifest's file: head, message, and the hash of both (docs/reference/formats.md).
struct manifest_bytes {
  std::string bytes;
  std::string hash;  ///< what the job's pointer remembers
};
[[nodiscard]] manifest_bytes pack_manifest(const coordination::checkpoint_manifest& manifest);
/// Errors: state_corrupt; `path` is for the message.
[[nodiscard]] result<coordination::checkpoint_manifest> unpack_manifest(std::string_view bytes,
                                                                        const std::string& path);

/// A manifest as read from disk.
struct loaded_manifest {
  coordination::checkpoint_manifest manifest;
  std::string hash;
};
/// Errors: state_io, state_corrupt.
[[nodiscard]] result<loaded_manifest> load_manifest(const std::string& path);
/// Puts it at `path`, synced and in one step; the directory is not synced. Gives its hash.
/// Errors: state_io, state_sync_failed.
[[nodiscard]] result<std::string> store_manifest(const coordination::checkpoint_manifest& manifest,
                                                 const std::string& path);

}  // namespace millrace::state
