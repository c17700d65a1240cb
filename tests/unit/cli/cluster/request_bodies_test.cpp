#include "cli/cluster/request_bodies.hpp"

#include <gtest/gtest.h>

#include <string>

namespace millrace::cli {
namespace {

TEST(submission_body, is_read) {
  const auto all = read_submission(
      R"({"script":"s","settings":{"k":"v"},"name":"n","savepoint":"0123-4","replace":true})");
  ASSERT_TRUE(all.ok());
  EXPECT_EQ(all->script + all->settings.at("k") + all->name + all->savepoint, "svn0123-4");
  EXPECT_TRUE(all->replace);
  const auto least = read_submission(R"({"script":"s"})");
  EXPECT_TRUE(least->settings.empty() && least->savepoint.empty() && !least->replace);
}

TEST(submission_body, is_refused_when_it_is_none) {
  for (const char* wrong : {"", "[]", "{}", R"({"script":1})", R"({"script":"s","settings":[]})",
                            R"({"script":"s","settings":{"k":1}})", R"({"script":"s","name":{}})",
                            R"({"script":"s","name":"a\nb"})",
                            R"({"script":"s","settings":{"k":{"l":{"m":{"n":"o"}}}}})"}) {
    const auto refused = read_submission(wrong);
    ASSERT_FALSE(refused.ok()) << wrong;
    EXPECT_EQ(refused.error().code, errc::config_bad_usage);
  }
}

TEST(submission_body, may_be_deep_without_costing_much) {
  EXPECT_FALSE(read_submission(std::string(4U << 20, '[')).ok());
  const std::string deep = std::string(1U << 20, '[') + std::string(1U << 20, ']');
  const auto skipped = read_submission(R"({"script":"s","more":)" + deep + "}");
  EXPECT_TRUE(skipped.ok());
}

TEST(parallelism_body, is_a_number_in_its_range) {
  EXPECT_EQ(*read_parallelism(R"({"parallelism":4})"), 4u);
  for (const char* wrong :
       {"", "4", "{}", R"({"parallelism":0})", R"({"parallelism":32768})", R"({"parallelism":"4"})",
        R"({"parallelism":1.5})", R"({"parallelism":18446744073709551615})"}) {
    EXPECT_FALSE(read_parallelism(wrong).ok()) << wrong;
  }
}

}  // namespace
}  // namespace millrace::cli
