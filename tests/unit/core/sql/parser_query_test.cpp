#include "core/sql/ast/print.hpp"
#include "core/sql/parse/parser.hpp"

#include <gtest/gtest.h>

#include <string>

namespace millrace::sql {
namespace {

std::string printed(std::string_view text) {
  const auto parsed = parse_query(text);
  if (!parsed.ok()) return to_text(parsed.error(), text);
  return to_sql(*parsed);
}

TEST(parser_query, prints_what_it_read) {
  const std::string_view same[] = {
      "SELECT *, t.*, a AS b FROM t",
      "SELECT /*+ BROADCAST('t'), STATE_TTL('a' = '1d') */ DISTINCT a FROM t",
      "SELECT a FROM t /*+ OPTIONS('k' = 'v') */ AS x WHERE a > 1",
      "WITH a AS (SELECT 1), b (x, y) AS (SELECT 1, 2) SELECT * FROM a, b",
      "SELECT * FROM a INNER JOIN b ON a.x = b.x LEFT JOIN c USING (x, y) CROSS JOIN d",
      "SELECT * FROM a NATURAL FULL JOIN b, c RIGHT JOIN d ON TRUE",
      "SELECT * FROM a INNER JOIN (b INNER JOIN c ON TRUE) ON TRUE",
      "SELECT * FROM a, LATERAL TABLE(f(a.x)) AS T (p, q)",
      "SELECT * FROM a LEFT JOIN LATERAL (SELECT b FROM c) AS d ON TRUE",
      "SELECT * FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '1' MINUTE))",
      "SELECT * FROM TABLE(SESSION(TABLE t PARTITION BY (k), DESCRIPTOR(ts), INTERVAL '5' MINUTE))",
      "SELECT * FROM TABLE(HOP(DATA => TABLE t, TIMECOL => DESCRIPTOR(ts), SIZE => INTERVAL '1' "
      "HOUR))",
      "SELECT * FROM TABLE(TUMBLE((SELECT * FROM t), DESCRIPTOR(ts), INTERVAL '1' DAY))",
      "SELECT * FROM t CROSS JOIN UNNEST(t.a, t.b) WITH ORDINALITY AS u (x, y, n)",
      "SELECT * FROM o INNER JOIN r FOR SYSTEM_TIME AS OF o.ts AS v ON o.k = v.k",
      "SELECT * FROM (VALUES (1, 'a'), (2, 'b')) AS v (x, y)",
      "VALUES 1, 2",
      "TABLE t",
      "SELECT a, COUNT(*) FROM t GROUP BY a HAVING COUNT(*) > 1 ORDER BY a DESC LIMIT 3 OFFSET 1",
      "SELECT a FROM t GROUP BY GROUPING SETS ((a, b), a, (), ROLLUP (c, d)), CUBE (e)",
      "SELECT a FROM t GROUP BY ()",
      "SELECT SUM(a) OVER w FROM t WINDOW w AS (PARTITION BY b ORDER BY c)",
      "SELECT a FROM t QUALIFY ROW_NUMBER() OVER (ORDER BY b) = 1",
      "SELECT 1 UNION ALL SELECT 2 INTERSECT SELECT 3 EXCEPT SELECT 4",
      "(SELECT 1 UNION SELECT 2) INTERSECT SELECT 3",
      "SELECT 1 UNION (SELECT 2 ORDER BY a LIMIT 1)",
      "(SELECT a FROM t ORDER BY a LIMIT 5) LIMIT 3",
      "SELECT TUMBLE_END(ts, INTERVAL '1' HOUR) FROM t GROUP BY TUMBLE(ts, INTERVAL '1' HOUR)",
      "SELECT * FROM a WHERE EXISTS (SELECT 1 FROM b WHERE b.x = a.x) AND y NOT IN (SELECT z FROM "
      "c)",
      "SELECT * FROM t MATCH_RECOGNIZE (PARTITION BY k ORDER BY ts MEASURES LAST(B.p) AS q ONE ROW "
      "PER MATCH AFTER MATCH SKIP TO LAST B PATTERN (A B+? (C | D{2,3})* $) WITHIN INTERVAL '1' "
      "HOUR "
      "SUBSET S = (A, B) DEFINE A AS A.p > 1, B AS B.p < PREV(B.p)) AS M",
      "SELECT * FROM t MATCH_RECOGNIZE (ORDER BY ts ALL ROWS PER MATCH PATTERN (^ PERMUTE(A, B) {- "
      "C -} D{2} E{2,}) DEFINE A AS TRUE)",
  };
  for (const auto text : same) EXPECT_EQ(printed(text), text);
}

struct pair {
  std::string_view text;
  std::string_view expected;
};

TEST(parser_query, folds_other_spellings) {
  const pair cases[] = {
      {"select a b from t as x", "SELECT a AS b FROM t AS x"},
      {"((SELECT 1))", "SELECT 1"},
      {"SELECT 1 MINUS SELECT 2", "SELECT 1 EXCEPT SELECT 2"},
      {"SELECT 1 UNION DISTINCT SELECT 2", "SELECT 1 UNION SELECT 2"},
      {"SELECT a FROM t LIMIT ALL", "SELECT a FROM t"},
      {"SELECT a FROM t OFFSET 2 ROWS FETCH NEXT 3 ROWS ONLY", "SELECT a FROM t LIMIT 3 OFFSET 2"},
      {"SELECT a FROM t LIMIT 2, 3", "SELECT a FROM t LIMIT 3 OFFSET 2"},
      {"SELECT * FROM ((SELECT 1) UNION (SELECT 2)) u",
       "SELECT * FROM (SELECT 1 UNION SELECT 2) AS u"},
      {"SELECT * FROM f(1)", "SELECT * FROM TABLE(f(1))"},
      {"SELECT * FROM a LEFT OUTER JOIN b ON TRUE", "SELECT * FROM a LEFT JOIN b ON TRUE"},
      {"SELECT ALL a FROM t GROUP BY (a, b), c", "SELECT a FROM t GROUP BY (a, b), c"},
      {"SELECT * FROM t MATCH_RECOGNIZE(PATTERN (B?? A{,3}) DEFINE A AS TRUE)",
       "SELECT * FROM t MATCH_RECOGNIZE (ONE ROW PER MATCH PATTERN (B?? A{0,3}) DEFINE A AS TRUE)"},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(printed(c.text), c.expected);
    EXPECT_EQ(printed(c.expected), c.expected);
  }
}

TEST(parser_query, keeps_the_place_in_the_text) {
  const auto parsed = parse_query("SELECT a FROM (  SELECT 1 AS a ) AS t");
  ASSERT_TRUE(parsed.ok());
  EXPECT_EQ(parsed->text_length, 37u);
  const auto& inner = *parsed->as<select_block>().from->as<derived_table>().subquery;
  EXPECT_EQ(inner.text_offset, 17u);
  EXPECT_EQ(inner.text_length, 13u);
}

}  // namespace
}  // namespace millrace::sql
