#pragma once

#include "core/base/config.hpp"
#include "state/storage/object_folder.hpp"

namespace millrace::state {

/// Opens the folder at a local path, or at `s3://bucket/prefix` with the options `s3.*` (see
/// s3_options.hpp). Nothing is made or asked for yet. Errors: config_bad_value.
[[nodiscard]] result<std::shared_ptr<object_folder>> open_folder(const std::string& location,
                                                                 const option_map& options);

/// Whether a location is a URL, not a local path.
[[nodiscard]] bool is_remote(std::string_view location);

}  // namespace millrace::state
