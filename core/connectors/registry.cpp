#include "core/connectors/registry.hpp"

#include "core/connectors/blackhole/blackhole_connector.hpp"
#include "core/connectors/datagen/datagen_connector.hpp"
#include "core/connectors/feed/feed_connector.hpp"
#include "core/connectors/filesystem/filesystem_connector.hpp"
#include "core/connectors/memory/memory_connector.hpp"
#include "core/connectors/nexmark/nexmark_connector.hpp"
#include "core/connectors/option_check.hpp"
#include "core/connectors/print/print_connector.hpp"

#include <fmt/format.h>

namespace millrace::connectors {
namespace {

const connector* const table[] = {
    &blackhole::blackhole_connector,   &datagen::datagen_connector, &feed::feed_connector,
    &filesystem::filesystem_connector, &memory::memory_connector,   &nexmark::nexmark_connector,
    &print::print_connector,           &feed::values_connector,
};

error not_able(const connector& c, std::string_view what) {
  return make_error(errc::sql_not_supported, fmt::format("connector '{}' cannot {}", c.name, what));
}

result<const connector*> connector_of(const plan::table_definition& t) {
  const auto name = t.options.find("connector");
  if (name == t.options.end())
    return make_error(errc::sql_missing_option,
                      fmt::format("table {} has no option 'connector'", t.name),
                      "add WITH ('connector' = '...')");
  if (const auto* found = find_connector(name->second)) return found;
  std::vector<std::string> names;
  for (const auto* c : table) names.emplace_back(c->name);
  return unknown_name("connector", name->second, names);
}

}  // namespace

const connector* find_connector(std::string_view name) {
  for (const auto* c : table)
    if (c->name == name) return c;
  return nullptr;
}

std::vector<const connector*> all_connectors() { return {std::begin(table), std::end(table)}; }

result<option_map> check_table_options(const plan::table_definition& t) {
  plan::table_definition today = t;
  today.options = without_legacy_keys(t.options);
  MILLRACE_TRY(const auto* found, connector_of(today));
  MILLRACE_CHECK(check_options(*found, today));
  MILLRACE_CHECK(found->traits(today));
  return std::move(today.options);
}

result<plan::table_traits> traits_of(const plan::table_definition& t) {
  plan::table_definition today = t;
  today.options = without_legacy_keys(t.options);
  MILLRACE_TRY(const auto* found, connector_of(today));
  return found->traits(today);
}

result<std::unique_ptr<source>> make_source(const plan::source_spec& spec,
                                            const option_map& session) {
  MILLRACE_TRY(const auto* found, connector_of(*spec.table));
  if (found->make_source == nullptr) return not_able(*found, "be read");
  return found->make_source(spec, session);
}

result<std::unique_ptr<sink>> make_sink(const plan::sink_spec& spec, plan::changelog_mode mode,
                                        const option_map& session) {
  MILLRACE_TRY(const auto* found, connector_of(*spec.table));
  if (found->make_sink == nullptr) return not_able(*found, "be written");
  return found->make_sink(spec, mode, session);
}

}  // namespace millrace::connectors
