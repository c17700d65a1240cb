#pragma once

#include "core/base/config.hpp"
#include "core/base/result.hpp"
#include "core/plan/catalog.hpp"
#include "core/sql/catalog/catalog.hpp"

#include <functional>

namespace millrace::sql {

/// What binding reads besides the text. Borrowed for the length of a call.
struct binding_environment {
  const catalog& objects;
  const option_map& options;  ///< of the session
  /// Checks a table's options and gives them in today's form (connectors::check_table_options,
  /// which lies above this folder). Empty: options are taken as they are.
  std::function<result<option_map>(const plan::table_definition&)> check_options;
};

}  // namespace millrace::sql
