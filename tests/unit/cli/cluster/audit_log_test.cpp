#include "cli/cluster/audit_log.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace millrace::cli {
namespace {

namespace fs = std::filesystem;
using net::api_answer;
using net::api_request;
using nlohmann::json;
constexpr auto get = net::api_route::method::get;
constexpr auto post = net::api_route::method::post;

struct audit_log_test : testing::Test {
  static std::vector<net::api_route> routes() {
    const auto answer = [](api_answer given) {
      return [given](const api_request&) { return given; };
    };
    return {{post, "/api/v1/jobs", answer({201, R"({"jobs":[{"id":"j1","name":"n"}]})"})},
            {post, "/api/v1/jobs/([0-9a-f]{16})/cancel",
             answer({404, R"({"error":{"code":1005,"message":"secret"}})"})},
            {get, "/api/v1/jobs", answer({200, "[]"})}};
  }
  json last() const { return json::parse(lines.back()); }
  std::vector<std::string> lines;
  audit_log::line_taker keep = [this](const std::string& line) {
    lines.push_back(line.substr(std::string("audit ").size()));
  };
};

TEST_F(audit_log_test, tells_who_changed_what) {
  const auto log = audit_log::open("", keep).value();
  const auto watched = log->watch(routes());
  EXPECT_EQ(watched[0].answer({{}, "{}", "alice", "10.0.0.5"}).status, 201);
  EXPECT_EQ(last()["who"], "alice");
  EXPECT_EQ(last()["from"], "10.0.0.5");
  EXPECT_EQ(last()["action"], "submit");
  EXPECT_EQ(last()["outcome"]["jobs"][0]["id"], "j1");
  static_cast<void>(watched[1].answer({{"0123456789abcdef"}, "{}", "", "10.0.0.6"}));
  EXPECT_EQ(last()["who"], "anonymous");
  EXPECT_EQ(last()["action"], "cancel");
  EXPECT_EQ(last()["target"], "0123456789abcdef");
  EXPECT_EQ(last()["status"], 404);
  EXPECT_EQ(last()["error"], 1005);
  EXPECT_EQ(lines.back().find("secret"), std::string::npos);
}

TEST_F(audit_log_test, passes_over_who_only_looks) {
  const auto log = audit_log::open("", keep).value();
  static_cast<void>(log->watch(routes())[2].answer({}));
  EXPECT_TRUE(lines.empty());
}

TEST_F(audit_log_test, tells_who_was_turned_away) {
  const auto log = audit_log::open("", keep).value();
  log->refused("10.0.0.7", "/api/v1/\xff");
  EXPECT_EQ(last()["action"], "refused");
  EXPECT_EQ(last()["from"], "10.0.0.7");
}

TEST_F(audit_log_test, goes_to_the_end_of_its_file) {
  std::string name = (fs::temp_directory_path() / "millrace-audit-XXXXXX").string();
  const fs::path folder = mkdtemp(name.data());
  for (int life = 0; life < 2; ++life) {
    audit_log::open((folder / "audit").string(), keep).value()->refused("here", "/");
  }
  std::ifstream from(folder / "audit");
  std::string line;
  int count = 0;
  while (std::getline(from, line)) count += json::parse(line)["from"] == "here" ? 1 : 0;
  EXPECT_EQ(count, 2);
  EXPECT_TRUE(lines.empty());
  EXPECT_FALSE(audit_log::open((folder / "none" / "audit").string(), keep).ok());
  fs::remove_all(folder);
}

}  // namespace
}  // namespace millrace::cli
