#pragma once

#include "core/plan/catalog.hpp"
#include "core/sql/catalog/catalog.hpp"

#include <string>
#include <string_view>

namespace millrace::sql {

/// What stands in the place of an option's value, given its key.
using option_text = std::string (*)(std::string_view key, const std::string& value);

/// The statement that makes the object `name` (SQL) once more, over several lines: CREATE TABLE
/// with its columns, watermark, key, partitions, comment and options, each option's value as
/// `shown` gives it.
[[nodiscard]] std::string create_statement(const std::string& name,
                                           const plan::table_definition& table, option_text shown);
/// CREATE VIEW with its column names; names inside of the query stay as they were written.
[[nodiscard]] std::string create_statement(const std::string& name, const view_definition& view);
[[nodiscard]] std::string create_statement(const std::string& name,
                                           const function_definition& function);

/// `name` in backquotes, those inside of it doubled.
[[nodiscard]] std::string quoted_name(std::string_view name);
/// All three parts in backquotes: means the same wherever it is run.
[[nodiscard]] std::string quoted_name(const object_path& path);

}  // namespace millrace::sql
