#include "cli/state_row_lines.hpp"

#include "core/data/value_json.hpp"

#include <fmt/format.h>

namespace millrace::cli {

row_lines::row_lines(const coordination::operator_state& instance) : instance_(instance) {
  for (const auto& spec : instance.tables) {
    tables_.push_back(std::make_unique<state::entry_json>(spec));
  }
}

result<const state::entry_json*> row_lines::table_of(const tables::delta_entry& e) const {
  const std::size_t ordinal = tables::table_of_key(e.key);
  if (ordinal < tables_.size()) return tables_[ordinal].get();
  return make_error(errc::state_corrupt,
                    fmt::format("operator {} has an entry of table {}, which its manifest does "
                                "not name",
                                instance_.operator_id, ordinal));
}

result<void> row_lines::append(std::string& out, const tables::delta_entry& e,
                               std::string_view change) const {
  MILLRACE_TRY(const auto* table, table_of(e));
  out += '{';
  if (!change.empty()) out += fmt::format(R"("change":"{}",)", change);
  out += "\"operator\":";
  data::append_json_string(out, instance_.operator_id);
  out += fmt::format(R"(,"subtask":{},"table":)", instance_.subtask);
  data::append_json_string(out, table->spec().name);
  const auto group = tables::group_of_key(e.key);
  if (group != tables::unkeyed_group) out += fmt::format(",\"key_group\":{}", group);
  out += ',';
  MILLRACE_CHECK(table->append(out, e));
  out += "}\n";
  return {};
}

}  // namespace millrace::cli
