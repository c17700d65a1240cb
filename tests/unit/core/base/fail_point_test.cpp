#include "core/base/fail_point.hpp"

#include <gmock/gmock.h>

#include <set>
#include <string>

namespace millrace {
namespace {

class fail_point_test : public testing::Test {
 protected:
  void TearDown() override { EXPECT_TRUE(arm_fail_point("").ok()); }
};

TEST_F(fail_point_test, every_step_has_a_name_of_its_own) {
  const auto names = step_names();
  EXPECT_EQ(names.size(), static_cast<std::size_t>(protocol_step::settle) + 1);
  EXPECT_EQ(std::set<std::string_view>(names.begin(), names.end()).size(), names.size());
}

TEST_F(fail_point_test, fails_once_at_its_step_when_it_is_passed_so_often) {
  ASSERT_TRUE(arm_fail_point("write:error:2").ok());
  EXPECT_TRUE(pass_step(protocol_step::write).ok());
  EXPECT_TRUE(pass_step(protocol_step::manifest).ok());
  const auto failed = pass_step(protocol_step::write);
  ASSERT_FALSE(failed.ok());
  EXPECT_EQ(failed.error().code, errc::state_io);
  EXPECT_THAT(failed.error().message, testing::HasSubstr("'write'"));
  EXPECT_TRUE(pass_step(protocol_step::write).ok());
}

TEST_F(fail_point_test, kills_the_process) {
  EXPECT_EXIT(
      {
        static_cast<void>(arm_fail_point("rename:kill"));
        static_cast<void>(pass_step(protocol_step::rename));
      },
      testing::KilledBySignal(SIGKILL), "");
}

TEST_F(fail_point_test, refuses_what_it_does_not_know) {
  for (const char* text : {"wrote:kill", "write", "write:stop", "write:kill:0", "write:kill:1x"}) {
    const auto armed = arm_fail_point(text);
    ASSERT_FALSE(armed.ok()) << text;
    EXPECT_EQ(armed.error().code, errc::config_bad_value);
  }
}

}  // namespace
}  // namespace millrace
