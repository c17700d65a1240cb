#include "cli/shell/history_file.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>

namespace millrace::cli {
namespace {

/// A history in a folder of its own, which is made with the first statement.
class history_file_test : public testing::Test {
 protected:
  history_file_test() {
    std::string pattern = (std::filesystem::temp_directory_path() / "millrace-history-XXXXXX");
    folder_ = mkdtemp(pattern.data());
  }
  ~history_file_test() override { std::filesystem::remove_all(folder_); }

  std::filesystem::path folder_;
};

TEST_F(history_file_test, keeps_statements_of_several_lines) {
  const history_file file(folder_ / "state" / "history");
  ASSERT_TRUE(file.load().ok());
  const std::vector<std::string> statements = {"SELECT 'a\\n'\n  FROM t;", "\\d t"};
  for (const auto& s : statements) ASSERT_TRUE(file.append(s).ok());
  EXPECT_EQ(*file.load(), statements);
}

TEST_F(history_file_test, is_its_owners_only) {
  const history_file file(folder_ / "state" / "history");
  ASSERT_TRUE(file.append("SELECT 1;").ok());
  struct stat found {};
  ASSERT_EQ(stat((folder_ / "state" / "history").c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 0777, 0600U);
  ASSERT_EQ(stat((folder_ / "state").c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 0777, 0700U);
}

TEST_F(history_file_test, leaves_secrets_out) {
  const history_file file(folder_ / "history");
  ASSERT_TRUE(file.append("CREATE TABLE t (a INT) WITH ('password' = 'x');").ok());
  ASSERT_TRUE(file.append("SELECT 1;").ok());
  EXPECT_EQ(*file.load(), std::vector<std::string>{"SELECT 1;"});
}

TEST_F(history_file_test, forgets_the_oldest) {
  const history_file file(folder_ / "history", 2);
  for (const char* s : {"1", "2", "3", "4", "5"}) ASSERT_TRUE(file.append(s).ok());
  EXPECT_EQ(*file.load(), (std::vector<std::string>{"4", "5"}));
  EXPECT_EQ(std::filesystem::file_size(folder_ / "history"), 4U);
}

TEST_F(history_file_test, says_what_is_wrong) {
  const history_file file(folder_ / "history");
  std::filesystem::create_directory(folder_ / "history");
  const auto kept = file.append("SELECT 1;");
  ASSERT_FALSE(kept.ok());
  EXPECT_EQ(kept.error().code, errc::config_file_unreadable);
}

}  // namespace
}  // namespace millrace::cli
