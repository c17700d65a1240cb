#include "cli/cluster/heartbeat.hpp"

#include <gtest/gtest.h>

namespace millrace::cli {
namespace {

TEST(heartbeat_test, one_may_be_late) {
  EXPECT_TRUE(check({}).ok());
  EXPECT_TRUE(check({500, 1'000}).ok());
  const auto refused = check({500, 999});
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, errc::config_bad_value);
  EXPECT_NE(refused.error().hint.find("at least 1000"), std::string::npos);
}

}  // namespace
}  // namespace millrace::cli
