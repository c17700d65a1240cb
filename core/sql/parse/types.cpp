#include "core/sql/parse/grammar.hpp"

namespace millrace::sql {
namespace {

enum class type_arguments : std::uint8_t { none, length, precision_and_scale };

struct simple_type {
  std::string_view word;
  type_keyword keyword;
  type_arguments arguments;
};
constexpr simple_type simple_types[] = {
    {"BOOLEAN", type_keyword::boolean, type_arguments::none},
    {"TINYINT", type_keyword::tinyint, type_arguments::none},
    {"SMALLINT", type_keyword::smallint, type_arguments::none},
    {"INT", type_keyword::integer, type_arguments::none},
    {"INTEGER", type_keyword::integer, type_arguments::none},
    {"BIGINT", type_keyword::bigint, type_arguments::none},
    {"FLOAT", type_keyword::real, type_arguments::none},
    {"REAL", type_keyword::real, type_arguments::none},
    {"DOUBLE", type_keyword::double_precision, type_arguments::none},
    {"DECIMAL", type_keyword::decimal, type_arguments::precision_and_scale},
    {"DEC", type_keyword::decimal, type_arguments::precision_and_scale},
    {"NUMERIC", type_keyword::decimal, type_arguments::precision_and_scale},
    {"VARCHAR", type_keyword::varchar, type_arguments::length},
    {"STRING", type_keyword::string, type_arguments::none},
    {"VARBINARY", type_keyword::varbinary, type_arguments::length},
    {"BYTES", type_keyword::bytes, type_arguments::none},
    {"DATE", type_keyword::date, type_arguments::none},
    {"TIMESTAMP_LTZ", type_keyword::timestamp_ltz, type_arguments::length},
    {"VARIANT", type_keyword::variant, type_arguments::none},
    {"NULL", type_keyword::null, type_arguments::none},
};

}  // namespace

result<type_name> parser::parse_type() {
  const nesting level(*this);
  MILLRACE_CHECK(level.check());
  MILLRACE_TRY(auto type, parse_plain_type());
  MILLRACE_CHECK(parse_nullability(type));
  while (at_any({"ARRAY", "MULTISET"})) {
    MILLRACE_CHECK(grow());
    type_name collection;
    collection.at = peek().at();
    collection.keyword = at_word("ARRAY") ? type_keyword::array : type_keyword::multiset;
    advance();
    collection.element = std::move(type);
    type = std::move(collection);
    MILLRACE_CHECK(parse_nullability(type));
  }
  return type;
}

result<void> parser::parse_nullability(type_name& type) {
  if (at_words({"NOT", "NULL"})) {
    advance();
    advance();
    type.not_null = true;
  } else if (type.keyword != type_keyword::null && at_word("NULL") && !at_word("ON", 1)) {
    advance();
  }
  return {};
}

result<type_name> parser::parse_plain_type() {
  type_name type;
  type.at = peek().at();
  for (const auto& known : simple_types) {
    if (!accept_word(known.word)) continue;
    type.keyword = known.keyword;
    if (known.keyword == type_keyword::double_precision) accept_word("PRECISION");
    if (known.arguments != type_arguments::none)
      MILLRACE_CHECK(
          parse_type_arguments(type, known.arguments == type_arguments::precision_and_scale));
    return type;
  }
  const bool text = at_any({"CHAR", "CHARACTER"});
  if (text || at_word("BINARY")) {
    advance();
    const bool varying = accept_word("VARYING");
    type.keyword = text ? (varying ? type_keyword::varchar : type_keyword::character)
                        : (varying ? type_keyword::varbinary : type_keyword::binary);
    MILLRACE_CHECK(parse_type_arguments(type, false));
    return type;
  }
  if (at_any({"TIME", "TIMESTAMP", "INTERVAL"})) return parse_time_type(std::move(type));
  if (at_word("ROW")) return parse_row_type(std::move(type));
  if (at_any({"ARRAY", "MULTISET"}) || (at_word("MAP") && at_symbol("<", 1)))
    return parse_nested_type(std::move(type));
  if (at_any({"RAW", "STRUCTURED"})) return parse_opaque_type(std::move(type));
  type.keyword = type_keyword::user_defined;
  MILLRACE_TRY(type.path, expect_path("a type"));
  return type;
}

result<void> parser::parse_type_arguments(type_name& type, bool with_scale) {
  if (!accept_symbol("(")) return {};
  MILLRACE_TRY(type.precision, expect_count("the length or precision of the type"));
  if (with_scale && accept_symbol(",")) {
    MILLRACE_TRY(type.scale, expect_count("the scale of the type"));
  }
  return expect_symbol(")");
}

result<type_name> parser::parse_time_type(type_name type) {
  if (accept_word("INTERVAL")) {
    type.keyword = type_keyword::interval;
    MILLRACE_TRY(type.interval, parse_interval_qualifier());
    return type;
  }
  const bool timestamp = accept_word("TIMESTAMP");
  if (!timestamp) advance();
  type.keyword = timestamp ? type_keyword::timestamp : type_keyword::time;
  MILLRACE_CHECK(parse_type_arguments(type, false));
  if (accept_words({"WITHOUT", "TIME", "ZONE"})) return type;
  if (timestamp && accept_words({"WITH", "LOCAL", "TIME", "ZONE"})) {
    type.keyword = type_keyword::timestamp_ltz;
  } else if (timestamp && accept_words({"WITH", "TIME", "ZONE"})) {
    type.keyword = type_keyword::timestamp_tz;
  } else if (at_words({"WITH", "TIME"}) || at_words({"WITH", "LOCAL"})) {
    return not_supported(peek().at(), "TIME WITH TIME ZONE");
  }
  return type;
}

result<type_name> parser::parse_row_type(type_name type) {
  advance();
  type.keyword = type_keyword::row;
  if (accept_symbol("<>")) return type;
  const bool round = at_symbol("(");
  if (!accept_symbol("(") && !accept_symbol("<")) return unexpected("'<' or '('");
  const std::string_view close = round ? ")" : ">";
  if (!at_symbol(close)) MILLRACE_CHECK(parse_type_fields(type));
  if (!accept_symbol(close)) return unexpected(round ? "',' or ')'" : "',' or '>'");
  return type;
}

result<void> parser::parse_type_fields(type_name& type) {
  do {
    type_field made;
    MILLRACE_TRY(made.field, expect_name("a field name"));
    MILLRACE_TRY(made.type, parse_type());
    if (peek().kind == token_kind::string) made.comment = unquote(advance());
    type.fields.push_back(std::move(made));
  } while (accept_symbol(","));
  return {};
}

result<type_name> parser::parse_nested_type(type_name type) {
  type.keyword = at_word("MAP")     ? type_keyword::map
                 : at_word("ARRAY") ? type_keyword::array
                                    : type_keyword::multiset;
  advance();
  MILLRACE_CHECK(expect_symbol("<"));
  MILLRACE_TRY(type.element, parse_type());
  if (type.keyword == type_keyword::map) {
    type.key = std::move(type.element);
    MILLRACE_CHECK(expect_symbol(","));
    MILLRACE_TRY(type.element, parse_type());
  }
  MILLRACE_CHECK(expect_symbol(">"));
  return type;
}

// RAW('class', 'serializer') and STRUCTURED<'class', field type, ..>.
result<type_name> parser::parse_opaque_type(type_name type) {
  const bool raw = at_word("RAW");
  advance();
  type.keyword = raw ? type_keyword::raw : type_keyword::structured;
  MILLRACE_CHECK(expect_symbol(raw ? "(" : "<"));
  MILLRACE_TRY(type.arguments.emplace_back(), expect_string("a class name in quotes"));
  if (raw) {
    MILLRACE_CHECK(expect_symbol(","));
    MILLRACE_TRY(type.arguments.emplace_back(), expect_string("a serializer in quotes"));
  } else if (accept_symbol(",")) {
    MILLRACE_CHECK(parse_type_fields(type));
  }
  MILLRACE_CHECK(expect_symbol(raw ? ")" : ">"));
  return type;
}

}  // namespace millrace::sql
