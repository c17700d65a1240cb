#include "core/sql/ast/print.hpp"
#include "core/sql/parse/defines.hpp"
#include "core/sql/parse/parser.hpp"

#include <gtest/gtest.h>

#include <string>

namespace millrace::sql {
namespace {

std::string printed(std::string_view text) {
  const auto parsed = parse_script(text);
  if (!parsed.ok()) return to_text(parsed.error(), text);
  std::string all;
  for (const auto& s : *parsed) all += (all.empty() ? "" : "; ") + to_sql(s);
  return all;
}

TEST(parser_statement, prints_what_it_read) {
  const std::string_view same[] = {
      "CREATE TABLE t (a INT NOT NULL, b ROW<x BIGINT, `timestamp` TIMESTAMP(3)> COMMENT 'note', "
      "c STRING METADATA FROM 'key' VIRTUAL, d TIMESTAMP(3) METADATA, e AS a + 1 COMMENT 'sum', "
      "CONSTRAINT pk PRIMARY KEY (a, c) NOT ENFORCED, WATERMARK FOR b.x AS d - INTERVAL '4' "
      "SECOND) "
      "COMMENT 'all' DISTRIBUTED BY HASH(a) INTO 4 BUCKETS PARTITIONED BY (a, c) "
      "WITH ('connector' = 'print', 'x' = 'it''s')",
      "CREATE TEMPORARY TABLE IF NOT EXISTS c.d.t (a INT) LIKE s (INCLUDING ALL EXCLUDING OPTIONS "
      "OVERWRITING WATERMARKS)",
      "CREATE OR REPLACE TABLE t WITH ('a' = 'b') AS SELECT 1 AS x",
      "CREATE TABLE t (b, a) WITH ('a' = 'b') AS SELECT 1 AS a, 2 AS b",
      "REPLACE TABLE t AS SELECT 1",
      "CREATE TEMPORARY VIEW IF NOT EXISTS v (a, b) COMMENT 'x' AS SELECT 1, 2",
      "CREATE TEMPORARY SYSTEM FUNCTION IF NOT EXISTS f AS 'a.B' LANGUAGE JAVA USING JAR '/x.jar'",
      "CREATE FUNCTION f AS 'a.B'",
      "ALTER FUNCTION IF EXISTS f AS 'a.C'",
      "CREATE CATALOG IF NOT EXISTS c COMMENT 'x' WITH ('type' = 'generic_in_memory')",
      "CREATE DATABASE IF NOT EXISTS c.d COMMENT 'x' WITH ('a' = 'b')",
      "ALTER TABLE IF EXISTS t RENAME TO u",
      "ALTER TABLE t SET ('a' = 'b', 'c' = 'd')",
      "ALTER TABLE t RESET ('a', 'c')",
      "ALTER TABLE t ADD (a INT FIRST, b STRING AFTER a, PRIMARY KEY (a) NOT ENFORCED)",
      "ALTER TABLE t MODIFY (a BIGINT, WATERMARK FOR ts AS ts)",
      "ALTER TABLE t DROP (a, b)",
      "ALTER TABLE t DROP PRIMARY KEY",
      "ALTER TABLE t DROP CONSTRAINT pk",
      "ALTER TABLE t DROP WATERMARK",
      "ALTER TABLE t RENAME a TO b",
      "ALTER TABLE t ADD DISTRIBUTION BY (a) INTO 2 BUCKETS",
      "ALTER VIEW v RENAME TO w",
      "ALTER VIEW v AS SELECT 1",
      "ALTER DATABASE d SET ('a' = 'b')",
      "DROP TEMPORARY TABLE IF EXISTS t",
      "DROP VIEW v",
      "DROP TEMPORARY SYSTEM FUNCTION f",
      "DROP DATABASE IF EXISTS d CASCADE",
      "DROP CATALOG c",
      "SHOW CATALOGS",
      "SHOW CURRENT DATABASE",
      "SHOW TABLES FROM c.d NOT LIKE 'a%'",
      "SHOW COLUMNS FROM t LIKE 'a%'",
      "SHOW CREATE VIEW v",
      "SHOW USER FUNCTIONS ILIKE 'x'",
      "SHOW PARTITIONS t",
      "SHOW JOBS",
      "SHOW FULL MODULES",
      "DESCRIBE t",
      "DESCRIBE CATALOG c",
      "USE CATALOG c",
      "USE c.d",
      "SET",
      "SET 'a.b' = 'c'",
      "RESET",
      "RESET 'a.b'",
      "EXPLAIN PLAN FOR SELECT 1",
      "EXPLAIN ESTIMATED_COST, CHANGELOG_MODE INSERT INTO t SELECT 1",
      "INSERT INTO c.d.t /*+ OPTIONS('a' = 'b') */ PARTITION (p = 1, q) (a, b.c) SELECT 1, 2",
      "INSERT OVERWRITE t VALUES (1, 'a'), (2, 'b')",
      "EXECUTE INSERT INTO t SELECT 1",
      "EXECUTE STATEMENT SET BEGIN INSERT INTO t SELECT 1; INSERT INTO u SELECT 2; END",
      "COMPILE PLAN '/a' IF NOT EXISTS FOR INSERT INTO t SELECT 1",
      "COMPILE AND EXECUTE PLAN '/a' FOR EXECUTE STATEMENT SET BEGIN INSERT INTO t SELECT 1; END",
      "EXECUTE PLAN '/a'",
      "STOP JOB 'x' WITH SAVEPOINT WITH DRAIN",
  };
  for (const auto text : same) EXPECT_EQ(printed(text), text);
}

struct pair {
  std::string_view text;
  std::string_view expected;
};

TEST(parser_statement, folds_other_spellings) {
  const pair cases[] = {
      {"CREATE TABLE t (a INT PRIMARY KEY NOT ENFORCED)",
       "CREATE TABLE t (a INT, PRIMARY KEY (a) NOT ENFORCED)"},
      {"SET parallelism.default = 2;", "SET 'parallelism.default' = '2'"},
      {"SET table.exec.mini-batch.allow-latency=5 s",
       "SET 'table.exec.mini-batch.allow-latency' = '5 s'"},
      {"DESC t", "DESCRIBE t"},
      {"EXPLAIN SELECT 1", "EXPLAIN PLAN FOR SELECT 1"},
      {"STATEMENT SET BEGIN INSERT INTO t SELECT 1; END;",
       "EXECUTE STATEMENT SET BEGIN INSERT INTO t SELECT 1; END"},
      {"BEGIN STATEMENT SET; INSERT INTO t SELECT 1; END;",
       "EXECUTE STATEMENT SET BEGIN INSERT INTO t SELECT 1; END"},
      {"ALTER TABLE t ADD a INT", "ALTER TABLE t ADD (a INT)"},
      {"INSERT INTO t (SELECT 1)", "INSERT INTO t SELECT 1"},
      {";; SELECT 1;;SELECT 2 ; -- end", "SELECT 1; SELECT 2"},
      {"", ""},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(printed(c.text), c.expected);
    EXPECT_EQ(printed(c.expected), c.expected);
  }
}

TEST(parser_statement, keeps_the_place_in_the_script) {
  const std::string_view script = " SELECT 1 ;\n  SET 'a' = 'b'  ;";
  const auto parsed = parse_script(script);
  ASSERT_TRUE(parsed.ok());
  ASSERT_EQ(parsed->size(), 2u);
  const auto text_of = [&](const statement& s) {
    return script.substr(s.text_offset, s.text_length);
  };
  EXPECT_EQ(text_of((*parsed)[0]), "SELECT 1");
  EXPECT_EQ(text_of((*parsed)[1]), "SET 'a' = 'b'");
  EXPECT_EQ((*parsed)[1].at, (text_position{2, 3, 3}));
}

TEST(parser_statement, streams_up_to_an_error) {
  statement_stream stream("SELECT 1; SELECT 'open");
  const auto first = stream.next();
  ASSERT_TRUE(first.ok());
  EXPECT_EQ((*first)->kind(), statement_kind::query);
  const auto second = stream.next();
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.error().code, errc::sql_bad_token);
  const auto third = stream.next();
  ASSERT_TRUE(third.ok());
  EXPECT_FALSE(third->has_value());
}

TEST(fill_defines, replaces_only_braced_names) {
  const option_map defines = {{"A", "1"}, {"B_2", "${A}"}};
  const auto filled = fill_defines("${A}${B_2} $A $1 ${ x} ${", defines);
  ASSERT_TRUE(filled.ok());
  EXPECT_EQ(*filled, "1${A} $A $1 ${ x} ${");
}

TEST(fill_defines, places_a_missing_one) {
  const auto filled = fill_defines("SELECT\n '${TPS}'", {{"A", "1"}});
  ASSERT_FALSE(filled.ok());
  EXPECT_EQ(filled.error().code, errc::config_missing_define);
  EXPECT_EQ(filled.error().at, (text_position{2, 3, 6}));
  EXPECT_EQ(filled.error().hint, "give it with --define TPS=VALUE; given are: A");
}

}  // namespace
}  // namespace millrace::sql
