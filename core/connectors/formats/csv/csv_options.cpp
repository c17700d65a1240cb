#include "core/connectors/formats/csv/csv_options.hpp"

#include "core/connectors/table_options.hpp"

#include <array>

namespace millrace::connectors::formats::csv {
namespace {

using enum option_kind;

constexpr std::array<option_info, 9> table{{
    {"field-delimiter", character, ",", "between fields"},
    {"quote-character", character, "\"", "around fields that hold delimiters or line ends"},
    {"disable-quote-character", boolean, "false", "no field is quoted"},
    {"escape-character", character, {}, "takes the next character as it is"},
    {"array-element-delimiter", text, ";", "between elements of an ARRAY and fields of a ROW"},
    {"null-literal", text, {}, "a field of just this text is NULL"},
    {"allow-comments", boolean, "false", "lines that begin with # are left out"},
    {"ignore-parse-errors", boolean, "false",
     "a field that cannot be read is NULL, a row with too many fields is skipped and counted"},
    {"write-bigdecimal-in-scientific-notation", boolean, "true", "writes 1E+5, not 100000"},
}};

result<std::optional<char>> optional_character(const table_options& read, std::string_view key) {
  if (!read.has(key)) return std::optional<char>();
  MILLRACE_TRY(const char c, read.character(key, ' '));
  return std::optional<char>(c);
}

}  // namespace

std::span<const option_info> csv_option_table() { return table; }

result<csv_options> csv_options::from(const option_map& options) {
  const table_options read(options);
  csv_options out;
  MILLRACE_TRY(out.delimiter, read.character("csv.field-delimiter", ','));
  MILLRACE_TRY(const bool no_quotes, read.boolean("csv.disable-quote-character", false));
  MILLRACE_TRY(const auto quote, optional_character(read, "csv.quote-character"));
  if (no_quotes && quote)
    return bad_option("csv.quote-character", read.text("csv.quote-character"),
                      "cannot stand beside disable-quote-character = true");
  if (quote) out.quote = quote;
  if (no_quotes) out.quote.reset();
  MILLRACE_TRY(out.escape, optional_character(read, "csv.escape-character"));
  out.array_delimiter = read.text("csv.array-element-delimiter", ";");
  if (out.array_delimiter.empty()) return bad_option("csv.array-element-delimiter", "", "is empty");
  if (read.has("csv.null-literal")) out.null_literal = read.text("csv.null-literal");
  MILLRACE_TRY(out.allow_comments, read.boolean("csv.allow-comments", false));
  MILLRACE_TRY(out.ignore_parse_errors, read.boolean("csv.ignore-parse-errors", false));
  MILLRACE_TRY(out.scientific_decimals,
               read.boolean("csv.write-bigdecimal-in-scientific-notation", true));
  if (out.delimiter == '\n' || out.delimiter == '\r')
    return bad_option("csv.field-delimiter", read.text("csv.field-delimiter"), "is a line end");
  return out;
}

}  // namespace millrace::connectors::formats::csv
