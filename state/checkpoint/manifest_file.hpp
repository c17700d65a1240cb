#pragma once

#include "core/base/result.hpp"
#include "core/coordination/checkpoint_manifest.hpp"
#include "state/storage/object_folder.hpp"

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

/// A manifest as read from storage.
struct loaded_manifest {
  coordination::checkpoint_manifest manifest;
  std::string hash;
};
/// Errors: state_not_found, state_io, state_corrupt.
[[nodiscard]] result<loaded_manifest> load_manifest(const object_folder& folder,
                                                    const std::string& name);
/// Makes it durable, with all names in its folder, in one step. Gives its hash.
/// Errors: state_io, state_sync_failed.
[[nodiscard]] result<std::string> store_manifest(const coordination::checkpoint_manifest& manifest,
                                                 object_folder& folder, const std::string& name);

}  // namespace millrace::state
