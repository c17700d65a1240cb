#include "cli/plan_file.hpp"

#include "cli/script.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

namespace millrace::cli {
namespace {

class plan_file : public ::testing::Test {
 protected:
  plan_file() {
    std::string name = (std::filesystem::temp_directory_path() / "millrace-plan-XXXXXX").string();
    folder_ = ::mkdtemp(name.data());
  }
  ~plan_file() override { std::filesystem::remove_all(folder_); }

  std::string file() const { return folder_ + "/p.plan"; }
  std::string text() const {
    std::ostringstream out;
    out << std::ifstream(file()).rdbuf();
    return out.str();
  }
  static std::string tables(std::string_view column) {
    return "CREATE TABLE s (a INT, b INT) WITH ('connector' = 'datagen', 'number-of-rows' = '3'); "
           "CREATE TABLE d (x INT) WITH ('connector' = 'blackhole'); "
           "CREATE VIEW v AS SELECT " +
           std::string(column) + " AS x FROM s; ";
  }
  /// `plan`, `none`, or the error's number.
  std::string run(const std::string& script) {
    auto session = open_session({});
    EXPECT_TRUE(session.ok());
    std::string last = "none";
    const auto done =
        execute_script(script, *session, [&](sql::statement_outcome outcome) -> result<void> {
          const auto* what = std::get_if<sql::plan_file_outcome>(&outcome);
          if (what == nullptr) return {};
          MILLRACE_TRY(const auto plan, take_plan_file(*what, *session));
          last = plan ? "plan" : "none";
          return {};
        });
    return done.ok() ? last : std::to_string(static_cast<int>(done.error().code));
  }
  std::string compile(const std::string& how = "COMPILE PLAN") {
    return how + " '" + file() + "' FOR INSERT INTO d SELECT x FROM v;";
  }

  std::string folder_;
};

TEST_F(plan_file, runs_without_what_it_was_made_from) {
  EXPECT_EQ(run(tables("a") + compile()), "none");
  EXPECT_EQ(run("EXECUTE PLAN '" + file() + "';"), "plan");
  EXPECT_EQ(std::filesystem::status(file()).permissions(),
            std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
}

TEST_F(plan_file, is_not_written_over_unasked) {
  EXPECT_EQ(run(tables("a") + compile()), "none");
  const auto before = text();
  EXPECT_EQ(run(tables("b") + compile()), "1005");
  EXPECT_EQ(run(tables("b") + "COMPILE PLAN '" + file() +
                "' IF NOT EXISTS FOR INSERT INTO d SELECT x FROM v;"),
            "none");
  EXPECT_EQ(text(), before);
  EXPECT_EQ(run(tables("b") + "SET 'table.plan.force-recompile' = 'true'; " + compile()), "none");
  EXPECT_NE(text(), before);
}

TEST_F(plan_file, may_be_named_as_a_uri) {
  EXPECT_EQ(run(tables("a") + compile()), "none");
  EXPECT_EQ(run("EXECUTE PLAN 'file://" + file() + "';"), "plan");
  EXPECT_EQ(run("EXECUTE PLAN 's3://bucket/plan';"), "2032");
}

TEST_F(plan_file, compile_and_execute_takes_the_plan_that_is_there) {
  EXPECT_EQ(run(tables("a") + compile("COMPILE AND EXECUTE PLAN")), "plan");
  const auto before = text();
  EXPECT_EQ(run(tables("b") + compile("COMPILE AND EXECUTE PLAN")), "plan");
  EXPECT_EQ(text(), before);
}

TEST_F(plan_file, that_gives_another_plan_is_refused) {
  EXPECT_EQ(run(tables("a") + compile()), "none");
  auto changed = text();
  ASSERT_NE(changed.find("SELECT a"), std::string::npos);
  changed.replace(changed.find("SELECT a"), 8, "SELECT b");
  std::ofstream(file()) << changed;
  EXPECT_EQ(run("EXECUTE PLAN '" + file() + "';"), "1005");
  std::ofstream(file()) << "SELECT 1;";
  EXPECT_EQ(run("EXECUTE PLAN '" + file() + "';"), "1005");
  EXPECT_EQ(run("EXECUTE PLAN '" + folder_ + "/none';"), "1004");
}

}  // namespace
}  // namespace millrace::cli
