#include "core/sql/parse/grammar.hpp"
#include "core/sql/parse/keywords.hpp"

namespace millrace::sql {

// The parentheses of CREATE TABLE; bare names only (`(a, b) AS SELECT`) are column names.
result<void> parser::parse_schema(create_table& table) {
  MILLRACE_CHECK(expect_symbol("("));
  if (accept_symbol(")")) return {};
  if (at_name() && (at_symbol(",", 1) || at_symbol(")", 1))) {
    MILLRACE_TRY(table.column_names, parse_name_list("a column name"));
    return expect_symbol(")");
  }
  do {
    MILLRACE_CHECK(parse_schema_item(table.schema));
  } while (accept_symbol(","));
  if (!accept_symbol(")")) return unexpected("',' or ')'");
  return {};
}

result<void> parser::parse_schema_item(table_schema& schema) {
  if (at_word("WATERMARK")) {
    MILLRACE_TRY(schema.watermarks.emplace_back(), parse_watermark());
  } else if (at_any({"CONSTRAINT", "PRIMARY", "UNIQUE"})) {
    MILLRACE_TRY(schema.constraints.emplace_back(), parse_constraint());
  } else {
    MILLRACE_CHECK(parse_column(schema));
  }
  return {};
}

result<void> parser::parse_column(table_schema& schema) {
  column_definition column;
  MILLRACE_TRY(column.column, expect_name("a column name"));
  MILLRACE_CHECK(parse_column_body(schema, column));
  schema.columns.push_back(std::move(column));
  return {};
}

result<void> parser::parse_column_body(table_schema& schema, column_definition& column) {
  if (accept_word("AS")) {
    column.kind = column_kind::computed;
    MILLRACE_TRY(column.computed, parse_expression());
    MILLRACE_TRY(column.comment, parse_comment());
    return {};
  }
  MILLRACE_TRY(column.type, parse_type());
  if (accept_word("METADATA")) MILLRACE_CHECK(parse_metadata(column));
  while (at_any({"CONSTRAINT", "PRIMARY", "UNIQUE", "COMMENT"}) || at_words({"NOT", "NULL"})) {
    if (at_word("COMMENT")) {
      MILLRACE_TRY(column.comment, parse_comment());
    } else if (at_word("NOT")) {
      MILLRACE_CHECK(parse_nullability(column.type));
    } else {
      MILLRACE_TRY(auto key, parse_constraint());
      key.columns = {column.column};
      schema.constraints.push_back(std::move(key));
    }
  }
  return {};
}

result<void> parser::parse_metadata(column_definition& column) {
  column.kind = column_kind::metadata;
  if (accept_word("FROM")) {
    MILLRACE_TRY(column.metadata_key, expect_string("a metadata key in quotes"));
  }
  column.is_virtual = accept_word("VIRTUAL");
  return {};
}

result<void> parser::parse_column_place(column_definition& column) {
  column.first = accept_word("FIRST");
  if (!column.first && accept_word("AFTER")) {
    MILLRACE_TRY(column.after, expect_name("a column name"));
  }
  return {};
}

// [CONSTRAINT c] PRIMARY KEY|UNIQUE [(columns)] [[NOT] ENFORCED]; without columns it is inline.
result<key_constraint> parser::parse_constraint() {
  key_constraint key;
  key.at = peek().at();
  if (accept_word("CONSTRAINT")) {
    MILLRACE_TRY(key.constraint, expect_name("the name of the constraint"));
  }
  MILLRACE_CHECK(parse_key(key));
  return key;
}

result<void> parser::parse_key(key_constraint& key) {
  key.unique = accept_word("UNIQUE");
  if (!key.unique && !accept_words({"PRIMARY", "KEY"})) return unexpected("PRIMARY KEY");
  if (accept_symbol("(")) {
    MILLRACE_TRY(key.columns, parse_name_list("a column name"));
    MILLRACE_CHECK(expect_symbol(")"));
  }
  if (accept_words({"NOT", "ENFORCED"})) {
    key.enforcement = constraint_enforcement::not_enforced;
  } else if (accept_word("ENFORCED")) {
    key.enforcement = constraint_enforcement::enforced;
  }
  return {};
}

result<watermark_definition> parser::parse_watermark() {
  watermark_definition made;
  made.at = advance().at();
  MILLRACE_CHECK(expect_word("FOR"));
  MILLRACE_TRY(made.column, expect_path("a time column"));
  MILLRACE_CHECK(expect_word("AS"));
  MILLRACE_TRY(made.strategy, parse_expression());
  return made;
}

// BY [HASH|RANGE] (columns) [INTO n BUCKETS], INTO n BUCKETS, or (columns) ..
result<distribution> parser::parse_distribution() {
  distribution made;
  if (accept_word("BY") || at_symbol("(")) {
    if (at_any({"HASH", "RANGE"})) made.algorithm = to_upper(advance().text);
    MILLRACE_CHECK(expect_symbol("("));
    MILLRACE_TRY(made.columns, parse_name_list("a column name"));
    MILLRACE_CHECK(expect_symbol(")"));
  } else if (!at_word("INTO")) {
    return unexpected("BY or INTO");
  }
  if (accept_word("INTO")) {
    MILLRACE_TRY(made.buckets, expect_count("the number of buckets"));
    MILLRACE_CHECK(expect_word("BUCKETS"));
  }
  return made;
}

result<like_clause> parser::parse_like_clause() {
  like_clause made;
  MILLRACE_TRY(made.table, expect_path("a table name"));
  if (!accept_symbol("(")) return made;
  while (!accept_symbol(")")) {
    MILLRACE_TRY(made.options.emplace_back(), parse_like_option());
  }
  return made;
}

result<like_option> parser::parse_like_option() {
  like_option made;
  made.at = peek().at();
  if (accept_word("EXCLUDING")) {
    made.merge = like_merge::excluding;
  } else if (accept_word("OVERWRITING")) {
    made.merge = like_merge::overwriting;
  } else if (!accept_word("INCLUDING")) {
    return unexpected("INCLUDING, EXCLUDING, OVERWRITING or ')'");
  }
  constexpr std::string_view features[] = {"ALL",      "CONSTRAINTS", "DISTRIBUTION", "GENERATED",
                                           "METADATA", "OPTIONS",     "PARTITIONS",   "WATERMARKS"};
  for (std::size_t i = 0; i < std::size(features); ++i) {
    if (!accept_word(features[i])) continue;
    made.feature = static_cast<like_feature>(i);
    return made;
  }
  return unexpected(
      "ALL, CONSTRAINTS, DISTRIBUTION, GENERATED, METADATA, OPTIONS, PARTITIONS or "
      "WATERMARKS");
}

}  // namespace millrace::sql
