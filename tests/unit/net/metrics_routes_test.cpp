#include "net/http/metrics_routes.hpp"

#include "net/http/api_client.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace millrace::net {
namespace {

using runtime::metric_id;
using runtime::metric_kind;
using runtime::metric_sample;

TEST(MetricsText, WritesHelpTypeLabelsAndEscapes) {
  const std::string text = metrics_text(
      {{metric_id::operator_rows_in, {{"job_name", "a \"b\"\\\nc"}, {"subtask", "0"}}, 12},
       {metric_id::operator_rows_in, {{"job_name", "d"}}, 1e15}});
  const auto info = runtime::info_of(metric_id::operator_rows_in);
  const std::string name(info.name);
  EXPECT_EQ(text, "# HELP " + name + " " + std::string(info.meaning) + "\n# TYPE " + name +
                      " counter\n" + name + R"({job_name="a \"b\"\\\nc",subtask="0"} 12)" + "\n" +
                      name + R"({job_name="d"} 1000000000000000)" + "\n");
}

TEST(MetricsText, IsEmptyWithoutSamples) { EXPECT_EQ(metrics_text({}), ""); }

TEST(MetricList, FollowsTheNamingOfPrometheus) {
  std::set<std::string_view> names;
  for (const auto& m : runtime::all_metrics()) {
    EXPECT_TRUE(names.insert(m.name).second) << m.name;
    EXPECT_EQ(m.name.ends_with("_total"), m.kind == metric_kind::counter) << m.name;
    EXPECT_FALSE(m.meaning.empty()) << m.name;
    EXPECT_EQ(m.meaning.find('|'), std::string_view::npos) << m.name;
  }
}

TEST(MetricsRoutes, AnswerOverHttp) {
  std::string reason = "no job runs";
  auto server = api_server::listen(
      {}, metrics_routes({[] {
                            return std::vector<metric_sample>{{metric_id::job_running, {}, 1}};
                          },
                          [&] { return reason; }}));
  ASSERT_TRUE(server) << server.error().message;
  api_client client({"127.0.0.1:" + std::to_string((*server)->port()), {}, {}});
  const auto metrics = client.get("/metrics");
  ASSERT_TRUE(metrics) << metrics.error().message;
  EXPECT_NE(metrics->body.find("\nmillrace_job_running 1\n"), std::string::npos) << metrics->body;
  EXPECT_EQ(client.get("/healthz")->status, 200);
  const auto not_ready = client.get("/readyz");
  EXPECT_EQ(not_ready->status, 503);
  EXPECT_EQ(not_ready->body, "no job runs\n");
  reason.clear();
  EXPECT_EQ(client.get("/readyz")->status, 200);
  EXPECT_EQ(client.get("/nothing")->status, 404);
  EXPECT_EQ(client.post("/metrics", "")->status, 404);
}

}  // namespace
}  // namespace millrace::net
