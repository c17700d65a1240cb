#include "actors/cluster/refusal_log.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace millrace::actors {
namespace {

TEST(refusal_log, tells_less_often_the_more_there_is) {
  std::vector<std::string> lines;
  refusal_log log([&](const std::string& line) { lines.push_back(line); });
  for (int i = 0; i < 1000; ++i) log.add("x", "bad");
  ASSERT_EQ(lines.size(), 10U);
  EXPECT_EQ(lines.front(), "refused a message of x, the 1. of all: bad");
  EXPECT_EQ(lines.back(), "refused a message of x, the 512. of all: bad");
}

TEST(refusal_log, lets_no_stranger_write_lines_of_its_own) {
  std::vector<std::string> lines;
  refusal_log log([&](const std::string& line) { lines.push_back(line); });
  log.add("a\nworker-1 joined\x1b[2J\x9f\xff", std::string(5'000, '\0'));
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_TRUE(
      lines[0].starts_with("refused a message of a?worker-1 joined?[2J??, the 1. of all: ??"));
  EXPECT_LT(lines[0].size(), 400U);
}

}  // namespace
}  // namespace millrace::actors
