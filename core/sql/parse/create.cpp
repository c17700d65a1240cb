#include "core/sql/parse/grammar.hpp"
#include "core/sql/parse/keywords.hpp"

namespace millrace::sql {

result<statement> parser::parse_create() {
  create_table table;
  if (accept_word("REPLACE")) {
    table.create = false;
    table.replace = true;
    if (!at_word("TABLE")) return unexpected("TABLE");
    return parse_create_table(std::move(table));
  }
  MILLRACE_CHECK(expect_word("CREATE"));
  table.replace = accept_words({"OR", "REPLACE"});
  const text_position at = peek().at();
  if (accept_words({"OR", "ALTER"})) return not_supported(at, "CREATE OR ALTER");
  if (accept_word("TEMPORARY"))
    table.temporary =
        accept_word("SYSTEM") ? temporary_kind::temporary_system : temporary_kind::temporary;
  const temporary_kind temporary = table.temporary;
  if (at_word("TABLE")) return parse_create_table(std::move(table));
  if (table.replace) return unexpected("TABLE");
  if (at_word("VIEW")) return parse_create_view(temporary);
  if (at_word("FUNCTION")) return parse_create_function(temporary);
  if (at_word("CATALOG")) return parse_create_catalog();
  if (at_word("DATABASE")) return parse_create_database();
  if (at_any({"MATERIALIZED", "MODEL", "CONNECTION", "PROCEDURE"}))
    return not_supported(peek().at(), "CREATE " + to_upper(peek().text));
  return unexpected("TABLE, VIEW, FUNCTION, CATALOG or DATABASE");
}

result<statement> parser::parse_create_table(create_table table) {
  advance();
  table.if_not_exists = accept_if_not_exists();
  MILLRACE_TRY(table.table, expect_path("a table name"));
  if (at_symbol("(")) MILLRACE_CHECK(parse_schema(table));
  MILLRACE_CHECK(parse_table_clauses(table));
  return make_statement(std::move(table));
}

result<void> parser::parse_table_clauses(create_table& table) {
  MILLRACE_TRY(table.comment, parse_comment());
  if (at_any({"DISTRIBUTED", "DISTRIBUTION"})) {
    advance();
    MILLRACE_TRY(table.distributed, parse_distribution());
  }
  if (accept_words({"PARTITIONED", "BY"})) {
    MILLRACE_CHECK(expect_symbol("("));
    MILLRACE_TRY(table.partitioned_by, parse_name_list("a column name"));
    MILLRACE_CHECK(expect_symbol(")"));
  }
  if (accept_word("WITH")) {
    MILLRACE_TRY(table.options, parse_options());
  }
  if (accept_word("LIKE")) {
    MILLRACE_TRY(table.like, parse_like_clause());
  } else if (accept_word("AS")) {
    MILLRACE_TRY(table.as_query, parse_query());
  }
  return {};
}

result<std::optional<std::string>> parser::parse_comment() {
  std::optional<std::string> comment;
  if (accept_word("COMMENT")) {
    MILLRACE_TRY(comment, expect_string("the comment in quotes"));
  }
  return comment;
}

result<std::vector<option_entry>> parser::parse_options() {
  std::vector<option_entry> options;
  MILLRACE_CHECK(expect_symbol("("));
  if (!at_symbol(")")) {
    MILLRACE_TRY(options, list_of<option_entry>(&parser::parse_option));
  }
  if (!accept_symbol(")")) return unexpected("',' or ')'");
  return options;
}

result<option_entry> parser::parse_option() {
  option_entry made;
  made.at = peek().at();
  MILLRACE_TRY(made.key, expect_string("an option key in quotes"));
  MILLRACE_CHECK(expect_symbol("="));
  made.value_at = peek().at();
  MILLRACE_TRY(made.value, expect_string("the option's value in quotes"));
  return made;
}

result<statement> parser::parse_create_view(temporary_kind temporary) {
  advance();
  create_view view;
  view.temporary = temporary;
  view.if_not_exists = accept_if_not_exists();
  MILLRACE_TRY(view.view, expect_path("a view name"));
  if (accept_symbol("(")) {
    MILLRACE_TRY(view.columns, parse_name_list("a column name"));
    MILLRACE_CHECK(expect_symbol(")"));
  }
  MILLRACE_TRY(view.comment, parse_comment());
  MILLRACE_CHECK(expect_word("AS"));
  MILLRACE_TRY(view.definition, parse_query());
  return make_statement(std::move(view));
}

result<statement> parser::parse_create_function(temporary_kind temporary) {
  advance();
  create_function function;
  function.temporary = temporary;
  function.if_not_exists = accept_if_not_exists();
  MILLRACE_CHECK(parse_function_body(function));
  return make_statement(std::move(function));
}

result<void> parser::parse_function_body(create_function& function) {
  MILLRACE_TRY(function.function, expect_path("a function name"));
  MILLRACE_CHECK(expect_word("AS"));
  function.class_at = peek().at();
  MILLRACE_TRY(function.class_name, expect_string("a class name in quotes"));
  if (accept_word("LANGUAGE")) {
    if (!at_any({"JAVA", "SCALA", "PYTHON", "SQL"})) return unexpected("JAVA, SCALA or PYTHON");
    function.language = to_upper(advance().text);
  }
  if (accept_word("USING")) {
    do {
      if (!at_any({"JAR", "FILE", "ARCHIVE"})) return unexpected("JAR");
      function_resource resource;
      resource.kind = to_upper(advance().text);
      MILLRACE_TRY(resource.path, expect_string("a path in quotes"));
      function.resources.push_back(std::move(resource));
    } while (accept_symbol(","));
  }
  if (accept_word("WITH")) {
    MILLRACE_TRY(function.options, parse_options());
  }
  return {};
}

result<statement> parser::parse_create_catalog() {
  advance();
  create_catalog catalog;
  catalog.if_not_exists = accept_if_not_exists();
  MILLRACE_TRY(catalog.catalog, expect_name("a catalog name"));
  MILLRACE_TRY(catalog.comment, parse_comment());
  if (accept_word("WITH")) {
    MILLRACE_TRY(catalog.options, parse_options());
  }
  return make_statement(std::move(catalog));
}

result<statement> parser::parse_create_database() {
  advance();
  create_database database;
  database.if_not_exists = accept_if_not_exists();
  MILLRACE_TRY(database.database, expect_path("a database name"));
  MILLRACE_TRY(database.comment, parse_comment());
  if (accept_word("WITH")) {
    MILLRACE_TRY(database.options, parse_options());
  }
  return make_statement(std::move(database));
}

}  // namespace millrace::sql
