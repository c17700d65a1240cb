#include "cli/cluster/rest_answers.hpp"

#include "cli/cluster/cluster_json.hpp"

#include <nlohmann/json.hpp>

namespace millrace::cli {

using net::api_answer;
using nlohmann::json;

api_answer answer_of(const json& body, int status) {
  return {status, body.dump() + "\n", "application/json"};
}

api_answer refuse(const error& e, int status, const std::string& script) {
  json what = error_json(e);
  what["text"] = to_text(e, script);
  return answer_of({{"error", std::move(what)}}, status);
}

api_answer no_such(const std::string& what, const std::string& id) {
  return refuse(make_error(errc::config_bad_usage, "there is no " + what + " '" + id + "'",
                           "list shows those that there are"),
                http_not_found);
}

}  // namespace millrace::cli
