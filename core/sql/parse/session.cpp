#include "core/sql/parse/grammar.hpp"
#include "core/sql/parse/keywords.hpp"

namespace millrace::sql {

result<statement> parser::parse_show() {
  advance();
  using enum show_kind;
  struct form {
    std::initializer_list<std::string_view> words;
    show_kind what;
  };
  static const form forms[] = {
      {{"CATALOGS"}, catalogs},
      {{"CURRENT", "CATALOG"}, current_catalog},
      {{"DATABASES"}, databases},
      {{"CURRENT", "DATABASE"}, current_database},
      {{"TABLES"}, tables},
      {{"VIEWS"}, views},
      {{"USER", "FUNCTIONS"}, user_functions},
      {{"FUNCTIONS"}, functions},
      {{"COLUMNS"}, columns},
      {{"PARTITIONS"}, partitions},
      {{"FULL", "MODULES"}, full_modules},
      {{"MODULES"}, modules},
      {{"JOBS"}, jobs},
      {{"JARS"}, jars},
      {{"PROCEDURES"}, procedures},
  };
  if (at_word("CREATE")) return parse_show_create();
  show shown;
  for (const auto& known : forms) {
    if (!accept_words(known.words)) continue;
    shown.what = known.what;
    MILLRACE_CHECK(parse_show_filter(shown));
    return make_statement(std::move(shown));
  }
  if (at_any({"MODELS", "CONNECTIONS", "MATERIALIZED"}))
    return not_supported(peek().at(), "SHOW " + to_upper(peek().text));
  return unexpected(
      "CATALOGS, DATABASES, CURRENT .., TABLES, VIEWS, FUNCTIONS, COLUMNS, CREATE .., "
      "PARTITIONS, MODULES or JOBS");
}

result<statement> parser::parse_show_create() {
  advance();
  show shown;
  if (accept_word("TABLE")) {
    shown.what = show_kind::create_table;
  } else if (accept_word("VIEW")) {
    shown.what = show_kind::create_view;
  } else if (accept_word("CATALOG")) {
    shown.what = show_kind::create_catalog;
  } else if (accept_word("DATABASE")) {
    shown.what = show_kind::create_database;
  } else {
    return unexpected("TABLE, VIEW, CATALOG or DATABASE");
  }
  MILLRACE_TRY(shown.of, expect_path("a name"));
  return make_statement(std::move(shown));
}

// [FROM|IN path] [[NOT] LIKE|ILIKE 'pattern']; COLUMNS and PARTITIONS need their table.
result<void> parser::parse_show_filter(show& shown) {
  const bool of_table = shown.what == show_kind::columns || shown.what == show_kind::partitions;
  if (accept_word("FROM") || accept_word("IN")) {
    MILLRACE_TRY(shown.of, expect_path("a name"));
  } else if (shown.what == show_kind::partitions) {
    MILLRACE_TRY(shown.of, expect_path("a table name"));
  } else if (of_table) {
    return unexpected("FROM or IN and a table name");
  }
  if (shown.what == show_kind::partitions && at_word("PARTITION"))
    return not_supported(peek().at(), "SHOW PARTITIONS .. PARTITION (..)");
  shown.not_like = accept_word("NOT");
  shown.ilike = accept_word("ILIKE");
  if (shown.ilike || accept_word("LIKE")) {
    MILLRACE_TRY(shown.pattern, expect_string("a pattern in quotes"));
  } else if (shown.not_like) {
    return unexpected("LIKE or ILIKE");
  }
  return {};
}

result<statement> parser::parse_describe() {
  advance();
  describe shown;
  if (at_any({"JOB", "MODEL", "CONNECTION"}) && !at_symbol(";", 1) &&
      peek(1).kind != token_kind::end)
    return not_supported(peek().at(), "DESCRIBE " + to_upper(peek().text));
  if (at_word("CATALOG") && (at_name(1) || at_word("EXTENDED", 1))) {
    shown.object = object_kind::catalog;
    advance();
  } else if (at_word("DATABASE") && (at_name(1) || at_word("EXTENDED", 1))) {
    shown.object = object_kind::database;
    advance();
  } else if (accept_word("FUNCTION")) {
    shown.object = object_kind::function;
  } else {
    accept_word("TABLE");
  }
  shown.extended = accept_word("EXTENDED");
  MILLRACE_TRY(shown.target, expect_path("a name"));
  return make_statement(std::move(shown));
}

result<statement> parser::parse_use() {
  advance();
  use_object used;
  if (at_word("MODULES")) return not_supported(peek().at(), "USE MODULES");
  if (at_word("CATALOG") && at_name(1)) {
    advance();
    used.object = object_kind::catalog;
  }
  MILLRACE_TRY(used.target, expect_path("CATALOG or a database name"));
  return make_statement(std::move(used));
}

// SET; SET 'k' = 'v'; and the older SET a.b.c = v, where the value goes up to the `;`.
result<statement> parser::parse_set() {
  advance();
  set_option option;
  option.key_at = peek().at();
  if (at_end() || at_symbol(";")) return make_statement(std::move(option));
  MILLRACE_TRY(option.key, parse_raw_text(true));
  if (!accept_symbol("=")) return make_statement(std::move(option));
  option.value_at = peek().at();
  MILLRACE_TRY(option.value, parse_raw_text(false));
  return make_statement(std::move(option));
}

// A quoted string, or all text up to `=` (of a key) or `;`.
result<std::string> parser::parse_raw_text(bool key) {
  const token first = peek();
  if (first.kind == token_kind::string) return unquote(advance());
  std::string text;
  std::size_t end = first.offset;
  while (!at_end() && !at_symbol(";") && !(key && at_symbol("="))) {
    if (peek().kind == token_kind::bad) return unexpected("a value");
    text.append(peek().offset - end, ' ').append(peek().text);
    advance();
    end = last_end();
  }
  if (text.empty()) return unexpected(key ? "an option key in quotes" : "a value in quotes");
  return text;
}

result<statement> parser::parse_reset() {
  advance();
  reset_option option;
  if (at_end() || at_symbol(";")) return make_statement(std::move(option));
  MILLRACE_TRY(option.key, parse_raw_text(true));
  return make_statement(std::move(option));
}

result<statement> parser::parse_explain() {
  advance();
  explain shown;
  if (accept_words({"PLAN", "FOR"})) {
    MILLRACE_TRY(shown.target, parse_planned());
    return make_statement(std::move(shown));
  }
  while (at_any({"ESTIMATED_COST", "CHANGELOG_MODE", "JSON_EXECUTION_PLAN", "PLAN_ADVICE"})) {
    shown.details.push_back(to_upper(advance().text));
    if (!accept_symbol(",")) break;
  }
  MILLRACE_TRY(shown.target, parse_planned());
  return make_statement(std::move(shown));
}

result<statement> parser::parse_stop() {
  advance();
  MILLRACE_CHECK(expect_word("JOB"));
  stop_job stop;
  MILLRACE_TRY(stop.job, expect_string("a job id in quotes"));
  while (accept_word("WITH")) {
    if (accept_word("SAVEPOINT")) {
      stop.with_savepoint = true;
    } else if (accept_word("DRAIN")) {
      stop.with_drain = true;
    } else {
      return unexpected("SAVEPOINT or DRAIN");
    }
  }
  return make_statement(std::move(stop));
}

}  // namespace millrace::sql
