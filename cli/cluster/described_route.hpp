#pragma once

#include "net/http/api_server.hpp"

#include <nlohmann/json_fwd.hpp>

#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace millrace::cli {

/// A route with what the OpenAPI document says of it, so that neither can be without the other.
struct described_route {
  net::api_route::method verb = net::api_route::method::get;
  std::string path;       ///< `/api/v1/jobs/{job}`; `openapi_document` knows its parameters
  std::string operation;  ///< a name for clients that are made of the document
  std::string summary;
  std::string request;  ///< schema of the body; empty: it is not looked at
  /// Schemas by status; `text` stands for plain text. What went wrong has `error`.
  std::vector<std::pair<int, std::string>> answers;
  std::function<net::api_answer(const net::api_request&)> answer;
};

/// What the server matches paths with: a group for each parameter, in their order.
[[nodiscard]] std::string pattern_of(const std::string& path);

/// The routes as an OpenAPI 3.1 document, with the schemas that they name.
[[nodiscard]] nlohmann::json openapi_document(const std::vector<described_route>& routes);

/// The schemas of requests and answers, by name.
[[nodiscard]] nlohmann::json openapi_schemas();

}  // namespace millrace::cli
