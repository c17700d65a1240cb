#include "cli/shell/keyword_list.hpp"

#include "core/sql/parse/keywords.hpp"

#include <algorithm>
#include <vector>

namespace millrace::cli {

namespace {

using words = std::vector<std::string_view>;

words split(std::string_view text) {
  words all;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    all.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return all;
}

/// What can stand behind `word`, and nothing else.
struct follower {
  std::string_view word;
  words behind;
};

const std::vector<follower>& followers() {
  static const std::vector<follower> all = {
      {"SHOW",
       split("CATALOGS COLUMNS CREATE CURRENT DATABASES FUNCTIONS JOBS PARTITIONS TABLES USER "
             "VIEWS")},
      {"CREATE", split("CATALOG DATABASE FUNCTION OR TABLE TEMPORARY VIEW")},
      {"TEMPORARY", split("FUNCTION SYSTEM TABLE VIEW")},
      {"ALTER", split("CATALOG DATABASE FUNCTION TABLE VIEW")},
      {"DROP", split("CATALOG DATABASE FUNCTION TABLE TEMPORARY VIEW")},
      {"EXPLAIN",
       split("CHANGELOG_MODE ESTIMATED_COST INSERT JSON_EXECUTION_PLAN PLAN SELECT STATEMENT "
             "WITH")},
      {"INSERT", split("INTO OVERWRITE")},
      {"STOP", split("JOB")},
      {"BEGIN", split("STATEMENT")},
      {"STATEMENT", split("SET")},
      {"EXECUTE", split("INSERT PLAN STATEMENT")},
      {"COMPILE", split("AND PLAN")},
      {"GROUP", split("BY")},
      {"ORDER", split("BY")},
      {"PARTITIONED", split("BY")},
      {"PRIMARY", split("KEY")},
      {"CROSS", split("JOIN")},
      {"INNER", split("JOIN")},
      {"WATERMARK", split("FOR")},
  };
  return all;
}

}  // namespace

std::span<const std::string_view> statement_keywords() {
  static const words all = split(
      "ALTER BEGIN COMPILE CREATE DESC DESCRIBE DROP EXECUTE EXPLAIN INSERT RESET SELECT "
      "SET SHOW STOP USE VALUES WITH");
  return all;
}

std::span<const std::string_view> clause_keywords() {
  static const words all = split(
      "ALL AND ANTI ARRAY AS ASC BETWEEN BIGINT BOOLEAN BY BYTES CASE CAST COMMENT CROSS "
      "CUBE CURRENT CURRENT_DATE CURRENT_TIMESTAMP DATE DAY DECIMAL DEFINE DESC DESCRIPTOR "
      "DISTINCT DOUBLE ELSE END ENFORCED ESCAPE EXCEPT EXISTS EXTRACT FALSE FETCH FILTER "
      "FIRST FLOAT FOR FROM FULL GROUP GROUPING HAVING HOUR IF ILIKE IN INNER INT INTERSECT "
      "INTERVAL IS JOIN KEY LAST LATERAL LEFT LIKE LIMIT MAP MATCH_RECOGNIZE MEASURES "
      "METADATA MINUTE MONTH NOT NULL OFFSET ON OR ORDER OUTER OVER PARTITION PARTITIONED "
      "PATTERN PRECEDING PRIMARY QUALIFY RANGE RIGHT ROLLUP ROW ROWS SECOND SELECT SEMI "
      "SETS SIMILAR SMALLINT STRING SYSTEM_TIME TABLE THEN TIME TIMESTAMP TIMESTAMP_LTZ "
      "TINYINT TRUE TRY_CAST UNBOUNDED UNION UNNEST USING VALUES VARCHAR WATERMARK WHEN "
      "WHERE WITH WITHIN YEAR");
  return all;
}

std::span<const std::string_view> keywords_behind(std::string_view word) {
  for (const auto& known : followers())
    if (sql::equals_keyword(word, known.word)) return known.behind;
  return {};
}

}  // namespace millrace::cli
