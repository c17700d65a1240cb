#pragma once

#include "core/connectors/sink.hpp"
#include "core/connectors/source.hpp"
#include "core/operators/factory.hpp"

#include <memory>
#include <string_view>
#include <vector>

namespace millrace::connectors {

/// One connector: a name in `WITH ('connector' = ...)` and what it can do. The table of all of them
/// is the only place that lists connectors.
struct connector {
  std::string_view name;
  std::string_view summary;
  /// Options it reads, for the check of unknown options (2031, with the nearest name) and for the
  /// reference.
  struct option {
    std::string_view key;
    bool required = false;
    std::string_view meaning;
  };
  std::vector<option> (*options)();
  /// Null: cannot be read. Errors: 2030, 2031, 2032, 4007.
  result<std::unique_ptr<source>> (*make_source)(const plan::source_spec& spec,
                                                 const option_map& session);
  /// Null: cannot be written. `mode` is what will come.
  result<std::unique_ptr<sink>> (*make_sink)(const plan::sink_spec& spec, plan::changelog_mode mode,
                                             const option_map& session);
};

[[nodiscard]] const connector* find_connector(std::string_view name);
[[nodiscard]] std::vector<const connector*> all_connectors();

/// Checks a CREATE TABLE: connector and format known, options known and of their form, required
/// ones there. Also maps the legacy keys (`connector.type`, `connector.path`, `format.type`) to
/// today's.
[[nodiscard]] result<option_map> check_table_options(const plan::table_definition& table);
/// What planning has to know of a table: the planner is given this function.
[[nodiscard]] result<plan::table_traits> traits_of(const plan::table_definition& table);

/// Makes any operator of a plan but sources and sinks, lookup joins included.
[[nodiscard]] result<std::unique_ptr<operators::physical_operator>> make_operator(
    const operators::operator_inputs& inputs, const option_map& session);

}  // namespace millrace::connectors
