#include "tests/unit/core/plan/plan_fixture.hpp"

namespace millrace::plan::testing {
namespace {

/// What sources are told of the rows that nobody wants.
class scan_advice_of_readers : public plan_test {
 protected:
  scan_advice_of_readers() {
    run("CREATE TABLE files (n INT, dt STRING, hr INT) PARTITIONED BY (dt, hr) "
        "WITH ('connector' = 'x')");
  }
};

// The source gets only the conditions that it can use.
TEST_F(scan_advice_of_readers, conditions_of_the_partition_reach_the_source) {
  EXPECT_EQ(physical("SELECT n FROM files WHERE dt = 'mon' AND hr > 3 AND n > 3"), R"(
Sink(collect) changelog=[I] parallelism=1 chain=0
  +- Calc(select=[n], where=[(dt = 'mon') AND (hr > 3) AND (n > 3)]) changelog=[I] parallelism=1 chain=0 exchange=single
    +- TableSourceScan(table=[files], fields=[n, dt, hr], filter=[((dt = 'mon') AND (hr > 3))]) changelog=[I] parallelism=1 chain=0
)");
}

TEST_F(scan_advice_of_readers, tells_a_scan_how_many_rows_are_taken) {
  EXPECT_EQ(physical("SELECT n + 1 AS m FROM files LIMIT 3 OFFSET 2"), R"(
Sink(collect) changelog=[I] parallelism=1 chain=0
  +- Limit(offset=[2], fetch=[3]) changelog=[I] parallelism=1 chain=0 exchange=single
    +- Calc(select=[(n + 1) AS m]) changelog=[I] parallelism=1 chain=0 exchange=single
      +- TableSourceScan(table=[files], fields=[n], limit=[5]) changelog=[I] parallelism=1 chain=0
)");
}

TEST_F(scan_advice_of_readers, does_not_limit_what_is_ordered_or_filtered) {
  for (const auto* sql :
       {"SELECT n FROM files ORDER BY n LIMIT 3", "SELECT n FROM files WHERE n > 1 LIMIT 3"})
    EXPECT_EQ(physical(sql).find("limit="), std::string::npos) << sql;
}

TEST_F(scan_advice_of_readers, keeps_one_scan_for_readers_that_differ) {
  const auto* differ =
      "EXECUTE STATEMENT SET BEGIN "
      "INSERT INTO changes SELECT n, dt, 1 FROM files WHERE dt = 'mon';"
      "INSERT INTO changes SELECT n, dt, 2 FROM files WHERE dt = 'tue'; END";
  EXPECT_EQ(physical(differ).find("filter="), std::string::npos);
  EXPECT_EQ(physical("EXECUTE STATEMENT SET BEGIN "
                     "INSERT INTO changes SELECT n, dt, 1 FROM files WHERE dt = 'mon';"
                     "INSERT INTO changes SELECT n, dt, 2 FROM files WHERE dt = 'mon'; END"),
            R"(
Sink(table=[changes]) changelog=[I] parallelism=1 chain=0
  +- Calc(select=[n AS id, dt AS k, CAST(1 AS BIGINT) AS n], where=[(dt = 'mon')]) changelog=[I] parallelism=1 chain=0
    +- TableSourceScan(table=[files], fields=[n, dt], filter=[(dt = 'mon')]) changelog=[I] parallelism=1 chain=0
Sink(table=[changes]) changelog=[I] parallelism=1 chain=0
  +- Calc(select=[n AS id, dt AS k, CAST(2 AS BIGINT) AS n], where=[(dt = 'mon')]) changelog=[I] parallelism=1 chain=0
    +- TableSourceScan(table=[files], fields=[n, dt], filter=[(dt = 'mon')]) (shared, see chain 0)
)");
}

// A change that is left out would leave the row before it in place.
TEST_F(scan_advice_of_readers, leaves_changelogs_alone) {
  run("CREATE TABLE moves (n INT, dt STRING, PRIMARY KEY (n) NOT ENFORCED) PARTITIONED BY (dt) "
      "WITH ('connector' = 'x', 'gives' = 'UA,D')");
  EXPECT_EQ(physical("SELECT n FROM moves WHERE dt = 'mon'").find("filter="), std::string::npos);
  EXPECT_EQ(physical("SELECT n FROM changes LIMIT 3").find("limit="), std::string::npos);
}

// What is left out in front of a watermark would move it.
TEST_F(scan_advice_of_readers, leaves_tables_with_a_watermark_alone) {
  run("CREATE TABLE timed (n INT, dt STRING, ts TIMESTAMP(3), WATERMARK FOR ts AS ts) "
      "PARTITIONED BY (dt) WITH ('connector' = 'x')");
  EXPECT_EQ(physical("SELECT n FROM timed WHERE dt = 'mon'").find("filter="), std::string::npos);
}

}  // namespace
}  // namespace millrace::plan::testing
