#include "cli/cluster/job_tool.hpp"

#include "cli/cluster/busiest.hpp"
#include "cli/cluster/job_page.hpp"
#include "cli/cluster/job_texts.hpp"
#include "cli/exit_code.hpp"
#include "cli/figures.hpp"
#include "cli/screen.hpp"

#include <nlohmann/json.hpp>

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <thread>
#include <utility>
#include <vector>

namespace millrace::cli {

namespace {

using nlohmann::json;

constexpr std::chrono::milliseconds look_every{100};
constexpr std::size_t most_subtasks = 20;
constexpr const char* clear_screen = "\x1b[H\x1b[2J";

bool is_over(const json& job) {
  const auto status = job.value("status", "");
  return status == "FINISHED" || status == "CANCELED" || status == "FAILED";
}

// Messages carry names, not paths: savepoints lie where the cluster keeps them.
std::string last_name(std::string path) {
  while (path.ends_with('/')) path.pop_back();
  return path.substr(path.rfind('/') + 1);
}

std::string path_of(const std::string& job) { return "/api/v1/jobs/" + job; }

bool is_id(const std::string& text) {
  constexpr std::size_t digits = 16;
  return text.size() == digits && text.find_first_not_of("0123456789abcdef") == std::string::npos;
}

std::vector<std::string> ids_of(const std::string& name, const json& jobs) {
  std::vector<std::string> open;
  const json* newest = nullptr;
  for (const json& job : jobs) {
    if (job["name"] != name) continue;
    if (!is_over(job)) open.push_back(job["id"].get<std::string>());
    if (newest == nullptr || job["submitted_at"] >= (*newest)["submitted_at"]) newest = &job;
  }
  if (open.empty() && newest != nullptr) open.push_back((*newest)["id"].get<std::string>());
  return open;
}

}  // namespace

bool job_tool::take(result<net::api_client::answer> got, json& answer) {
  if (!got) {
    std::fprintf(stderr, "%s\n", to_text(got.error()).c_str());
    code_ = exit_code_of(got.error().code);
    return false;
  }
  answer = json::parse(got->body, nullptr, false);
  if (got->status < 300 && !answer.is_discarded()) return true;
  const json no_error = json::object();
  const json& e = answer.is_object() ? answer.value("error", no_error) : no_error;
  const std::string text =
      e.value("text", e.value("message", "status " + std::to_string(got->status)));
  std::fprintf(stderr, "%s\n", text.c_str());
  code_ = e.contains("code") ? exit_code_of(errc(e["code"].get<std::uint16_t>())) : exit_runtime;
  return false;
}

bool job_tool::ask(const std::string& path, json& answer) {
  return take(client_.get(path), answer);
}

bool job_tool::tell(const std::string& path, const json& body, json& answer) {
  return take(client_.post(path, body.dump()), answer);
}

void job_tool::print(const json& answer) const { std::printf("%s\n", answer.dump(2).c_str()); }

int job_tool::submit(const submit_order& order) {
  json answer;
  const json body = {{"script", order.script},
                     {"settings", order.settings},
                     {"name", order.name},
                     {"savepoint", last_name(order.savepoint)},
                     {"replace", order.replace}};
  if (!tell("/api/v1/jobs", body, answer)) return code_;
  if (request_.json) {
    print(answer);
  } else {
    for (const json& job : answer["jobs"]) {
      std::printf("%s  %s\n", job["id"].get<std::string>().c_str(),
                  job["name"].get<std::string>().c_str());
    }
  }
  std::fflush(stdout);
  return order.attach ? wait_for(answer["jobs"]) : exit_ok;
}

int job_tool::each(const std::string& job, const std::function<int(const std::string& id)>& act) {
  if (is_id(job)) return act(job);
  json answer;
  if (!ask("/api/v1/jobs", answer)) return code_;
  const std::vector<std::string> ids = ids_of(job, answer["jobs"]);
  if (ids.empty()) {
    const error none = make_error(errc::config_bad_usage, "there is no job '" + job + "'",
                                  "'millrace list' shows the jobs with their ids");
    std::fprintf(stderr, "%s\n", to_text(none).c_str());
    return exit_usage;
  }
  for (const std::string& id : ids) {
    if (const int code = act(id); code != exit_ok) return code;
  }
  return exit_ok;
}

int job_tool::wait_for(const json& jobs) {
  int code = exit_ok;
  for (const json& job : jobs) {
    json now;
    while (true) {
      if (!ask(path_of(job["id"].get<std::string>()), now)) return code_;
      if (is_over(now)) break;
      std::this_thread::sleep_for(look_every);
    }
    std::fprintf(stderr, "%s\n", summary_line(now).c_str());
    if (now["status"] == "FINISHED") continue;
    code = exit_runtime;
    std::fprintf(stderr, "%s", failures_text(now).c_str());
  }
  return code;
}

int job_tool::list() {
  json answer;
  if (!ask("/api/v1/jobs", answer)) return code_;
  if (request_.json) {
    print(answer);
  } else {
    std::printf("%s", jobs_text(answer["jobs"], page_columns()).c_str());
  }
  return exit_ok;
}

int job_tool::show(const std::string& job, int every_s) {
  return each(job, [this, every_s](const std::string& id) -> int {
    while (true) {
      json answer;
      if (!ask(path_of(id), answer)) return code_;
      show_page(answer, job_page(answer, page_columns()), every_s > 0);
      if (every_s == 0 || is_over(answer)) return exit_ok;
      std::this_thread::sleep_for(std::chrono::seconds(every_s));
    }
  });
}

// One of several pages takes the place of the one before, or is a line of JSON.
void job_tool::show_page(const json& answer, const std::string& text, bool one_of_several) const {
  if (request_.json) {
    std::printf("%s\n", answer.dump(one_of_several ? -1 : 2).c_str());
  } else {
    const bool terminal = one_of_several && isatty(STDOUT_FILENO) != 0;
    std::printf("%s%s", terminal ? clear_screen : "", text.c_str());
    if (one_of_several) std::printf(terminal ? "Ctrl-C ends this view, no job\n" : "\n");
  }
  std::fflush(stdout);
}

int job_tool::checkpoints(const std::string& job) {
  return each(job, [this](const std::string& id) -> int {
    json answer;
    if (!ask(path_of(id) + "/checkpoints", answer)) return code_;
    if (request_.json) {
      print(answer);
    } else {
      std::printf("%s", checkpoints_page(answer, page_columns()).c_str());
    }
    return exit_ok;
  });
}

int job_tool::cancel(const std::string& job) {
  return each(job, [this](const std::string& id) -> int {
    json answer;
    if (!tell(path_of(id) + "/cancel", json::object(), answer)) return code_;
    if (request_.json) print(answer);
    return exit_ok;
  });
}

int job_tool::restart(const std::string& job) {
  return each(job, [this](const std::string& id) -> int {
    json answer;
    if (!tell(path_of(id) + "/restart", json::object(), answer)) return code_;
    if (request_.json) print(answer);
    return exit_ok;
  });
}

int job_tool::explain(const std::string& job, const std::string& format) {
  return each(job, [this, &format](const std::string& id) -> int {
    json answer;
    if (!ask(path_of(id) + "/plan", answer)) return code_;
    if (request_.json) {
      print(answer);
    } else if (format == "json") {
      print(answer["plan"]);
    } else {
      std::printf("%s\n", answer[format].get<std::string>().c_str());
    }
    return exit_ok;
  });
}

int job_tool::top(int every_s) {
  while (true) {
    json subtasks;
    if (!find_busiest(subtasks)) return code_;
    const std::string text = busiest_page(subtasks, page_columns());
    show_page({{"subtasks", std::move(subtasks)}}, text, every_s > 0);
    if (every_s == 0) return exit_ok;
    std::this_thread::sleep_for(std::chrono::seconds(every_s));
  }
}

bool job_tool::find_busiest(json& subtasks) {
  json answer;
  if (!ask("/api/v1/jobs", answer)) return false;
  std::vector<json> details;
  for (const json& job : answer["jobs"]) {
    if (job["status"] != "RUNNING") continue;
    details.emplace_back();
    if (!ask(path_of(job["id"].get<std::string>()), details.back())) return false;
  }
  subtasks = busiest(details, most_subtasks);
  return true;
}

int job_tool::logs(const std::string& job) {
  if (job.empty()) return print_log("/api/v1/logs");
  return each(job, [this](const std::string& id) { return print_log(path_of(id) + "/logs"); });
}

int job_tool::print_log(const std::string& path) {
  json answer;
  if (!ask(path, answer)) return code_;
  if (request_.json) {
    print(answer);
    return exit_ok;
  }
  for (const json& line : answer["lines"]) {
    std::printf("%s  %s\n", when_text(line["at"].get<timestamp_ms>()).c_str(),
                line["text"].get<std::string>().c_str());
  }
  return exit_ok;
}

int job_tool::dump() {
  json answer;
  if (!ask("/api/v1/debug", answer)) return code_;
  print(answer);
  return exit_ok;
}

int job_tool::history() {
  json answer;
  if (!ask("/api/v1/jobs", answer)) return code_;
  json ended = json::array();
  for (auto job = answer["jobs"].rbegin(); job != answer["jobs"].rend(); ++job) {
    if (is_over(*job)) ended.push_back(std::move(*job));
  }
  if (request_.json) {
    print({{"jobs", std::move(ended)}});
  } else {
    std::printf("%s", history_text(ended, page_columns()).c_str());
  }
  return exit_ok;
}

int job_tool::savepoint(const std::string& job, bool stop) {
  return each(job, [this, stop](const std::string& id) -> int {
    json answer;
    const char* what = stop ? "/stop" : "/savepoint";
    if (!tell(path_of(id) + what, json::object(), answer)) return code_;
    if (request_.json) {
      print(answer);
    } else {
      std::printf("%s\n", answer["savepoint"].get<std::string>().c_str());
    }
    return exit_ok;
  });
}

int job_tool::rescale(const std::string& job, int parallelism) {
  return each(job, [this, parallelism](const std::string& id) -> int {
    json answer;
    if (!tell(path_of(id) + "/rescale", {{"parallelism", parallelism}}, answer)) return code_;
    if (request_.json) print(answer);
    return exit_ok;
  });
}

int job_tool::workers() {
  json answer;
  if (!ask("/api/v1/workers", answer)) return code_;
  if (request_.json) {
    print(answer);
  } else {
    std::printf("%s", workers_text(answer["workers"], page_columns()).c_str());
  }
  return exit_ok;
}

int job_tool::drain(const std::string& worker, bool wait) {
  json answer;
  if (!tell("/api/v1/workers/" + worker + "/drain", json::object(), answer)) return code_;
  if (request_.json) print(answer);
  return wait ? wait_for_empty(worker) : exit_ok;
}

int job_tool::wait_for_empty(const std::string& worker) {
  while (true) {
    json answer;
    if (!ask("/api/v1/workers", answer)) return code_;
    const bool busy = std::ranges::any_of(answer["workers"], [&](const json& w) {
      return w["name"] == worker && w["free_slots"] != w["slots"];
    });
    if (!busy) return exit_ok;
    std::this_thread::sleep_for(look_every);
  }
}

}  // namespace millrace::cli
