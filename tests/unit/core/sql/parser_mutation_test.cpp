#include "core/sql/ast/print.hpp"
#include "core/sql/parse/parser.hpp"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

namespace millrace::sql {
namespace {

const std::vector<std::string> seeds = {
    "CREATE TABLE t (a INT NOT NULL, b ROW<x MAP<INT, ARRAY<STRING>>>, c AS a + 1, d STRING "
    "METADATA "
    "FROM 'k' VIRTUAL, WATERMARK FOR e AS e - INTERVAL '4' SECOND, PRIMARY KEY (a) NOT ENFORCED) "
    "PARTITIONED BY (a) WITH ('connector' = 'x') LIKE u (INCLUDING ALL);",
    "INSERT INTO t SELECT a, COUNT(DISTINCT b) FILTER (WHERE c > 1), CASE WHEN a IS NULL THEN 'x' "
    "ELSE "
    "U&'\\0041' END FROM TABLE(HOP(TABLE t, DESCRIPTOR(ts), INTERVAL '2' SECOND, INTERVAL '10' "
    "SECOND)) AS w GROUP BY GROUPING SETS ((a), ()) HAVING MAX(b) BETWEEN 1 AND 2 OR b NOT IN (1, "
    "2);",
    "SELECT * FROM t MATCH_RECOGNIZE (PARTITION BY k ORDER BY ts MEASURES LAST(B.p) AS q ONE ROW "
    "PER "
    "MATCH AFTER MATCH SKIP TO LAST B PATTERN (A B+? (C | D{2,3})*) WITHIN INTERVAL '1' HOUR "
    "DEFINE A "
    "AS A.p > 1);",
    "WITH a AS (SELECT 1 UNION ALL SELECT 2) SELECT x[1].y, (SELECT 1), SUM(a) OVER (PARTITION BY "
    "b "
    "ORDER BY c ROWS BETWEEN 2 PRECEDING AND CURRENT ROW), JSON_VALUE(j, '$.a' RETURNING INT NULL "
    "ON "
    "EMPTY) FROM a LEFT JOIN b FOR SYSTEM_TIME AS OF a.ts AS r ON a.k = r.k, LATERAL TABLE(f(1)) "
    "AS l "
    "(p) ORDER BY 1 DESC NULLS LAST LIMIT 3;",
    "SET 'a' = 'b'; EXPLAIN CHANGELOG_MODE SELECT /*+ BROADCAST(a) */ 1 -- end\n; EXECUTE "
    "STATEMENT SET "
    "BEGIN INSERT INTO t VALUES (1, X'0a', 1e3, .5); END; ALTER TABLE t ADD (a INT FIRST);",
};

class mutator {
 public:
  explicit mutator(std::uint64_t seed) : random_(seed) {}

  std::string mutate(std::string text) {
    const std::size_t changes = 1 + below(4);
    for (std::size_t i = 0; i < changes && !text.empty(); ++i) change(text);
    return text;
  }

 private:
  std::size_t below(std::size_t limit) { return static_cast<std::size_t>(random_() % limit); }

  void change(std::string& text) {
    static constexpr std::string_view pieces[] = {
        "(", ")", "<",   ">",  "[",       "]",    "{",   "}", "'",  "`",    ",", ";",
        ".", "*", "/*+", "*/", "SELECT ", "NOT ", "AS ", "1", "::", "\xff", "?", "|"};
    const std::size_t at = below(text.size());
    switch (below(4)) {
      case 0: text.erase(at, 1 + below(12)); break;
      case 1: text.insert(at, pieces[below(std::size(pieces))]); break;
      case 2: text[at] = static_cast<char>(below(256)); break;
      default: {
        const std::string& other = seeds[below(seeds.size())];
        const std::size_t from = below(other.size());
        text.insert(at, other, from, 1 + below(40));
      }
    }
  }

  std::mt19937_64 random_;
};

// Every text gives statements or an error with a place; what was read can be printed and read
// again.
TEST(parser_mutations, never_crash_and_print_stays_readable) {
  mutator source(20240115);
  std::size_t good = 0;
  constexpr int rounds = 20'000;
  for (int i = 0; i < rounds; ++i) {
    const std::string text = source.mutate(seeds[static_cast<std::size_t>(i) % seeds.size()]);
    const auto parsed = parse_script(text);
    if (!parsed.ok()) {
      ASSERT_TRUE(parsed.error().at.has_value()) << text;
      continue;
    }
    ++good;
    for (const auto& s : *parsed) {
      const std::string first = to_sql(s);
      const auto again = parse_script(first);
      ASSERT_TRUE(again.ok()) << text << "\n" << to_text(again.error(), first);
      ASSERT_EQ(again->size(), 1u) << text << "\n" << first;
      ASSERT_EQ(to_sql((*again)[0]), first) << text;
    }
  }
  EXPECT_GT(good, 100u);
}

}  // namespace
}  // namespace millrace::sql
