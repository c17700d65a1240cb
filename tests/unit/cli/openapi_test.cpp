#include "cli/cluster/described_route.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include <set>
#include <string>

namespace millrace::cli {
namespace {

using nlohmann::json;

constexpr auto get = net::api_route::method::get;
constexpr auto post = net::api_route::method::post;

TEST(openapi_test, parameters_become_groups) {
  EXPECT_EQ(pattern_of("/api/v1/jobs"), "/api/v1/jobs");
  EXPECT_EQ(pattern_of("/api/v1/jobs/{job}/cancel"), "/api/v1/jobs/([0-9a-f]{16})/cancel");
  EXPECT_EQ(pattern_of("/api/v1/workers/{worker}"), "/api/v1/workers/([A-Za-z0-9._-]{1,128})");
}

TEST(openapi_test, routes_stand_by_path_and_verb) {
  const json document = openapi_document(
      {{get, "/jobs/{job}", "show", "One", "", {{200, "job"}, {404, "error"}}, {}},
       {post, "/jobs/{job}", "change", "Other", "submission", {{202, "job_named"}}, {}}});
  const json& path = document["paths"]["/jobs/{job}"];
  EXPECT_EQ(path["get"]["operationId"], "show");
  EXPECT_EQ(path["get"]["parameters"][0]["name"], "job");
  EXPECT_EQ(path["get"]["responses"]["404"]["content"]["application/json"]["schema"]["$ref"],
            "#/components/schemas/error");
  EXPECT_FALSE(path["get"].contains("requestBody"));
  EXPECT_TRUE(path["post"].contains("requestBody"));
  EXPECT_TRUE(path["post"]["responses"].contains("401"));
}

void collect_references(const json& from, std::set<std::string>& to) {
  if (from.is_object() && from.contains("$ref")) to.insert(from["$ref"].get<std::string>());
  if (!from.is_structured()) return;
  for (const json& inner : from) collect_references(inner, to);
}

TEST(openapi_test, schemas_name_only_schemas) {
  const json schemas = openapi_schemas();
  std::set<std::string> named;
  collect_references(schemas, named);
  EXPECT_FALSE(named.empty());
  const std::string root = "#/components/schemas/";
  for (const std::string& reference : named) {
    ASSERT_TRUE(reference.starts_with(root)) << reference;
    EXPECT_TRUE(schemas.contains(reference.substr(root.size()))) << reference;
  }
}

TEST(openapi_test, what_is_required_is_described_once) {
  const json schemas = openapi_schemas();
  for (const auto& [name, schema] : schemas.items()) {
    if (!schema.contains("required")) continue;
    std::set<std::string> once;
    for (const json& field : schema["required"]) {
      EXPECT_TRUE(once.insert(field.get<std::string>()).second) << name << ": " << field;
      EXPECT_TRUE(schema["properties"].contains(field.get<std::string>())) << name << ": " << field;
    }
  }
}

}  // namespace
}  // namespace millrace::cli
