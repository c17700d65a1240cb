#include "tests/unit/core/sql/bind_fixture.hpp"

namespace millrace::sql::testing {
namespace {

class bind_errors : public bind_test {};

struct bad_query {
  std::string_view text;
  std::string_view failure;
};

TEST_F(bind_errors, name_code_and_place) {
  const bad_query cases[] = {
      {"SELECT nope FROM t", "2011 at 1:8"},
      {"SELECT t.nope FROM t", "2011 at 1:10"},
      {"SELECT r.y.nope FROM t", "2011 at 1:12"},
      {"SELECT id FROM missing", "2010 at 1:16"},
      {"SELECT a.id FROM t AS a, t AS b WHERE id = 1", "2012 at 1:39"},
      {"SELECT frobnicate(s) FROM t", "2013 at 1:8"},
      {"SELECT UPPER(s, s) FROM t", "2014 at 1:8"},
      {"SELECT id FROM t WHERE i = arr", "2015 at 1:26"},
      {"SELECT id FROM t WHERE i + 1", "2015 at 1:26"},
      {"SELECT CAST(arr AS INT) FROM t", "2018 at 1:8"},
      {"SELECT id, COUNT(*) FROM t", "2019 at 1:8"},
      {"SELECT i + 1 FROM t GROUP BY l", "2019 at 1:8"},
      {"SELECT id FROM t WHERE SUM(i) > 0", "2020 at 1:24"},
      {"SELECT SUM(COUNT(*)) FROM t", "2020 at 1:12"},
      {"SELECT id FROM t WHERE id IN (SELECT id, i FROM t)", "2014 at 1:27"},
      {"SELECT id FROM t UNION ALL SELECT id, i FROM t", "2015 at 1:1"},
      {"SELECT id FROM t ORDER BY 3", "2014 at 1:27"},
      {"SELECT id FROM t LIMIT -1", "2014 at 1:24"},
      {"SELECT * FROM TABLE(TUMBLE(TABLE bids, DESCRIPTOR(price), INTERVAL '1' SECOND))",
       "2021 at 1:51"},
      {"SELECT * FROM TABLE(TUMBLE(TABLE bids, DESCRIPTOR(ts), INTERVAL '0' SECOND))",
       "2021 at 1:56"},
      {"SELECT * FROM TABLE(TUMBLE(TABLE bids, DESCRIPTOR(ts), INTERVAL '1' MONTH))",
       "2021 at 1:56"},
      {"SELECT * FROM TABLE(CUMULATE(TABLE bids, DESCRIPTOR(ts), INTERVAL '7' SECOND, "
       "INTERVAL '10' SECOND))",
       "2021 at 1:79"},
      {"SELECT COUNT(*) FROM t GROUP BY TUMBLE(i, INTERVAL '1' SECOND)", "2021 at 1:40"},
      {"SELECT COUNT(*) FROM bids GROUP BY TUMBLE(ts, INTERVAL price MINUTE)", "2021 at 1:47"},
      {"SELECT COUNT(*) FROM bids GROUP BY TUMBLE(ts, INTERVAL RAND() MINUTE)", "2021 at 1:47"},
      {"SELECT LEAD(price) OVER (ORDER BY ts) FROM bids", "2028 at 1:8"},
      {"SELECT SUM(price) OVER (ORDER BY ts DESC) FROM bids", "2028 at 1:8"},
      {"SELECT SUM(price) OVER (PARTITION BY channel) FROM bids", "2028 at 1:8"},
      {"SELECT SUM(price) OVER (ORDER BY auction ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) FROM "
       "bids",
       "2028 at 1:8"},
      {"SELECT b.price FROM bids AS b JOIN rates FOR SYSTEM_TIME AS OF b.ts AS r ON b.price = "
       "r.rate",
       "2027 at 1:36"},
      {"SELECT b.price FROM bids AS b RIGHT JOIN rates FOR SYSTEM_TIME AS OF b.ts AS r ON "
       "b.channel = r.currency",
       "2027 at 1:31"},
  };
  for (const auto& c : cases) EXPECT_EQ(failure(c.text), c.failure) << c.text;
}

TEST_F(bind_errors, hint_names_what_is_near) {
  const auto outcome = run("SELECT channle FROM bids");
  ASSERT_FALSE(outcome.ok());
  EXPECT_EQ(outcome.error().hint, "did you mean 'channel'?");
}

TEST_F(bind_errors, tables) {
  const bad_query cases[] = {
      {"CREATE TABLE x (a INT, a INT)", "2016 at 1:24"},
      {"CREATE TABLE x (a INT PRIMARY KEY)", "2023 at 1:23"},
      {"CREATE TABLE x (a INT, WATERMARK FOR b AS b)", "2022 at 1:38"},
      {"CREATE TABLE x (a INT, WATERMARK FOR a AS a)", "2022 at 1:38"},
      {"CREATE TABLE x (a TIMESTAMP(6), WATERMARK FOR a AS a)", "2022 at 1:47"},
      {"CREATE TABLE x (a INT, b AS nope)", "2011 at 1:29"},
      {"CREATE TABLE x (a INT) PARTITIONED BY (b)", "2023 at 1:40"},
      {"CREATE TABLE t (a INT)", "2016 at 1:14"},
      {"CREATE TABLE x LIKE nope", "2010 at 1:21"},
      {"CREATE TABLE x (a DECIMAL(50, 2))", "2023 at 1:19"},
      {"DROP TABLE nope", "2010 at 1:12"},
      {"CREATE FUNCTION f AS 'no.such.Class'", "2004 at 1:22"},
      {"INSERT INTO rates SELECT s FROM t", "2024 at 1:19"},
      {"INSERT INTO rates (currency, rate, ts) SELECT arr, 1, ts FROM t, bids", "2024 at 1:40"},
      {"INSERT INTO rates (rate) SELECT 1", "2024 at 1:13"},
      {"SET 'parallelism.defalt' = '2'", "1001 at 1:5"},
  };
  for (const auto& c : cases) EXPECT_EQ(failure(c.text), c.failure) << c.text;
}

}  // namespace
}  // namespace millrace::sql::testing
