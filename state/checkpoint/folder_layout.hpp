#pragma once

#include "core/base/strong_id.hpp"
#include "state/storage/object_folder.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::state {

// A job's folder: `lock`, `pointer`, and `chk-N` per checkpoint with `manifest`, `pack` (the small
// state files) and the large ones. Later checkpoints refer to files of earlier ones.

inline constexpr std::string_view lock_name = "lock";
inline constexpr std::string_view pointer_name = "pointer";
inline constexpr std::string_view pack_name = "pack";

/// `chk-17`
[[nodiscard]] std::string checkpoint_folder(checkpoint_id id);
/// The number in `chk-17`; nothing for other names.
[[nodiscard]] std::optional<checkpoint_id> id_of_folder(std::string_view name);
/// Of all checkpoint folders in a job's folder, newest first. Errors: state_io.
[[nodiscard]] result<std::vector<checkpoint_id>> folders_in(const object_folder& root);

}  // namespace millrace::state
