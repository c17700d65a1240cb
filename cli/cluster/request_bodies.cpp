#include "cli/cluster/request_bodies.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cctype>

namespace millrace::cli {

namespace {

using nlohmann::json;

constexpr int deepest = 4;
constexpr std::size_t longest_name = 255;
constexpr std::int64_t most_parallelism = 32'767;

// Values that lie deeper are not kept: each bracket of a body would cost a hundred times its size.
json parse(const std::string& body) {
  const auto keep = [](int depth, json::parse_event_t, json&) { return depth <= deepest; };
  return json::parse(body, keep, false);
}

error no_submission(const std::string& what) {
  return make_error(errc::config_bad_usage, what,
                    R"(send {"script": "...", "settings": {"key": "value"}, "name": ""})");
}

// Strings only: as SET takes them.
bool read_options(const json& from, option_map& to) {
  if (!from.is_object()) return false;
  for (const auto& [key, value] : from.items()) {
    if (!value.is_string()) return false;
    to[key] = value.get<std::string>();
  }
  return true;
}

// A line of the log stays one.
bool is_job_name(const std::string& name) {
  return name.size() <= longest_name &&
         std::ranges::none_of(name, [](unsigned char c) { return std::iscntrl(c) != 0; });
}

result<std::string> text_at(const json& body, const char* key) {
  const json found = body.value(key, json(""));
  if (found.is_string()) return found.get<std::string>();
  return no_submission(std::string("'") + key + "' is no text");
}

}  // namespace

result<submission_body> read_submission(const std::string& body) {
  const json from = parse(body);
  if (!from.is_object() || !from.contains("script")) {
    return no_submission("the body is not what a submission is");
  }
  submission_body to;
  MILLRACE_TRY(to.script, text_at(from, "script"));
  MILLRACE_TRY(to.name, text_at(from, "name"));
  MILLRACE_TRY(to.savepoint, text_at(from, "savepoint"));
  to.replace = from.value("replace", json(false)) == json(true);
  if (!read_options(from.value("settings", json::object()), to.settings)) {
    return no_submission("'settings' is no object of texts");
  }
  if (!is_job_name(to.name)) return no_submission("'name' has control characters, or too many");
  return to;
}

result<std::uint32_t> read_parallelism(const std::string& body) {
  const json from = parse(body);
  const json to = from.is_object() ? from.value("parallelism", json()) : json();
  const bool whole = to.is_number_integer() && to >= 1 && to <= most_parallelism;
  if (whole) return to.get<std::uint32_t>();
  return make_error(errc::config_bad_usage, "parallelism is no number from 1 to 32767",
                    R"(send {"parallelism": 4})");
}

}  // namespace millrace::cli
