#pragma once

#include "core/connectors/filesystem/file_table.hpp"

#include <string>
#include <vector>

namespace millrace::connectors::filesystem {

/// The output columns that are the same for all records of a file (partition and metadata columns),
/// as columns of one row; null for those that its records give. Errors: 4003 for a file that lies
/// in no folder of a partition, or in one whose value has another type.
[[nodiscard]] result<std::vector<data::column_ptr>> file_constants(const file_table& table,
                                                                   const std::string& path);

/// Leaves out the files of which the table's filter says that no record can pass. A file of which
/// it cannot say so stays.
[[nodiscard]] result<std::vector<file_info>> pruned(std::vector<file_info> files,
                                                    const file_table& table);

}  // namespace millrace::connectors::filesystem
