#pragma once

#include "core/connectors/filesystem/file_table.hpp"
#include "core/connectors/source.hpp"

#include <memory>

namespace millrace::connectors::filesystem {

/// Reads the splits of one subtask. Errors of `make`: those of the format's decoder, 4001 for the
/// dead-letter file.
[[nodiscard]] result<std::unique_ptr<source_reader>> make_file_reader(
    std::shared_ptr<const file_table> table, operators::operator_context& context);

}  // namespace millrace::connectors::filesystem
