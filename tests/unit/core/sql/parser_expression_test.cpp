#include "core/sql/ast/print.hpp"
#include "core/sql/parse/parser.hpp"

#include <gtest/gtest.h>

#include <string>

namespace millrace::sql {
namespace {

expression_ptr make_box() { return expression{{}, identifier{{name{"x", false, {}}}}}; }

/// Operators as nested lists, so that precedence shows.
std::string shape(const expression& e) {
  if (const auto* b = e.get_if<binary_operation>()) {
    binary_operation bare{b->op, make_box(), make_box()};
    std::string op = to_sql(expression{{}, bare});
    return "(" + op.substr(2, op.size() - 4) + " " + shape(*b->left) + " " + shape(*b->right) + ")";
  }
  if (const auto* u = e.get_if<unary_operation>()) {
    std::string op = to_sql(expression{{}, unary_operation{u->op, make_box()}});
    return "(" + op + " " + shape(*u->operand) + ")";
  }
  if (const auto* b = e.get_if<between>())
    return "(between " + shape(*b->value) + " " + shape(*b->low) + " " + shape(*b->high) + ")";
  return to_sql(e);
}

struct pair {
  std::string_view text;
  std::string_view expected;
};

TEST(parser_expression, follows_precedence) {
  const pair cases[] = {
      {"a + b * c", "(+ a (* b c))"},
      {"a - b - c", "(- (- a b) c)"},
      {"a OR b AND NOT c", "(OR a (AND b (NOT x c)))"},
      {"NOT a = b", "(NOT x (= a b))"},
      {"NOT a IS NULL", "(NOT x (x IS NULL a))"},
      {"a = b IS NULL", "(x IS NULL (= a b))"},
      {"a || b = c", "(= (|| a b) c)"},
      {"-a * b", "(* (-x a) b)"},
      {"a BETWEEN b AND c AND d", "(AND (between a b c) d)"},
      {"a + 1 BETWEEN b - 1 AND c * 2", "(between (+ a 1) (- b 1) (* c 2))"},
      {"a = b OR c <> d", "(OR (= a b) (<> c d))"},
      {"a IS NOT DISTINCT FROM b + 1", "(IS NOT DISTINCT FROM a (+ b 1))"},
      {"a = b = c", "(= (= a b) c)"},
      {"(a + b) * c", "(* (+ a b) c)"},
      {"a < b AND b < c OR d", "(OR (AND (< a b) (< b c)) d)"},
  };
  for (const auto& c : cases) {
    const auto parsed = parse_expression(c.text);
    ASSERT_TRUE(parsed.ok()) << c.text << ": " << to_text(parsed.error(), c.text);
    EXPECT_EQ(shape(**parsed), c.expected) << c.text;
  }
}

void expect_printed(std::string_view text, std::string_view expected) {
  const auto parsed = parse_expression(text);
  ASSERT_TRUE(parsed.ok()) << to_text(parsed.error(), text);
  EXPECT_EQ(to_sql(**parsed), expected);
  const auto again = parse_expression(expected);
  ASSERT_TRUE(again.ok()) << to_text(again.error(), expected);
  EXPECT_EQ(to_sql(**again), expected);
}

TEST(parser_expression, prints_what_it_read) {
  const std::string_view same[] = {
      "a.b.c",
      "`Select`.`a b`",
      "t.*",
      "(ROW(1, 2)).*",
      "f(x).y",
      "(a).b",
      "a[1].b['k']",
      "'it''s'",
      "X'0aff'",
      "1.50",
      "1e3",
      "NULL",
      "UNKNOWN",
      "TRUE",
      "DATE '2024-01-01'",
      "TIME '10:00:00'",
      "TIMESTAMP '2024-01-01 00:00:00.123'",
      "INTERVAL '1' DAY(3)",
      "INTERVAL '1-2' YEAR TO MONTH",
      "INTERVAL -'01:50' MINUTE TO SECOND",
      "INTERVAL '1.5' SECOND(2, 3)",
      "INTERVAL '1 2:3:4.5' DAY(3) TO SECOND(6)",
      "INTERVAL (a + 1) HOUR",
      "(a - b) SECOND",
      "- -1",
      "-a.b",
      "a NOT IN (1, 2)",
      "(a, b) IN (SELECT c, d FROM t)",
      "EXISTS (SELECT 1)",
      "a NOT LIKE 'x!%' ESCAPE '!'",
      "a SIMILAR TO b",
      "a >= ALL (SELECT b FROM t)",
      "a = SOME (1, 2)",
      "a NOT BETWEEN SYMMETRIC 1 AND 2",
      "a IS NOT JSON OBJECT",
      "CASE a WHEN 1 THEN 'x' ELSE 'y' END",
      "CASE WHEN a > 1 THEN b WHEN c THEN d END",
      "CAST(a AS ROW<x INT, y ARRAY<STRING NOT NULL>>)",
      "TRY_CAST(a AS DECIMAL(10, 2))",
      "COUNT(*)",
      "COUNT(DISTINCT a, b) FILTER (WHERE c > 1)",
      "f(a => 1, DATA => TABLE t)",
      "LISTAGG(a, ',') WITHIN GROUP (ORDER BY b DESC NULLS LAST)",
      "LAST_VALUE(a) IGNORE NULLS",
      "SUM(a) OVER (PARTITION BY b ORDER BY c ROWS BETWEEN 2 PRECEDING AND CURRENT ROW)",
      "SUM(a) OVER w",
      "RANK() OVER (w ORDER BY c)",
      "MIN(a) OVER (ORDER BY c RANGE BETWEEN INTERVAL '1' HOUR PRECEDING AND UNBOUNDED FOLLOWING)",
      "EXTRACT(YEAR FROM a)",
      "TRIM(LEADING 'x' FROM a)",
      "TRIM(BOTH FROM a)",
      "POSITION('a' IN b)",
      "OVERLAY(a PLACING b FROM 1 FOR 2)",
      "SUBSTRING(a FROM 2 FOR 3)",
      "SUBSTRING(a, 2)",
      "CEIL(a TO MONTH)",
      "FLOOR(a)",
      "TIMESTAMPADD(DAY, 1, a)",
      "JSON_VALUE(a, '$.b' RETURNING INT NULL ON EMPTY DEFAULT 1 ON ERROR)",
      "JSON_QUERY(a, 'lax $' WITH CONDITIONAL ARRAY WRAPPER EMPTY ARRAY ON EMPTY ERROR ON ERROR)",
      "JSON_EXISTS(a, '$.b' UNKNOWN ON ERROR)",
      "JSON_OBJECT(KEY 'a' VALUE b ABSENT ON NULL)",
      "JSON_OBJECT()",
      "JSON_ARRAY(1, JSON_ARRAY() NULL ON NULL)",
      "JSON_ARRAYAGG(a ABSENT ON NULL)",
      "JSON_OBJECTAGG(KEY a VALUE b)",
      "(a, b) OVERLAPS (c, INTERVAL '1' DAY)",
      "a MEMBER OF b",
      "ARRAY[1, 2]",
      "ARRAY[]",
      "MAP['a', 1]",
      "MULTISET[1]",
      "ARRAY(SELECT a FROM t)",
      "CURRENT_TIMESTAMP",
      "LOCALTIME",
      "FINAL LAST(A.x, 1)",
      "RUNNING SUM(A.x)",
      "DESCRIPTOR(a, b)",
      "cat.db.fn(1)",
      "COALESCE(a, b)",
      "YEAR(a)",
      "LEFT(a, 1)",
      "`TABLE`(1)",
      "final",
      "key + name + type + state + ts",
      "a * (b / c)",
      "a - (b - c)",
      "(a OR b) AND c",
      "NOT (a AND b)",
      "(NOT a) = b",
      "(a = b) BETWEEN c AND d",
      "(a IS NULL) + 1",
      "(SELECT a FROM t)"};
  for (const auto text : same) {
    SCOPED_TRACE(text);
    expect_printed(text, text);
  }
}

TEST(parser_expression, folds_other_spellings) {
  const pair cases[] = {
      {"a != b", "a <> b"},
      {"U&'\\0041\\+01F600'", "'A😀'"},
      {"U&'d!0061t' UESCAPE '!'", "'dat'"},
      {"'a'\n'b'", "'ab'"},
      {"a NOT BETWEEN ASYMMETRIC 1 AND 2", "a NOT BETWEEN 1 AND 2"},
      {"a = ANY (1)", "a = SOME (1)"},
      {"TRIM('x' FROM a)", "TRIM(BOTH 'x' FROM a)"},
      {"TRIM(a)", "TRIM(BOTH FROM a)"},
      {"current_date", "CURRENT_DATE"},
      {"CAST(a AS CHARACTER VARYING(3))", "CAST(a AS VARCHAR(3))"},
      {"((a))", "a"},
      {"((SELECT 1) UNION (SELECT 2)) + 1", "(SELECT 1 UNION SELECT 2) + 1"},
      {"a IS JSON", "a IS JSON VALUE"},
      {"JSON_OBJECT('k' VALUE 1, key VALUE 2)", "JSON_OBJECT(KEY 'k' VALUE 1, KEY key VALUE 2)"},
      {"timestampdiff(sql_tsi_hour, a, b)", "timestampdiff(HOUR, a, b)"},
      {"SUM(a) OVER (ORDER BY b ROWS 2 PRECEDING)",
       "SUM(a) OVER (ORDER BY b ROWS BETWEEN 2 PRECEDING AND CURRENT ROW)"},
      {"ARRAY_AGG(a ORDER BY b)", "ARRAY_AGG(a) WITHIN GROUP (ORDER BY b)"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.text);
    expect_printed(c.text, c.expected);
  }
}

TEST(parser_expression, reads_types) {
  const pair cases[] = {
      {"INT ARRAY", "ARRAY<INT>"},
      {"INT NOT NULL ARRAY MULTISET NOT NULL", "MULTISET<ARRAY<INT NOT NULL>> NOT NULL"},
      {"MAP<STRING, ROW<a INT 'note', b MAP<INT, INT>>>",
       "MAP<STRING, ROW<a INT 'note', b MAP<INT, INT>>>"},
      {"ROW(a INT, b ROW<>)", "ROW<a INT, b ROW<>>"},
      {"TIMESTAMP(3) WITH LOCAL TIME ZONE", "TIMESTAMP_LTZ(3)"},
      {"TIMESTAMP WITHOUT TIME ZONE", "TIMESTAMP"},
      {"DOUBLE PRECISION NULL", "DOUBLE"},
      {"BINARY VARYING(3)", "VARBINARY(3)"},
      {"NUMERIC(38, 10)", "DECIMAL(38, 10)"},
      {"INTERVAL DAY(3) TO SECOND(6)", "INTERVAL DAY(3) TO SECOND(6)"},
      {"RAW('a.B', 'xyz')", "RAW('a.B', 'xyz')"},
      {"STRUCTURED<'a.B', x INT>", "STRUCTURED<'a.B', x INT>"},
      {"my.`Type`", "my.Type"},
  };
  for (const auto& c : cases) {
    const auto parsed = parse_type(c.text);
    ASSERT_TRUE(parsed.ok()) << to_text(parsed.error(), c.text);
    EXPECT_EQ(to_sql(*parsed), c.expected);
  }
}

TEST(parser_expression, places_nodes) {
  const auto parsed = parse_expression("a.bc +\n f(x)");
  ASSERT_TRUE(parsed.ok());
  const auto& sum = (*parsed)->as<binary_operation>();
  EXPECT_EQ((*parsed)->at, (text_position{1, 6, 1}));
  EXPECT_EQ(sum.left->at, (text_position{1, 1, 4}));
  EXPECT_EQ(sum.right->at, (text_position{2, 2, 1}));
}

TEST(parser_expression, copies_are_deep) {
  const auto parsed = parse_expression("CASE WHEN a THEN f(b) END");
  ASSERT_TRUE(parsed.ok());
  expression copy = **parsed;
  copy.as<case_when>().branches[0].when.as<identifier>().parts[0].text = "z";
  EXPECT_EQ(to_sql(**parsed), "CASE WHEN a THEN f(b) END");
  EXPECT_EQ(to_sql(copy), "CASE WHEN z THEN f(b) END");
}

}  // namespace
}  // namespace millrace::sql
