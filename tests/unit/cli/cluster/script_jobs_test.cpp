#include "cli/cluster/script_jobs.hpp"

#include <gtest/gtest.h>

#include <string>

namespace millrace::cli {
namespace {

constexpr const char* tables = R"(
CREATE TABLE n (x INT) WITH ('connector' = 'datagen', 'number-of-rows' = '1');
CREATE TABLE d (x INT) WITH ('connector' = 'blackhole');
)";

error refusal_of(const std::string& statement) {
  auto jobs = jobs_of(tables + statement, {}, "");
  return jobs ? error{} : jobs.take_error();
}

TEST(script_jobs, are_the_inserts) {
  const auto jobs = jobs_of(std::string(tables) + "INSERT INTO d SELECT x FROM n;", {}, "a name");
  ASSERT_TRUE(jobs.ok());
  ASSERT_EQ(jobs->size(), 1u);
  EXPECT_EQ(jobs->front().name, "a name");
}

TEST(script_jobs, are_no_selects_and_no_plans_in_files) {
  for (const char* statement :
       {"SELECT x FROM n;", "COMPILE PLAN 'p' FOR INSERT INTO d SELECT x FROM n;",
        "EXECUTE PLAN 'p';"}) {
    const error refused = refusal_of(statement);
    EXPECT_EQ(refused.code, errc::sql_not_supported) << statement;
    EXPECT_EQ(refused.at->line, 4u) << statement;
  }
  EXPECT_EQ(refusal_of("").code, errc::config_bad_usage);
}

}  // namespace
}  // namespace millrace::cli
