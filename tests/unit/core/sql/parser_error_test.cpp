#include "core/sql/parse/parser.hpp"

#include <gtest/gtest.h>

#include <string>

namespace millrace::sql {
namespace {

struct bad_script {
  std::string_view script;
  errc code;
  text_position at;
  std::string_view message;
  std::string_view hint = {};
};

TEST(parser_errors, name_place_and_expectation) {
  using enum errc;
  const bad_script cases[] = {
      {"SELECT id, FROM t",
       sql_unexpected_token,
       {1, 12, 4},
       "unexpected 'FROM', expected an expression",
       "something is missing in front of FROM"},
      {"SELCT 1",
       sql_unexpected_token,
       {1, 1, 5},
       "unexpected 'SELCT', expected a statement such as SELECT, INSERT, CREATE, SET or EXPLAIN",
       "did you mean SELECT?"},
      {"SELECT a FROM t WHRE a = 1",
       sql_unexpected_token,
       {1, 22, 1},
       "unexpected 'a', expected ';' or the end of the statement",
       "did you mean WHERE instead of 'WHRE'?"},
      {"SELECT value FROM t",
       sql_unexpected_token,
       {1, 8, 5},
       "unexpected 'value', expected an expression",
       "value is a reserved word; to use it as a name write it in backquotes: `value`"},
      {"CREATE TABLE t (user INT)",
       sql_unexpected_token,
       {1, 17, 4},
       "unexpected 'user', expected a column name",
       "user is a reserved word; to use it as a name write it in backquotes: `user`"},
      {"SELECT a AS one FROM t",
       sql_unexpected_token,
       {1, 13, 3},
       "unexpected 'one', expected an alias",
       "one is a reserved word; to use it as a name write it in backquotes: `one`"},
      {"SELECT 1\nSELECT 2",
       sql_unexpected_token,
       {2, 1, 6},
       "unexpected 'SELECT', expected ';' or the end of the statement",
       "is a ; missing before SELECT?"},
      {"SELECT (1 + 2",
       sql_unexpected_token,
       {1, 14, 1},
       "unexpected end of the text, expected ')'"},
      {"SELECT 'a",
       sql_bad_token,
       {1, 8, 1},
       "this ' is never closed",
       "end it with '; inside write '' for one '"},
      {"SELECT X'0af'",
       sql_bad_literal,
       {1, 8, 6},
       "X'0af' is not an even number of hex digits",
       "write two digits per byte: X'0aff'"},
      {"SELECT U&'\\00'",
       sql_bad_literal,
       {1, 8, 7},
       "a Unicode escape has no valid form",
       "write \\0041 or \\+01F600 for a character, \\\\ for the escape itself"},
      {"SELECT INTERVAL '1' MONTH TO DAY",
       sql_bad_literal,
       {1, 30, 3},
       "an interval cannot span these units",
       "use YEAR TO MONTH, or DAY, HOUR, MINUTE to a finer one up to SECOND"},
      {"SELECT INTERVAL '1' EPOCH",
       sql_bad_literal,
       {1, 21, 5},
       "this unit measures no interval",
       "use SECOND, MINUTE, HOUR, DAY, WEEK, MONTH, QUARTER or YEAR"},
      {"SELECT INTERVAL '1' FORTNIGHT",
       sql_unexpected_token,
       {1, 21, 9},
       "unexpected 'FORTNIGHT', expected a time unit such as SECOND, MINUTE, HOUR, DAY, MONTH or "
       "YEAR"},
      {"SELECT CASE a END",
       sql_unexpected_token,
       {1, 15, 3},
       "unexpected 'END', expected WHEN",
       "END is a reserved word; to use it as a name write it in backquotes: `END`"},
      {"SELECT MAP['a']",
       sql_bad_argument,
       {1, 8, 3},
       "MAP[..] has a key without a value",
       "write MAP[key, value, key, value, ..]"},
      {"SELECT CAST(a INT)",
       sql_unexpected_token,
       {1, 15, 3},
       "unexpected 'INT', expected AS",
       "INT is a reserved word; to use it as a name write it in backquotes: `INT`"},
      {"SELECT a::INT",
       sql_not_supported,
       {1, 9, 2},
       "the :: cast is not supported",
       "write CAST(value AS type)"},
      {"SELECT ?",
       sql_not_supported,
       {1, 8, 1},
       "the parameter ? is not supported",
       "write the value, or ${NAME} with --define"},
      {"SELECT a IS BLUE",
       sql_unexpected_token,
       {1, 13, 4},
       "unexpected 'BLUE', expected NULL, TRUE, FALSE, UNKNOWN, DISTINCT FROM or JSON"},
      {"SELECT * FROM",
       sql_unexpected_token,
       {1, 14, 1},
       "unexpected end of the text, expected a table, a query in parentheses, TABLE(..) or "
       "UNNEST(..)"},
      {"SELECT * FROM t PIVOT (x)", sql_not_supported, {1, 17, 5}, "PIVOT is not supported"},
      {"SELECT * FROM t TABLESAMPLE BERNOULLI(10)",
       sql_not_supported,
       {1, 17, 11},
       "TABLESAMPLE is not supported"},
      {"SELECT * FROM a LEFT SEMI JOIN b",
       sql_not_supported,
       {1, 22, 4},
       "SEMI JOIN is not supported",
       "use [NOT] EXISTS (..) or [NOT] IN (..)"},
      {"SELECT * FROM TABLE(t)",
       sql_unexpected_token,
       {1, 21, 1},
       "TABLE(..) needs a call of a table function",
       "write TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '1' MINUTE))"},
      {"WITH RECURSIVE a AS (SELECT 1) SELECT 1",
       sql_not_supported,
       {1, 6, 9},
       "WITH RECURSIVE is not supported"},
      {"SELECT * FROM t MATCH_RECOGNIZE (PATTERN (A{3,2}) DEFINE A AS TRUE)",
       sql_bad_pattern,
       {1, 44, 1},
       "the upper bound of a quantifier must be positive and not below the lower"},
      {"SELECT * FROM t MATCH_RECOGNIZE (ORDER BY a)",
       sql_unexpected_token,
       {1, 44, 1},
       "unexpected ')', expected PATTERN"},
      {"CREATE TABLE t (a INT, ) WITH ()",
       sql_unexpected_token,
       {1, 24, 1},
       "unexpected ')', expected a column name"},
      {"CREATE TABLE t (a INT) WITH (connector = 'x')",
       sql_unexpected_token,
       {1, 30, 9},
       "unexpected 'connector', expected an option key in quotes"},
      {"CREATE TABLE t (a ARRAY<INT)",
       sql_unexpected_token,
       {1, 28, 1},
       "unexpected ')', expected '>'"},
      {"CREATE TABLE t (a VARCHAR(99999999999))",
       sql_bad_literal,
       {1, 27, 11},
       "'99999999999' is out of range for the length or precision of the type"},
      {"CREATE INDEX i",
       sql_unexpected_token,
       {1, 8, 5},
       "unexpected 'INDEX', expected TABLE, VIEW, FUNCTION, CATALOG or DATABASE"},
      {"CREATE MATERIALIZED TABLE t AS SELECT 1",
       sql_not_supported,
       {1, 8, 12},
       "CREATE MATERIALIZED is not supported"},
      {"DELETE FROM t",
       sql_not_supported,
       {1, 1, 6},
       "DELETE is not supported",
       "write an INSERT of a query whose result lacks the rows"},
      {"ANALYZE TABLE t COMPUTE STATISTICS",
       sql_not_supported,
       {1, 1, 7},
       "ANALYZE TABLE is not supported",
       "statistics are gathered while a job runs"},
      {"ADD JAR 'x'",
       sql_not_supported,
       {1, 1, 3},
       "ADD JAR is not supported",
       "functions are built in; CREATE FUNCTION maps class names to them"},
      {"EXECUTE STATEMENT SET BEGIN SELECT 1; END",
       sql_unexpected_token,
       {1, 29, 6},
       "unexpected 'SELECT', expected INSERT or END",
       "something is missing in front of SELECT"},
      {"SET =",
       sql_unexpected_token,
       {1, 5, 1},
       "unexpected '=', expected an option key in quotes"},
      {"INSERT t SELECT 1",
       sql_unexpected_token,
       {1, 8, 1},
       "unexpected 't', expected INTO or OVERWRITE"},
      {"SHOW TABLE",
       sql_unexpected_token,
       {1, 6, 5},
       "unexpected 'TABLE', expected CATALOGS, DATABASES, CURRENT .., TABLES, VIEWS, FUNCTIONS, "
       "COLUMNS, CREATE .., PARTITIONS, MODULES or JOBS",
       "TABLE is a reserved word; to use it as a name write it in backquotes: `TABLE`"},
      {"SELECT \"a\"",
       sql_bad_token,
       {1, 8, 1},
       "double quotes are not used in Flink SQL",
       "write text in single quotes and names in backquotes"},
      {"SELECT JSON_VALUE(a, '$' NULL ON EMPTY ERROR ON EMPTY)",
       sql_unexpected_token,
       {1, 40, 5},
       "this clause is given twice"},
  };
  for (const auto& c : cases) {
    const auto parsed = parse_script(c.script);
    ASSERT_FALSE(parsed.ok()) << c.script;
    const error& e = parsed.error();
    EXPECT_EQ(e.code, c.code) << c.script;
    EXPECT_EQ(e.message, c.message) << c.script;
    EXPECT_EQ(e.hint, c.hint) << c.script;
    ASSERT_TRUE(e.at.has_value()) << c.script;
    EXPECT_EQ(*e.at, c.at) << c.script << ": " << e.at->line << ":" << e.at->column << "+"
                           << e.at->length;
  }
}

std::string repeated(std::string_view part, std::size_t times) {
  std::string text;
  for (std::size_t i = 0; i < times; ++i) text += part;
  return text;
}

TEST(parser_errors, refuse_deep_nesting) {
  constexpr std::size_t deep = 100'000;
  const std::string scripts[] = {
      "SELECT " + repeated("(", deep),
      "SELECT " + repeated("NOT ", deep) + "a",
      "SELECT " + repeated("- ", deep) + "1",
      "SELECT " + repeated("CASE WHEN ", deep),
      "SELECT " + repeated("f(", deep),
      "SELECT " + repeated("ARRAY[", deep),
      "SELECT " + repeated("RUNNING ", deep) + "f(a)",
      "SELECT " + repeated("INTERVAL ", deep) + "a DAY",
      "SELECT " + repeated("(SELECT ", deep),
      "SELECT 1" + repeated(" + 1", deep),
      "SELECT a" + repeated("[1]", deep),
      "SELECT f(1)" + repeated(".a", deep),
      "SELECT a" + repeated(" IS NULL", deep),
      "SELECT a" + repeated(" AND b", deep),
      "SELECT 1" + repeated(" UNION SELECT 1", deep),
      "SELECT 1" + repeated(" INTERSECT SELECT 1", deep),
      "SELECT * FROM a" + repeated(", b", deep),
      "SELECT * FROM a" + repeated(" JOIN b ON TRUE", deep),
      "SELECT * FROM " + repeated("(", deep) + "a",
      "SELECT * FROM " + repeated("LATERAL ", deep) + "a",
      "SELECT a FROM t GROUP BY " + repeated("ROLLUP(", deep),
      "CREATE TABLE t (a " + repeated("ARRAY<", deep),
      "CREATE TABLE t (a INT" + repeated(" ARRAY", deep) + ")",
      "SELECT * FROM t MATCH_RECOGNIZE (PATTERN (" + repeated("(", deep),
      "SELECT * FROM t MATCH_RECOGNIZE (PATTERN (A" + repeated(" PERMUTE(A", deep),
      repeated("EXPLAIN ", deep),
      repeated("EXPLAIN PLAN FOR COMPILE PLAN 'a' FOR ", deep),
      repeated("WITH a AS (", deep),
  };
  for (const auto& script : scripts) {
    const auto parsed = parse_script(script);
    ASSERT_FALSE(parsed.ok()) << script.substr(0, 80);
    const bool expected = parsed.error().code == errc::sql_too_deep ||
                          parsed.error().code == errc::sql_unexpected_token;
    EXPECT_TRUE(expected) << script.substr(0, 80) << to_text(parsed.error());
  }
}

TEST(parser_errors, take_reasonable_nesting) {
  const std::string nested = "SELECT " + repeated("(", 200) + "1" + repeated(")", 200);
  const std::string chained = "SELECT a = 1" + repeated(" OR a = 2", 900);
  const std::string listed = "SELECT a IN (1" + repeated(", 2", 50'000) + ")";
  EXPECT_TRUE(parse_script(nested).ok());
  EXPECT_TRUE(parse_script(chained).ok());
  EXPECT_TRUE(parse_script(listed).ok());
}

TEST(parser_errors, refuse_huge_scripts) {
  const auto parsed = parse_script(std::string(max_script_bytes + 1, ' '));
  ASSERT_FALSE(parsed.ok());
  EXPECT_EQ(parsed.error().code, errc::sql_too_deep);
}

}  // namespace
}  // namespace millrace::sql
