#pragma once

#include "core/connectors/connector.hpp"
#include "core/operators/factory.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::connectors {

/// The table of connectors is the only place that lists them. Null: none of that name.
[[nodiscard]] const connector* find_connector(std::string_view name);
[[nodiscard]] std::vector<const connector*> all_connectors();

/// Checks a CREATE TABLE: connector and format known, options known and of their form, required
/// ones there. Gives the options to keep: legacy keys (`connector.type`, `connector.path`,
/// `format.type`) mapped to today's. Errors: 2030, 2031, 2032, 4007.
[[nodiscard]] result<option_map> check_table_options(const plan::table_definition& table);
/// What planning has to know of a table: the planner is given this function.
[[nodiscard]] result<plan::table_traits> traits_of(const plan::table_definition& table);

/// The source of a table; its options have passed `check_table_options`. Errors: 2004 if the
/// connector cannot be read, those of the connector.
[[nodiscard]] result<std::unique_ptr<source>> make_source(const plan::source_spec& spec,
                                                          const option_map& session);
/// The sink of a table. Errors: 2004 if the connector cannot be written, those of the connector.
[[nodiscard]] result<std::unique_ptr<sink>> make_sink(const plan::sink_spec& spec,
                                                      plan::changelog_mode mode,
                                                      const option_map& session);

/// Makes any operator of a plan but sources and sinks, lookup joins included.
[[nodiscard]] result<std::unique_ptr<operators::physical_operator>> make_operator(
    const operators::operator_inputs& inputs, const option_map& session);

/// Markdown: every connector and format with its options.
[[nodiscard]] std::string connectors_reference();

}  // namespace millrace::connectors
