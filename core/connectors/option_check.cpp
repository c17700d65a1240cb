#include "core/connectors/option_check.hpp"

#include "core/connectors/formats/format.hpp"
#include "core/connectors/table_options.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>
#include <vector>

namespace millrace::connectors {
namespace {

constexpr std::array<option_info, 3> shared{{
    {"connector", option_kind::text, {}, "the connector's name", true},
    {"scan.parallelism",
     option_kind::integer,
     {},
     "taken without effect: the job's parallelism holds"},
    {"sink.parallelism",
     option_kind::integer,
     {},
     "taken without effect: the job's parallelism holds"},
}};

// True if `key` has the form of `pattern`, whose `#` stands for any text without blanks.
bool matches(std::string_view pattern, std::string_view key) {
  const auto hash = pattern.find('#');
  if (hash == std::string_view::npos) return pattern == key;
  const auto head = pattern.substr(0, hash);
  const auto tail = pattern.substr(hash + 1);
  return key.size() > head.size() + tail.size() && key.starts_with(head) && key.ends_with(tail);
}

// An option under the full key that a table writes.
struct full_option {
  std::string key;
  const option_info* info;
};

void add_all(std::vector<full_option>& to, std::span<const option_info> from,
             std::string_view prefix = {}) {
  for (const auto& option : from) to.push_back({fmt::format("{}{}", prefix, option.key), &option});
}

result<void> check_value(const table_options& options, const full_option& option,
                         std::string_view key) {
  switch (option.info->kind) {
    case option_kind::text: return {};
    case option_kind::integer: MILLRACE_CHECK(options.integer(key, 0)); return {};
    case option_kind::number: MILLRACE_CHECK(options.number(key, 0)); return {};
    case option_kind::boolean: MILLRACE_CHECK(options.boolean(key, false)); return {};
    case option_kind::duration: MILLRACE_CHECK(options.duration_ms(key, 0)); return {};
    case option_kind::size: MILLRACE_CHECK(options.size_bytes(key, 0)); return {};
    case option_kind::character: MILLRACE_CHECK(options.character(key, ',')); return {};
  }
  return {};
}

error unknown_option(std::string_view key, const connector& c,
                     const std::vector<full_option>& known) {
  std::vector<std::string> keys;
  for (const auto& option : known) keys.push_back(option.key);
  const std::string near = nearest_name(key, keys);
  return make_error(errc::sql_unknown_option,
                    fmt::format("connector '{}' has no option '{}'", c.name, key),
                    near.empty() ? fmt::format("it has: {}", fmt::join(keys, ", "))
                                 : fmt::format("did you mean '{}'?", near));
}

result<void> check_key(const std::string& key, const table_options& options, const connector& c,
                       const std::vector<full_option>& known) {
  for (const auto& option : known)
    if (matches(option.key, key)) return check_value(options, option, key);
  return unknown_option(key, c, known);
}

result<std::vector<full_option>> known_options(const connector& c,
                                               const plan::table_definition& table) {
  std::vector<full_option> known;
  add_all(known, shared);
  add_all(known, c.options);
  if (!c.takes_format) return known;
  MILLRACE_TRY(const auto* format, formats::format_of(table));
  add_all(known, format->options, fmt::format("{}.", format->name));
  return known;
}

}  // namespace

std::span<const option_info> shared_options() { return shared; }

option_map without_legacy_keys(const option_map& options) {
  const auto type = options.find("connector.type");
  if (type == options.end()) return options;
  option_map out;
  const auto format = options.find("format.type");
  for (const auto& [key, value] : options) {
    if (key == "connector.type")
      out["connector"] = value;
    else if (key == "connector.path")
      out["path"] = value;
    else if (key == "format.type")
      out["format"] = value;
    else if (key == "connector.property-version" || key == "format.property-version" ||
             key == "update-mode" || key == "format.derive-schema")
      continue;
    else if (key.starts_with("format.") && format != options.end())
      out[format->second + key.substr(6)] = value;
    else
      out[key] = value;
  }
  return out;
}

result<void> check_options(const connector& c, const plan::table_definition& table) {
  MILLRACE_TRY(const auto known, known_options(c, table));
  const table_options options(table.options);
  for (const auto& [key, value] : table.options) MILLRACE_CHECK(check_key(key, options, c, known));
  for (const auto& option : known)
    if (option.info->required && !options.has(option.key))
      return make_error(errc::sql_missing_option,
                        fmt::format("table {} lacks option '{}' of connector '{}'", table.name,
                                    option.key, c.name),
                        fmt::format("{}: {}", option.key, option.info->meaning));
  return {};
}

error unknown_name(std::string_view what, std::string_view name,
                   std::span<const std::string> known) {
  const std::string near = nearest_name(name, known);
  return make_error(errc::connector_unknown, fmt::format("no {} '{}'", what, name),
                    near.empty() ? fmt::format("known are: {}", fmt::join(known, ", "))
                                 : fmt::format("did you mean '{}'?", near));
}

}  // namespace millrace::connectors
