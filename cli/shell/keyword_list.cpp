#include "cli/shell/keyword_list.hpp"

#include "core/sql/parse/keywords.hpp"

#include <vector>

namespace millrace::cli {

namespace {

using words = std::vector<std::string_view>;

/// What can stand behind `word`, and nothing else.
struct follower {
  std::string_view word;
  words behind;
};

const std::vector<follower>& followers() {
  static const std::vector<follower> all = {
      {"SHOW",
       {"CATALOGS", "COLUMNS", "CREATE", "CURRENT", "DATABASES", "FUNCTIONS", "JOBS", "PARTITIONS",
        "TABLES", "USER", "VIEWS"}},
      {"CREATE", {"CATALOG", "DATABASE", "FUNCTION", "OR", "TABLE", "TEMPORARY", "VIEW"}},
      {"TEMPORARY", {"FUNCTION", "SYSTEM", "TABLE", "VIEW"}},
      {"ALTER", {"CATALOG", "DATABASE", "FUNCTION", "TABLE", "VIEW"}},
      {"DROP", {"CATALOG", "DATABASE", "FUNCTION", "TABLE", "TEMPORARY", "VIEW"}},
      {"EXPLAIN",
       {"CHANGELOG_MODE", "ESTIMATED_COST", "INSERT", "JSON_EXECUTION_PLAN", "PLAN", "SELECT",
        "STATEMENT"}},
      {"INSERT", {"INTO", "OVERWRITE"}},
      {"STOP", {"JOB"}},
      {"BEGIN", {"STATEMENT"}},
      {"STATEMENT", {"SET"}},
      {"EXECUTE", {"INSERT", "PLAN", "STATEMENT"}},
      {"COMPILE", {"AND", "PLAN"}},
      {"GROUP", {"BY"}},
      {"ORDER", {"BY"}},
      {"PARTITIONED", {"BY"}},
      {"PRIMARY", {"KEY"}},
      {"CROSS", {"JOIN"}},
      {"INNER", {"JOIN"}},
      {"WATERMARK", {"FOR"}},
      {"MATCH_RECOGNIZE", {"("}},
  };
  return all;
}

}  // namespace

std::span<const std::string_view> statement_keywords() {
  static const words all = {"ALTER", "BEGIN",   "COMPILE", "CREATE", "DESC",   "DESCRIBE",
                            "DROP",  "EXECUTE", "EXPLAIN", "INSERT", "RESET",  "SELECT",
                            "SET",   "SHOW",    "STOP",    "USE",    "VALUES", "WITH"};
  return all;
}

std::span<const std::string_view> clause_keywords() {
  static const words all = {"ALL",
                            "AND",
                            "ANTI",
                            "ARRAY",
                            "AS",
                            "ASC",
                            "BETWEEN",
                            "BIGINT",
                            "BOOLEAN",
                            "BY",
                            "BYTES",
                            "CASE",
                            "CAST",
                            "COMMENT",
                            "CROSS",
                            "CUBE",
                            "CURRENT",
                            "CURRENT_DATE",
                            "CURRENT_TIMESTAMP",
                            "DATE",
                            "DAY",
                            "DECIMAL",
                            "DEFINE",
                            "DESC",
                            "DESCRIPTOR",
                            "DISTINCT",
                            "DOUBLE",
                            "ELSE",
                            "END",
                            "ENFORCED",
                            "ESCAPE",
                            "EXCEPT",
                            "EXISTS",
                            "EXTRACT",
                            "FALSE",
                            "FETCH",
                            "FILTER",
                            "FIRST",
                            "FLOAT",
                            "FOR",
                            "FROM",
                            "FULL",
                            "GROUP",
                            "GROUPING",
                            "HAVING",
                            "HOUR",
                            "IF",
                            "ILIKE",
                            "IN",
                            "INNER",
                            "INT",
                            "INTERSECT",
                            "INTERVAL",
                            "IS",
                            "JOIN",
                            "KEY",
                            "LAST",
                            "LATERAL",
                            "LEFT",
                            "LIKE",
                            "LIMIT",
                            "MAP",
                            "MATCH_RECOGNIZE",
                            "MEASURES",
                            "METADATA",
                            "MINUTE",
                            "MONTH",
                            "NOT",
                            "NULL",
                            "OFFSET",
                            "ON",
                            "OR",
                            "ORDER",
                            "OUTER",
                            "OVER",
                            "PARTITION",
                            "PARTITIONED",
                            "PATTERN",
                            "PRECEDING",
                            "PRIMARY",
                            "QUALIFY",
                            "RANGE",
                            "RIGHT",
                            "ROLLUP",
                            "ROW",
                            "ROWS",
                            "SECOND",
                            "SELECT",
                            "SEMI",
                            "SETS",
                            "SIMILAR",
                            "SMALLINT",
                            "STRING",
                            "SYSTEM_TIME",
                            "TABLE",
                            "THEN",
                            "TIME",
                            "TIMESTAMP",
                            "TIMESTAMP_LTZ",
                            "TINYINT",
                            "TRUE",
                            "TRY_CAST",
                            "UNBOUNDED",
                            "UNION",
                            "UNNEST",
                            "USING",
                            "VALUES",
                            "VARCHAR",
                            "WATERMARK",
                            "WHEN",
                            "WHERE",
                            "WITH",
                            "WITHIN",
                            "YEAR"};
  return all;
}

std::span<const std::string_view> keywords_behind(std::string_view word) {
  for (const auto& known : followers())
    if (sql::equals_keyword(word, known.word)) return known.behind;
  return {};
}

}  // namespace millrace::cli
