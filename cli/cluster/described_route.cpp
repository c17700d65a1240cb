#include "cli/cluster/described_route.hpp"

#include "cli/version.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <string_view>

namespace millrace::cli {

namespace {

using nlohmann::json;

struct path_parameter {
  std::string_view name;
  std::string_view pattern;
  std::string_view meaning;
};

constexpr std::array parameters = {
    path_parameter{"job", "[0-9a-f]{16}", "The id of a job"},
    path_parameter{"worker", "[A-Za-z0-9._-]{1,128}", "The name of a worker"},
};

std::string in_braces(std::string_view name) { return "{" + std::string(name) + "}"; }

json reference(const std::string& schema) { return {{"$ref", "#/components/schemas/" + schema}}; }

json content(const std::string& schema) {
  if (schema == "text") return {{"text/plain", {{"schema", {{"type", "string"}}}}}};
  return {{"application/json", {{"schema", reference(schema)}}}};
}

const char* word_of(int status) {
  switch (status) {
    case 200: return "Done";
    case 201: return "Created";
    case 202: return "Accepted; it happens soon";
    case 400: return "The request is wrong";
    case 401: return "A token is needed";
    case 404: return "There is none";
    case 409: return "Not possible as it is now";
    case 503: return "Not yet";
    default: return "Answered";
  }
}

json parameters_json(const std::string& path) {
  json all = json::array();
  for (const path_parameter& p : parameters) {
    if (path.find(in_braces(p.name)) == std::string::npos) continue;
    all.push_back(
        {{"name", std::string(p.name)},
         {"in", "path"},
         {"required", true},
         {"description", std::string(p.meaning)},
         {"schema", {{"type", "string"}, {"pattern", "^" + std::string(p.pattern) + "$"}}}});
  }
  return all;
}

json operation_json(const described_route& route) {
  json one = {{"operationId", route.operation}, {"summary", route.summary}};
  if (json in_path = parameters_json(route.path); !in_path.empty()) {
    one["parameters"] = std::move(in_path);
  }
  if (!route.request.empty()) {
    one["requestBody"] = {{"required", true}, {"content", content(route.request)}};
  }
  for (const auto& [status, schema] : route.answers) {
    one["responses"][std::to_string(status)] = {{"description", word_of(status)},
                                                {"content", content(schema)}};
  }
  one["responses"]["401"] = {{"description", word_of(401)}, {"content", content("error")}};
  return one;
}

}  // namespace

std::string pattern_of(const std::string& path) {
  std::string pattern = path;
  for (const path_parameter& p : parameters) {
    const auto at = pattern.find(in_braces(p.name));
    if (at == std::string::npos) continue;
    pattern.replace(at, p.name.size() + 2, "(" + std::string(p.pattern) + ")");
  }
  return pattern;
}

json openapi_document(const std::vector<described_route>& routes) {
  json document = {{"openapi", "3.1.0"},
                   {"info",
                    {{"title", "millrace"},
                     {"version", version_text},
                     {"description", "Jobs and workers of a cluster; docs/reference/rest.md."}}},
                   {"paths", json::object()},
                   {"components",
                    {{"schemas", openapi_schemas()},
                     {"securitySchemes", {{"token", {{"type", "http"}, {"scheme", "bearer"}}}}}}},
                   {"security", json::array({json::object(), {{"token", json::array()}}})}};
  for (const described_route& route : routes) {
    const bool get = route.verb == net::api_route::method::get;
    document["paths"][route.path][get ? "get" : "post"] = operation_json(route);
  }
  return document;
}

}  // namespace millrace::cli
