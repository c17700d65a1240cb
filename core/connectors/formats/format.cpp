#include "core/connectors/formats/format.hpp"

#include "core/connectors/formats/csv/csv_format.hpp"
#include "core/connectors/formats/debezium/debezium_format.hpp"
#include "core/connectors/formats/json/json_format.hpp"
#include "core/connectors/formats/raw/raw_format.hpp"
#include "core/connectors/option_check.hpp"

#include <fmt/format.h>

namespace millrace::connectors::formats {
namespace {

const std::vector<const format*>& table() {
  static const std::vector<const format*> all{&csv::csv_format, &debezium::debezium_json_format,
                                              &json::json_format, &raw::raw_format};
  return all;
}

}  // namespace

std::vector<const format*> all_formats() { return table(); }

result<const format*> format_of(const plan::table_definition& t) {
  const auto name = t.options.find("format");
  if (name == t.options.end())
    return make_error(errc::sql_missing_option,
                      fmt::format("table {} has no option 'format'", t.name),
                      "add 'format' = 'json' or 'csv'");
  std::vector<std::string> names;
  for (const auto* f : table()) {
    if (f->name == name->second) return f;
    names.emplace_back(f->name);
  }
  return unknown_name("format", name->second, names);
}

}  // namespace millrace::connectors::formats
