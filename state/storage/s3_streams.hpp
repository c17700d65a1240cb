#pragma once

#include "state/storage/object_folder.hpp"
#include "state/storage/s3_client.hpp"

namespace millrace::state {

/// Writes the object `key`: in one PUT when it is smaller than a part, else by a multipart upload,
/// which is aborted if it is given up. Holds one part in memory.
[[nodiscard]] result<std::unique_ptr<object_writer>> make_s3_writer(
    std::shared_ptr<s3_client> client, std::string key, std::string place);

/// Reads the object `key` by ranges. Errors: state_not_found, state_io.
[[nodiscard]] result<std::unique_ptr<object_reader>> open_s3_reader(
    std::shared_ptr<s3_client> client, std::string key, std::string place);

}  // namespace millrace::state
