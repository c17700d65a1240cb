#include "core/sql/ast/printer.hpp"

#include <iterator>

namespace millrace::sql {
namespace {

std::string_view text_of(type_keyword keyword) {
  static constexpr std::string_view texts[] = {
      "BOOLEAN",   "TINYINT",    "SMALLINT", "INT",     "BIGINT",    "FLOAT",
      "DOUBLE",    "DECIMAL",    "CHAR",     "VARCHAR", "STRING",    "BINARY",
      "VARBINARY", "BYTES",      "DATE",     "TIME",    "TIMESTAMP", "TIMESTAMP_LTZ",
      "TIMESTAMP", "INTERVAL",   "ROW",      "ARRAY",   "MAP",       "MULTISET",
      "RAW",       "STRUCTURED", "VARIANT",  "NULL",    ""};
  static_assert(std::size(texts) == static_cast<std::size_t>(type_keyword::user_defined) + 1);
  return texts[static_cast<std::size_t>(keyword)];
}

}  // namespace

void printer::write(const type_name& t) {
  text(text_of(t.keyword));
  write_path(t.path);
  if (t.precision) {
    text("(" + std::to_string(*t.precision));
    if (t.scale) text(", " + std::to_string(*t.scale));
    text(")");
  }
  if (t.keyword == type_keyword::timestamp_tz) text(" WITH TIME ZONE");
  if (t.interval) {
    text(" ");
    qualifier(*t.interval);
  }
  type_parts(t);
  if (t.not_null) text(" NOT NULL");
}

// What stands in angle brackets, or in parentheses for RAW.
void printer::type_parts(const type_name& t) {
  const bool raw = t.keyword == type_keyword::raw;
  const bool row = t.keyword == type_keyword::row;
  if (!t.element && !row && t.arguments.empty()) return;
  text(raw ? "(" : "<");
  if (t.key) {
    write(*t.key);
    text(", ");
  }
  if (t.element) write(*t.element);
  join_list(t.arguments, ", ", [this](const std::string& a) { quoted(a); });
  if (!t.arguments.empty() && !t.fields.empty()) text(", ");
  join_list(t.fields, ", ", [this](const type_field& f) {
    write(f.field);
    text(" ");
    write(f.type);
    if (!f.comment) return;
    text(" ");
    quoted(*f.comment);
  });
  text(raw ? ")" : ">");
}

}  // namespace millrace::sql
