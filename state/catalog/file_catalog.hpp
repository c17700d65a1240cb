#pragma once

#include "core/sql/catalog/catalog_store.hpp"

#include <memory>
#include <string>

namespace millrace::state {

/// Opens the catalog that lies in the directory `path` of the options, made if it is missing: a
/// directory per database, a file per object with the statement that makes it
/// (`orders.table.sql`). Letters, digits, `_` and `-` of names stand for themselves, other bytes
/// as `%2e`. Files are replaced as a whole; a directory that is made here opens to its owner only,
/// because options may hold secrets. Another process sees a change when it opens the catalog again;
/// the last writer wins. Errors: 1002 without a path, 6002, 6006.
[[nodiscard]] result<std::shared_ptr<sql::catalog_store>> open_file_catalog(
    const option_map& options);

}  // namespace millrace::state
