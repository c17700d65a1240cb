#include "tests/unit/core/sql/bind_fixture.hpp"

namespace millrace::sql::testing {
namespace {

class bind_match_clause : public bind_test {
 protected:
  std::string body(const std::string& text) {
    return "SELECT * FROM bids MATCH_RECOGNIZE (" + text + ")";
  }
};

TEST_F(bind_match_clause, references_are_collected_once) {
  EXPECT_EQ(plan(body("PARTITION BY channel ORDER BY ts MEASURES A.price AS p, SUM(B.price) AS q, "
                      "LAST(A.price) - channel_is.price AS d "
                      "AFTER MATCH SKIP TO NEXT ROW PATTERN (A B+ channel_is) "
                      "WITHIN INTERVAL '1' MINUTE DEFINE B AS price > A.price, "
                      "channel_is AS PREV(channel_is.price) > 1")),
            R"(
Project(channel, p, q, d)
  Match(partition=[channel], order=ts, pattern=(A B{1,} channel_is), define=[B: (CURRENT(*.price) > LAST(A.price)); channel_is: (LAST(channel_is.price, physical -1) > CAST(1 AS BIGINT))], measures=[LAST(A.price), AGGREGATE(B.price), (LAST(A.price) - LAST(channel_is.price))], skip=to next row, within=60000 ms)
    Scan(default_catalog.default_database.bids)
)");
}

TEST_F(bind_match_clause, rowtime_measure_stays_a_time_attribute) {
  EXPECT_EQ(columns(body("ORDER BY ts MEASURES MATCH_ROWTIME() AS t, FIRST(A.ts) AS f "
                         "PATTERN (A B) DEFINE A AS price > 1")),
            "t TIMESTAMP(3) *ROWTIME*, f TIMESTAMP(3)");
}

TEST_F(bind_match_clause, refuses_what_flink_refuses) {
  EXPECT_EQ(failure(body("MEASURES A.price AS p PATTERN (A B) DEFINE A AS price > 1")),
            "2026 at 1:36");
  EXPECT_EQ(failure(body("ORDER BY price MEASURES A.price AS p PATTERN (A B) DEFINE A AS b > 1"))
                .substr(0, 4),
            "2026");
  for (const auto* pattern : {"A | B", "A+", "PERMUTE(A, B)", "(A B)+ C", "A {- B -} C", "A B A"})
    EXPECT_EQ(failure(body("ORDER BY ts MEASURES A.price AS p PATTERN (" + std::string(pattern) +
                           ") DEFINE A AS price > 1"))
                  .substr(0, 4),
              "2026")
        << pattern;
  EXPECT_EQ(failure(body("ORDER BY ts MEASURES SUM(A.price * B.price) AS p PATTERN (A B) "
                         "DEFINE A AS price > 1"))
                .substr(0, 4),
            "2026");
  EXPECT_EQ(failure(body("ORDER BY ts MEASURES A.price AS p PATTERN (A B) DEFINE Z AS price > 1"))
                .substr(0, 4),
            "2026");
}

}  // namespace
}  // namespace millrace::sql::testing
