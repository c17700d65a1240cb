#include "cli/cluster/audit_log.hpp"

#include "core/base/clock.hpp"
#include "core/data/civil_time.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <nlohmann/json.hpp>

#include <cerrno>
#include <cstring>
#include <utility>

namespace millrace::cli {

namespace {

using json = nlohmann::ordered_json;  // the order of writing is the one to read

constexpr mode_t for_its_owner = 0600;
constexpr int lowest_refusal = 300;
constexpr const char* unknown = "anonymous";

std::string now_text() {
  constexpr int milliseconds = 3;
  std::string text;
  data::append_timestamp(text, system_clock().now(), milliseconds);
  return text;
}

// `/api/v1/jobs/(...)/cancel` cancels.
std::string action_of(const std::string& pattern) {
  const std::string last = pattern.substr(pattern.rfind('/') + 1);
  return last == "jobs" ? "submit" : last;
}

json begin_line(const std::string& who, const std::string& from, const std::string& action) {
  return {{"time", now_text()},
          {"who", who.empty() ? unknown : who},
          {"from", from},
          {"action", action}};
}

std::string text_of(const json& line) {
  return line.dump(-1, ' ', false, json::error_handler_t::replace);
}

}  // namespace

result<std::unique_ptr<audit_log>> audit_log::open(const std::string& file, line_taker otherwise) {
  int fd = -1;
  if (!file.empty()) {
    fd = ::open(file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, for_its_owner);
    if (fd < 0) {
      return make_error(errc::config_file_unreadable,
                        "cannot write the audit log '" + file + "': " + std::strerror(errno),
                        "its folder must exist and be writable");
    }
  }
  return std::unique_ptr<audit_log>(new audit_log(fd, std::move(otherwise)));
}

audit_log::~audit_log() {
  if (fd_ >= 0) ::close(fd_);
}

std::vector<net::api_route> audit_log::watch(std::vector<net::api_route> routes) {
  for (net::api_route& route : routes) {
    if (route.verb == net::api_route::method::get) continue;
    route.answer = [this, action = action_of(route.pattern),
                    answer = std::move(route.answer)](const net::api_request& request) {
      auto given = answer(request);
      answered(action, request, given);
      return given;
    };
  }
  return routes;
}

// Of an error its number only: messages may quote the script.
void audit_log::answered(const std::string& action, const net::api_request& request,
                         const net::api_answer& answer) {
  json line = begin_line(request.who, request.from, action);
  if (!request.parameters.empty()) line["target"] = request.parameters.front();
  line["status"] = answer.status;
  const json body = json::parse(answer.body, nullptr, false);
  if (answer.status < lowest_refusal) {
    line["outcome"] = body;
  } else if (body.is_object() && body.contains("error") && body["error"].contains("code")) {
    line["error"] = body["error"]["code"];
  }
  write(text_of(line));
}

void audit_log::refused(const std::string& from, const std::string& path) {
  json line = begin_line({}, from, "refused");
  line["target"] = path;
  line["status"] = 401;
  write(text_of(line));
}

// One call per line, so that lines of several threads stay whole.
void audit_log::write(const std::string& line) {
  const std::string whole = line + "\n";
  const bool written =
      fd_ >= 0 && ::write(fd_, whole.data(), whole.size()) == static_cast<ssize_t>(whole.size());
  if (!written) otherwise_("audit " + line);
}

}  // namespace millrace::cli
