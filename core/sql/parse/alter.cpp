#include "core/sql/parse/grammar.hpp"
#include "core/sql/parse/keywords.hpp"

namespace millrace::sql {

result<statement> parser::parse_alter() {
  advance();
  const text_position at = peek().at();
  if (at_any({"MATERIALIZED", "MODEL", "CONNECTION"}))
    return not_supported(at, "ALTER " + to_upper(peek().text));
  const bool temporary = at_word("TEMPORARY");
  if (temporary || at_word("FUNCTION")) {
    create_function function;
    function.alter = true;
    if (accept_word("TEMPORARY"))
      function.temporary =
          accept_word("SYSTEM") ? temporary_kind::temporary_system : temporary_kind::temporary;
    MILLRACE_CHECK(expect_word("FUNCTION"));
    function.if_exists = accept_if_exists();
    MILLRACE_CHECK(parse_function_body(function));
    return make_statement(std::move(function));
  }
  alter_object change;
  if (accept_word("TABLE")) {
    change.object = object_kind::table;
  } else if (accept_word("VIEW")) {
    change.object = object_kind::view;
  } else if (accept_word("DATABASE")) {
    change.object = object_kind::database;
  } else if (accept_word("CATALOG")) {
    change.object = object_kind::catalog;
  } else {
    return unexpected("TABLE, VIEW, FUNCTION, DATABASE or CATALOG");
  }
  change.if_exists = accept_if_exists();
  MILLRACE_TRY(change.target, expect_path("a name"));
  if (change.object == object_kind::table) {
    MILLRACE_CHECK(parse_alter_table(change));
  } else if (change.object == object_kind::view) {
    MILLRACE_CHECK(parse_alter_view(change));
  } else {
    MILLRACE_CHECK(parse_alter_options(change));
  }
  return make_statement(std::move(change));
}

result<void> parser::parse_alter_options(alter_object& change) {
  if (accept_word("SET")) {
    change.action = alter_action::set_options;
    MILLRACE_TRY(change.options, parse_options());
    return {};
  }
  if (accept_word("RESET")) {
    change.action = alter_action::reset_options;
    MILLRACE_CHECK(expect_symbol("("));
    do {
      MILLRACE_TRY(change.keys.emplace_back(), expect_string("an option key in quotes"));
    } while (accept_symbol(","));
    return expect_symbol(")");
  }
  if (!at_word("COMMENT")) return unexpected("SET, RESET or COMMENT");
  change.action = alter_action::set_comment;
  MILLRACE_TRY(change.comment, parse_comment());
  return {};
}

result<void> parser::parse_alter_view(alter_object& change) {
  if (at_word("RENAME")) return parse_alter_rename(change);
  if (!accept_word("AS")) return unexpected("RENAME TO or AS");
  change.action = alter_action::as_query;
  MILLRACE_TRY(change.definition, parse_query());
  return {};
}

result<void> parser::parse_alter_table(alter_object& change) {
  if (at_word("RENAME")) return parse_alter_rename(change);
  if (at_any({"SET", "RESET"})) return parse_alter_options(change);
  if (at_any({"ADD", "MODIFY"})) return parse_alter_schema(change);
  if (at_word("DROP")) return parse_alter_drop(change);
  if (at_any({"COMPACT", "PARTITION"})) return not_supported(peek().at(), peek().text);
  return unexpected("RENAME, SET, RESET, ADD, MODIFY or DROP");
}

result<void> parser::parse_alter_rename(alter_object& change) {
  advance();
  if (!accept_word("TO")) {
    change.action = alter_action::rename_column;
    MILLRACE_TRY(change.columns, expect_path("TO or a column name"));
    MILLRACE_CHECK(expect_word("TO"));
  }
  MILLRACE_TRY(change.new_name, expect_path("the new name"));
  return {};
}

result<void> parser::parse_alter_schema(alter_object& change) {
  const bool adds = at_word("ADD");
  advance();
  change.action = adds ? alter_action::add : alter_action::modify;
  if (at_word("PARTITION") || at_words({"IF", "NOT"}))
    return not_supported(peek().at(), "ALTER TABLE .. ADD PARTITION");
  if (accept_word("DISTRIBUTION")) {
    change.action = adds ? alter_action::add_distribution : alter_action::modify_distribution;
    MILLRACE_TRY(change.distributed, parse_distribution());
    return {};
  }
  const bool list = accept_symbol("(");
  do {
    const std::size_t columns = change.schema.columns.size();
    MILLRACE_CHECK(parse_schema_item(change.schema));
    if (change.schema.columns.size() > columns)
      MILLRACE_CHECK(parse_column_place(change.schema.columns.back()));
  } while (list && accept_symbol(","));
  if (list && !accept_symbol(")")) return unexpected("',' or ')'");
  return {};
}

result<void> parser::parse_alter_drop(alter_object& change) {
  advance();
  if (accept_words({"PRIMARY", "KEY"})) {
    change.action = alter_action::drop_primary_key;
  } else if (accept_word("CONSTRAINT")) {
    change.action = alter_action::drop_constraint;
    MILLRACE_TRY(change.columns.emplace_back(), expect_name("the name of the constraint"));
  } else if (accept_word("WATERMARK")) {
    change.action = alter_action::drop_watermark;
  } else if (accept_word("DISTRIBUTION")) {
    change.action = alter_action::drop_distribution;
  } else if (at_word("PARTITION") || at_words({"IF", "EXISTS"})) {
    return not_supported(peek().at(), "ALTER TABLE .. DROP PARTITION");
  } else {
    change.action = alter_action::drop_columns;
    const bool list = accept_symbol("(");
    MILLRACE_TRY(change.columns, parse_name_list("a column name"));
    if (list) MILLRACE_CHECK(expect_symbol(")"));
  }
  return {};
}

result<statement> parser::parse_drop() {
  advance();
  drop_object drop;
  if (at_any({"MATERIALIZED", "MODEL", "CONNECTION"}))
    return not_supported(peek().at(), "DROP " + to_upper(peek().text));
  if (accept_word("TEMPORARY"))
    drop.temporary =
        accept_word("SYSTEM") ? temporary_kind::temporary_system : temporary_kind::temporary;
  if (accept_word("TABLE")) {
    drop.object = object_kind::table;
  } else if (accept_word("VIEW")) {
    drop.object = object_kind::view;
  } else if (accept_word("FUNCTION")) {
    drop.object = object_kind::function;
  } else if (accept_word("DATABASE")) {
    drop.object = object_kind::database;
  } else if (accept_word("CATALOG")) {
    drop.object = object_kind::catalog;
  } else {
    return unexpected("TABLE, VIEW, FUNCTION, DATABASE or CATALOG");
  }
  drop.if_exists = accept_if_exists();
  MILLRACE_TRY(drop.target, expect_path("a name"));
  drop.cascade = accept_word("CASCADE");
  if (!drop.cascade) accept_word("RESTRICT");
  return make_statement(std::move(drop));
}

}  // namespace millrace::sql
