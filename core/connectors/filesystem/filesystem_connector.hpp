#pragma once

#include "core/connectors/connector.hpp"

namespace millrace::connectors::filesystem {

/// `'connector' = 'filesystem'`: files of a local path.
extern const connector filesystem_connector;

/// Errors: 2030, 2032, 4007.
[[nodiscard]] result<std::unique_ptr<source>> make_file_source(const plan::source_spec& spec,
                                                               const option_map& session);

/// Writes staging files in the table's folder; they get their names by checkpoints if the session
/// has `execution.checkpointing.interval`, else when they are rolled and at the end of input.
/// Errors: 2004, 2030, 2032, 4007.
[[nodiscard]] result<std::unique_ptr<sink>> make_file_sink(const plan::sink_spec& spec,
                                                           plan::changelog_mode mode,
                                                           const option_map& session);

}  // namespace millrace::connectors::filesystem
