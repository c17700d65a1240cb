#include "cli/cluster/busiest.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace millrace::cli {
namespace {

using nlohmann::json;

json subtask(int number, double busy, double rows) {
  return {{"subtask", number},        {"busy", busy},
          {"backpressured", 0.25},    {"rows_in_per_second", rows},
          {"rows_out_per_second", 0}, {"queued_bytes", 2048},
          {"state_bytes", 0},         {"worker", "worker-1"}};
}

json job(const std::string& name, json subtasks) {
  return {{"id", "0123456789abcdef"},
          {"name", name},
          {"vertices", {{{"name", "Calc"}, {"subtasks", std::move(subtasks)}}}}};
}

TEST(busiest_test, sorts_the_subtasks_of_all_jobs) {
  const std::vector<json> jobs = {job("a", {subtask(0, 0.1, 5), subtask(1, 0.9, 5)}),
                                  job("b", {subtask(0, 0.5, 5), subtask(1, 0.5, 7)})};
  const json top = busiest(jobs, 3);
  ASSERT_EQ(top.size(), 3U);
  EXPECT_EQ(top[0]["name"], "a");
  EXPECT_EQ(top[0]["subtask"], 1);
  EXPECT_EQ(top[0]["vertex"], "Calc");
  EXPECT_EQ(top[1]["subtask"], 1);  // as busy as the next, with more rows
  EXPECT_EQ(top[2]["subtask"], 0);
  EXPECT_EQ(top[2]["name"], "b");
  EXPECT_EQ(busiest({}, 3).size(), 0U);
}

TEST(busiest_test, shows_them_as_a_table) {
  const std::string page = busiest_page(busiest({job("a", {subtask(1, 0.9, 1234)})}, 3), 0);
  EXPECT_NE(page.find("| 90 % | 25 %"), std::string::npos) << page;
  EXPECT_NE(page.find("1,234"), std::string::npos) << page;
  EXPECT_NE(page.find("2.0 KiB"), std::string::npos) << page;
  EXPECT_NE(page.find("Calc (1)"), std::string::npos) << page;
}

}  // namespace
}  // namespace millrace::cli
