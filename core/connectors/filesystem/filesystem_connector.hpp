#pragma once

#include "core/connectors/connector.hpp"

namespace millrace::connectors::filesystem {

/// `'connector' = 'filesystem'`: files of a local path.
extern const connector filesystem_connector;

/// Errors: 2030, 2032, 4007.
[[nodiscard]] result<std::unique_ptr<source>> make_file_source(const plan::source_spec& spec,
                                                               const option_map& session);

}  // namespace millrace::connectors::filesystem
