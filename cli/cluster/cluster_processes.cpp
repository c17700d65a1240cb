#include "cli/cluster/cluster_processes.hpp"

#include "actors/cluster/coordinator.hpp"
#include "actors/cluster/worker.hpp"
#include "actors/system/engine.hpp"
#include "cli/cluster/child_processes.hpp"
#include "cli/cluster/file_limit.hpp"
#include "cli/cluster/rest_api.hpp"
#include "cli/cluster/script_jobs.hpp"
#include "cli/exit_code.hpp"
#include "cli/interrupt.hpp"
#include "cli/version.hpp"
#include "core/base/clock.hpp"
#include "core/data/civil_time.hpp"
#include "net/http/api_server.hpp"

#include <unistd.h>

#include <charconv>
#include <condition_variable>
#include <cstdio>
#include <fstream>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

namespace millrace::cli {

namespace {

int fail(const error& e) {
  std::fprintf(stderr, "%s\n", to_text(e).c_str());
  return exit_code_of(e.code);
}

// One call, so that lines of several threads stay whole.
void log_line(const std::string& line) {
  constexpr int milliseconds = 3;
  std::string text;
  data::append_timestamp(text, system_clock().now(), milliseconds);
  text += "  " + line + "\n";
  std::fputs(text.c_str(), stderr);
}

/// `host:port`, host loopback.
struct address {
  std::string host;
  std::uint16_t port = 0;
  [[nodiscard]] std::string text() const { return host + ":" + std::to_string(port); }
};

result<void> check_loopback(const std::string& host) {
  if (host == "127.0.0.1" || host == "localhost" || host == "[::1]") return {};
  return make_error(errc::config_bad_value, "'" + host + "' is not a loopback address",
                    "links between processes are not encrypted yet: listen on 127.0.0.1");
}

result<address> read_address(const std::string& text) {
  const auto colon = text.rfind(':');
  address to;
  to.host = text.substr(0, colon);
  const char* first = text.data() + (colon == std::string::npos ? text.size() : colon + 1);
  const char* last = text.data() + text.size();
  const auto read = std::from_chars(first, last, to.port);
  if (colon == std::string::npos || read.ec != std::errc() || read.ptr != last) {
    return make_error(errc::config_bad_value, "'" + text + "' is not an address",
                      "write host:port, such as 127.0.0.1:6123");
  }
  MILLRACE_CHECK(check_loopback(to.host));
  return to;
}

/// Blocks its thread until a signal comes.
class stop_signal {
 public:
  stop_signal() {
    watch_.on_interrupt([this] {
      const std::scoped_lock hold(mutex_);
      come_ = true;
      changed_.notify_all();
    });
  }
  void wait() {
    std::unique_lock hold(mutex_);
    changed_.wait(hold, [this] { return come_; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool come_ = false;
  interrupt_watch watch_;  // last: its thread uses the others
};

/// A coordinator with its REST server.
struct coordinator_process {
  actors::engine engine;
  std::unique_ptr<actors::coordinator> cluster;
  std::unique_ptr<net::api_server> rest;
  std::string rest_address;
};

result<void> start(const coordinator_request& request, coordinator_process& to) {
  MILLRACE_TRY(const auto listen, read_address(request.listen));
  MILLRACE_TRY(const auto rest, read_address(request.rest));
  MILLRACE_TRY(const auto token, read_token(request.token_file));
  actors::coordinator_options options;
  options.listen = "tcp://" + listen.text();
  options.version = version_text;
  options.token = token;
  options.checkpoint_directory = request.checkpoint_directory;
  options.pack_slots = request.pack_slots;
  options.log_checkpoints = request.log_checkpoints;
  options.compile = &compile_job;
  options.rescale = &rescaled;
  options.log = &log_line;
  MILLRACE_TRY(to.cluster, actors::coordinator::start(to.engine, std::move(options)));
  net::api_options api;
  api.address = rest.host;
  api.port = rest.port;
  api.token = token;
  MILLRACE_TRY(to.rest, net::api_server::listen(std::move(api), rest_routes(*to.cluster)));
  to.rest_address = rest.host + ":" + std::to_string(to.rest->port());
  log_line("coordinator: workers at " + to.cluster->endpoint().substr(6) + ", REST at http://" +
           to.rest_address);
  return {};
}

std::string name_of_process() {
  char host[256] = "worker";
  gethostname(host, sizeof host - 1);
  return std::string(host) + "-" + std::to_string(getpid());
}

result<std::unique_ptr<actors::worker>> start(const worker_request& request, actors::engine& in) {
  MILLRACE_TRY(const auto coordinator, read_address(request.coordinator));
  MILLRACE_CHECK(check_loopback(request.listen));
  actors::worker_options options;
  options.name = request.name.empty() ? name_of_process() : request.name;
  options.coordinator = "tcp://" + coordinator.text();
  options.listen = request.listen;
  options.slots = request.slots;
  options.version = version_text;
  MILLRACE_TRY(options.token, read_token(request.token_file));
  options.checkpoint_directory = request.checkpoint_directory;
  options.compile = &compile_job;
  options.log = [name = options.name](const std::string& line) { log_line(name + ": " + line); };
  return actors::worker::start(in, std::move(options));
}

std::vector<std::string> worker_words(const local_cluster_request& request,
                                      const std::string& coordinator, std::uint32_t number) {
  std::vector<std::string> words{"worker",
                                 "--coordinator",
                                 coordinator,
                                 "--slots",
                                 std::to_string(request.slots),
                                 "--name",
                                 "worker-" + std::to_string(number)};
  const auto add = [&](const char* option, const std::string& value) {
    if (!value.empty()) words.insert(words.end(), {option, value});
  };
  add("--checkpoint-dir", request.coordinator.checkpoint_directory);
  add("--token-file", request.coordinator.token_file);
  return words;
}

}  // namespace

result<std::string> read_token(const std::string& file) {
  if (file.empty()) return std::string();
  std::ifstream from(file);
  std::string token;
  if (std::getline(from, token) && !token.empty()) return token;
  return make_error(errc::config_file_unreadable, "no token in '" + file + "'",
                    "write it into the first line");
}

int run_coordinator(const coordinator_request& request) {
  raise_file_limit();
  stop_signal stop;
  coordinator_process process;
  if (auto started = start(request, process); !started) return fail(started.error());
  stop.wait();
  process.rest.reset();
  process.cluster->stop();
  return exit_ok;
}

int run_worker(const worker_request& request) {
  raise_file_limit();
  stop_signal stop;
  actors::engine engine({.threads = request.slots, .memory_bytes = request.memory_bytes});
  auto worker = start(request, engine);
  if (!worker) return fail(worker.error());
  stop.wait();
  (*worker)->stop();
  return exit_ok;
}

int run_local_cluster(const local_cluster_request& request) {
  raise_file_limit();
  stop_signal stop;
  coordinator_process process;
  if (auto started = start(request.coordinator, process); !started) return fail(started.error());
  child_processes workers;
  const std::string coordinator = process.cluster->endpoint().substr(6);  // without tcp://
  for (std::uint32_t n = 1; n <= request.workers; ++n) {
    if (auto one = workers.start(worker_words(request, coordinator, n)); !one) {
      return fail(one.error());
    }
  }
  stop.wait();
  process.rest.reset();
  workers.stop();
  process.cluster->stop();
  return exit_ok;
}

}  // namespace millrace::cli
