#pragma once

#include "core/base/error.hpp"

#include <string>
#include <vector>

namespace millrace::sql {

/// One identifier as written, without its backquotes (`` `` inside is one). Case is kept: tables
/// and columns are case sensitive, functions and keywords are not.
struct name {
  std::string text;
  bool quoted = false;
  text_position at;
};

/// `catalog.database.table`, `alias.column.field` and the like; never empty once parsed.
using qualified_name = std::vector<name>;

/// `'key' = 'value'` of WITH, SET and OPTIONS hints, in the order written.
struct option_entry {
  std::string key;
  std::string value;
  text_position at;
  text_position value_at;
};

}  // namespace millrace::sql
