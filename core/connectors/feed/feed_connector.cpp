#include "core/connectors/feed/feed_connector.hpp"

#include "core/connectors/feed/feed.hpp"
#include "core/connectors/feed/feed_source.hpp"
#include "core/connectors/projection.hpp"
#include "core/connectors/table_options.hpp"
#include "core/data/text_table.hpp"

#include <array>

namespace millrace::connectors::feed {
namespace {

using enum option_kind;

constexpr std::array<option_info, 3> feed_options{{
    {"feed.name", text, {}, "the queue to read", true},
    {"feed.changelog-mode", text, "I", "I, UA,D or UB,UA,D: the changes that may come"},
    {"feed.bounded", boolean, "true", "the queue will be closed"},
}};

constexpr std::array<option_info, 2> values_options{{
    {"rows", text, {}, "a line a row: `+I | 1 | abc`, cells as in the tests' tables", true},
    {"changelog-mode", text, "I", "I, UA,D or UB,UA,D: the changes that may come"},
}};

result<plan::changelog_mode> mode_of(const table_options& read, std::string_view key) {
  const std::string mode = read.text(key, "I");
  if (mode == "I") return plan::changelog_mode::insert_only;
  if (mode == "UA,D" || mode == "I,UA,D") return plan::changelog_mode::upsert;
  if (mode == "UB,UA,D" || mode == "I,UB,UA,D") return plan::changelog_mode::retract;
  return bad_option(key, mode, "is none of 'I', 'UA,D', 'UB,UA,D'");
}

result<plan::table_traits> traits_of_queue(const plan::table_definition& table,
                                           std::string_view mode_key) {
  plan::table_traits out;
  out.readable = true;
  out.ordered_single_split = true;
  MILLRACE_TRY(out.gives, mode_of(table_options(table.options), mode_key));
  MILLRACE_TRY(out.bounded, table_options(table.options).boolean("feed.bounded", true));
  return out;
}

result<plan::table_traits> feed_traits(const plan::table_definition& table) {
  return traits_of_queue(table, "feed.changelog-mode");
}

result<plan::table_traits> values_traits(const plan::table_definition& table) {
  return traits_of_queue(table, "changelog-mode");
}

result<std::unique_ptr<source>> make_feed(const plan::source_spec& spec, const option_map&) {
  const table_options read(spec.table->options);
  MILLRACE_TRY(const bool bounded, read.boolean("feed.bounded", true));
  return make_queue_source(spec, open_feed(read.text("feed.name")), bounded);
}

result<std::unique_ptr<source>> make_values(const plan::source_spec& spec, const option_map&) {
  auto queue = make_queue();
  MILLRACE_TRY(auto rows, data::parse_table(physical_schema(*spec.table),
                                            table_options(spec.table->options).text("rows")));
  if (rows->row_count() > 0) queue->push(std::move(rows));
  queue->close();
  return make_queue_source(spec, std::move(queue), true);
}

}  // namespace

const connector feed_connector{
    .name = "feed",
    .summary = "rows that tests push into a queue of this process",
    .options = feed_options,
    .takes_format = false,
    .traits = feed_traits,
    .make_source = make_feed,
    .make_sink = nullptr,
};

const connector values_connector{
    .name = "values",
    .summary = "rows that stand in the table's options",
    .options = values_options,
    .takes_format = false,
    .traits = values_traits,
    .make_source = make_values,
    .make_sink = nullptr,
};

}  // namespace millrace::connectors::feed
