#pragma once

#include "core/base/error.hpp"
#include "net/http/api_server.hpp"

#include <nlohmann/json_fwd.hpp>

#include <string>

namespace millrace::cli {

// What REST answers with; docs/reference/rest.md.

inline constexpr int http_ok = 200;
inline constexpr int http_created = 201;
inline constexpr int http_accepted = 202;
inline constexpr int http_bad_request = 400;
inline constexpr int http_not_found = 404;
inline constexpr int http_conflict = 409;
inline constexpr int http_unavailable = 503;

[[nodiscard]] net::api_answer answer_of(const nlohmann::json& body, int status = http_ok);
/// `script`: shown around the place of the error.
[[nodiscard]] net::api_answer refuse(const error& e, int status, const std::string& script = {});
/// `what`: `job` or `worker`.
[[nodiscard]] net::api_answer no_such(const std::string& what, const std::string& id);

}  // namespace millrace::cli
