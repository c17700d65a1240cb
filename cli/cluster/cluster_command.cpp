#include "cli/cluster/cluster_command.hpp"

#include "cli/cluster/job_tool.hpp"
#include "cli/cluster/secrets.hpp"
#include "cli/exit_code.hpp"
#include "cli/memory_option.hpp"
#include "cli/script.hpp"

#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include <algorithm>
#include <cstdint>
#include <cstdio>

namespace millrace::cli {

namespace {

// Longer than an election of the usual term and the new leader's start.
constexpr std::int64_t leader_patience_ms = 20'000;

void add_safety_options(CLI::App& command, safety_request& to) {
  command.add_option("--secrets", to.secrets,
                     "directory of millrace keygen; without it all addresses are loopback's");
  command.add_option("--token-file", to.token_file, "tokens, one a line; default: SECRETS/token");
  command.add_option("--sql-root", to.sql_roots, "local paths in SQL lie below; may be repeated");
}

void add_heartbeat_options(CLI::App& command, heartbeat_request& to) {
  command
      .add_option("--heartbeat-interval", to.interval_ms,
                  "milliseconds between two words to each other process")
      ->check(CLI::Range(50, 60'000))
      ->capture_default_str();
  command
      .add_option("--heartbeat-timeout", to.timeout_ms,
                  "milliseconds after which a silent process counts as dead")
      ->check(CLI::Range(200, 600'000))
      ->capture_default_str();
}

void add_election_options(CLI::App& command, election_request& to, const std::string& what) {
  command.add_option("--ha", to.where,
                     what + ": DIR, etcd://HOST:PORT/KEY or kubernetes://NAMESPACE/LEASE");
  command
      .add_option("--ha-term", to.term_seconds,
                  "seconds for which a leader counts as one after its last word")
      ->check(CLI::Range(2, 300))
      ->capture_default_str();
}

void add_coordinator_options(CLI::App& command, coordinator_request& to) {
  command.add_option("--listen", to.listen, "address for workers")->capture_default_str();
  command.add_option("--rest", to.rest, "address for REST and the job tool")->capture_default_str();
  command.add_option("--checkpoint-dir", to.checkpoint_directory,
                     "checkpoints and savepoints of all jobs; the workers need the same storage");
  add_safety_options(command, to.safety);
  add_heartbeat_options(command, to.heartbeat);
  command.add_option("--audit-log", to.audit_file,
                     "file for who changed what; without it lines on stderr");
  command.add_flag("--pack-slots", to.pack_slots, "fill few workers instead of loading all evenly");
  command.add_flag("--log-checkpoints", to.log_checkpoints, "a line on stderr per checkpoint");
}

}  // namespace

cluster_command::cluster_command(CLI::App& app) {
  add_processes(app);
  add_job_tool(app);
}

void cluster_command::extend_explain(CLI::App& explain) {
  explain.add_option("--job", job_, "a job of a cluster, in place of FILE")
      ->excludes(explain.get_option("FILE"));
  add_access(explain);
  explain_ = &explain;
}

std::string cluster_command::explain_format() const {
  return explain_->get_option("--format")->as<std::string>();
}

void cluster_command::add_processes(CLI::App& app) {
  coordinator_command_ = app.add_subcommand("coordinator", "Run the coordinator of a cluster");
  add_coordinator_options(*coordinator_command_, coordinator_);
  add_election_options(*coordinator_command_, coordinator_.election,
                       "where several coordinators settle who leads");
  coordinator_command_->add_option(
      "--advertise", coordinator_.advertise,
      "host that the others reach it at, if it leads and that is another");
  add_worker(app);
  local_command_ = app.add_subcommand("local-cluster", "Run a cluster on this machine");
  add_coordinator_options(*local_command_, local_.coordinator);
  local_command_->add_option("--workers", local_.workers, "processes")
      ->check(CLI::Range(1, 256))
      ->capture_default_str();
  local_command_->add_option("--slots", local_.slots, "of each worker")
      ->check(CLI::Range(1, 1024))
      ->capture_default_str();
  add_keygen(app);
}

void cluster_command::add_worker(CLI::App& app) {
  worker_command_ = app.add_subcommand("worker", "Run a worker of a cluster");
  worker_command_
      ->add_option("--coordinator", worker_.coordinator,
                   "where the coordinator listens; several: HOST:PORT,HOST:PORT")
      ->capture_default_str();
  add_election_options(*worker_command_, worker_.election, "as coordinators: who leads");
  worker_command_->add_option("--slots", worker_.slots, "tasks of a vertex that it runs at once")
      ->check(CLI::Range(1, 1024))
      ->capture_default_str();
  worker_command_->add_option("--name", worker_.name, "unique in the cluster");
  worker_command_->add_option("--listen", worker_.listen, "address of this machine for the cluster")
      ->capture_default_str();
  worker_command_->add_option("--advertise", worker_.advertise,
                              "host that the others reach it at, if that is another");
  worker_command_->add_option("--checkpoint-dir", worker_.checkpoint_directory,
                              "the same storage that the coordinator uses");
  worker_command_->add_option(
      "--memory", memory_, "what the process may use (512m, 4g); state beyond it spills to disk");
  worker_command_->add_option("--metrics", worker_.metrics,
                              "address for Prometheus and probes; none without it");
  add_safety_options(*worker_command_, worker_.safety);
  add_heartbeat_options(*worker_command_, worker_.heartbeat);
}

void cluster_command::add_keygen(CLI::App& app) {
  keygen_command_ = app.add_subcommand("keygen", "Make the secrets of a cluster");
  keygen_command_->add_option("DIR", keygen_.directory, "for --secrets of all processes")
      ->required();
  keygen_command_->add_option("--host", keygen_.hosts,
                              "makes a certificate for REST at that host; may be repeated");
}

CLI::App* cluster_command::add_tool(CLI::App& app, const char* name, const char* what) {
  CLI::App* tool = app.add_subcommand(name, what);
  add_access(*tool);
  tools_.push_back(tool);
  return tool;
}

void cluster_command::add_access(CLI::App& tool) {
  tool.add_option("--rest", rest_, "REST address of the coordinator, https://... for TLS")
      ->envname("MILLRACE_REST")
      ->capture_default_str();
  tool.add_option("--token-file", token_file_, "the cluster's token")
      ->envname("MILLRACE_TOKEN_FILE");
  tool.add_option("--ca-file", authority_, "certificate that signed the coordinator's")
      ->envname("MILLRACE_CA_FILE");
  tool.add_option("--timeout", silence_s_, "seconds for which the coordinator may be silent")
      ->envname("MILLRACE_TIMEOUT")
      ->check(CLI::Range(1, 3600))
      ->capture_default_str();
  tool.add_flag("--json", json_, "the answer as JSON");
}

void cluster_command::add_job_tool(CLI::App& app) {
  CLI::App* submit = add_tool(app, "submit", "Start the jobs of a SQL script on a cluster");
  submit->add_option("FILE", file_, "file with SQL statements, - for standard input")->required();
  submit->add_option("--name", name_, "of the jobs");
  submit->add_option("--parallelism", parallelism_, "subtasks per operator")
      ->check(CLI::Range(1, 32767));
  submit->add_option("--set", settings_, "session option, key=value")->take_all();
  submit->add_option("--define", defines_, "fills ${NAME} in the script, NAME=value")->take_all();
  submit->add_option("--from-savepoint", savepoint_, "one that this cluster has written");
  submit->add_flag("--replace", replace_,
                   "stop the jobs of that name, where they are others, and go on from them");
  submit->add_flag("--attach", attach_, "wait until the jobs have ended");
  add_tool(app, "list", "Jobs of a cluster");
  add_tool(app, "logs", "What the coordinator has logged")
      ->add_option("JOB", target_, "only of this job: its id or name");
  CLI::App* debug = app.add_subcommand("debug", "For those who look for a fault");
  debug->require_subcommand(1);
  add_tool(*debug, "dump", "All that the coordinator knows now, as JSON for a report");
  add_tool(app, "history", "Jobs of a cluster that have ended");
  add_tool(app, "workers", "Workers of a cluster");
  const auto about_job = [&](const char* name, const char* what) {
    CLI::App* tool = add_tool(app, name, what);
    tool->add_option("JOB", target_, "its id or name, as list shows them")->required();
    return tool;
  };
  CLI::App* show = about_job("show", "A job's vertices, subtasks, rates and failures");
  CLI::App* top = add_tool(app, "top", "The busiest subtasks of all jobs that run");
  for (CLI::App* tool : {show, top}) {
    tool->add_flag("--watch", watch_, "again every second, until Ctrl-C or the end of the job");
    tool->add_option("--every", every_s_, "seconds between two views of --watch")
        ->check(CLI::Range(1, 3600))
        ->capture_default_str();
  }
  about_job("checkpoints", "A job's newest checkpoints: state, size, duration");
  about_job("cancel", "End a job");
  about_job("restart", "Let a job go on from its newest checkpoint, in another attempt");
  about_job("savepoint", "Write a savepoint of a job that goes on");
  about_job("stop", "End a job behind a savepoint");
  CLI::App* rescale = add_tool(app, "rescale", "Let a job go on at another parallelism");
  rescale->add_option("JOB", target_, "its id or name, as list shows them")->required();
  rescale->add_option("N", parallelism_, "subtasks per operator")
      ->required()
      ->check(CLI::Range(1, 32767));
  CLI::App* drain = add_tool(app, "drain", "Move jobs away from a worker");
  drain->add_option("WORKER", target_, "its name, as workers shows it")->required();
  drain->add_flag("--wait", wait_, "until no job runs on it any more");
}

bool cluster_command::parsed() const {
  return coordinator_command_->parsed() || worker_command_->parsed() || local_command_->parsed() ||
         keygen_command_->parsed() || parsed_tool() != nullptr;
}

const CLI::App* cluster_command::parsed_tool() const {
  if (explain_ != nullptr && explain_->parsed() && !job_.empty()) return explain_;
  const auto at = std::ranges::find_if(tools_, [](const CLI::App* tool) { return tool->parsed(); });
  return at == tools_.end() ? nullptr : *at;
}

int cluster_command::run() const {
  if (coordinator_command_->parsed()) return run_coordinator(coordinator_);
  if (worker_command_->parsed()) return start_worker();
  if (local_command_->parsed()) return run_local_cluster(local_);
  if (keygen_command_->parsed()) return run_keygen(keygen_);
  return run_tool();
}

int cluster_command::start_worker() const {
  worker_request request = worker_;
  return read_memory(memory_, request.memory_bytes) ? run_worker(request) : exit_usage;
}

int cluster_command::run_tool() const {
  const auto token = read_token(token_file_);
  const auto usable = token ? check_tool_address(rest_, !token->empty()) : token.error();
  if (!usable) {
    std::fprintf(stderr, "%s\n", to_text(usable.error()).c_str());
    return exit_usage;
  }
  job_tool tool(
      {{rest_, *token, authority_, leader_patience_ms, {}, std::int64_t{silence_s_} * 1000},
       json_});
  const std::string& name = parsed_tool()->get_name();
  if (name == "submit") return submit(tool);
  if (name == "list") return tool.list();
  if (name == "workers") return tool.workers();
  if (name == "show") return tool.show(target_, watch_ ? every_s_ : 0);
  if (name == "checkpoints") return tool.checkpoints(target_);
  if (name == "cancel") return tool.cancel(target_);
  if (name == "restart") return tool.restart(target_);
  if (name == "top") return tool.top(watch_ ? every_s_ : 0);
  if (name == "logs") return tool.logs(target_);
  if (name == "dump") return tool.dump();
  if (name == "history") return tool.history();
  if (name == "explain") return tool.explain(job_, explain_format());
  if (name == "rescale") return tool.rescale(target_, parallelism_);
  if (name == "drain") return tool.drain(target_, wait_);
  return tool.savepoint(target_, name == "stop");
}

int cluster_command::submit(job_tool& tool) const {
  script_request script{file_, {}, {}};
  if (!split_pairs(settings_, script.settings) || !split_pairs(defines_, script.defines)) {
    return exit_usage;
  }
  if (parallelism_ > 0) script.settings["parallelism.default"] = std::to_string(parallelism_);
  const auto text = load_script(script);
  if (text) return tool.submit({*text, script.settings, name_, savepoint_, replace_, attach_});
  std::fprintf(stderr, "%s\n", to_text(text.error()).c_str());
  return exit_code_of(text.error().code);
}

}  // namespace millrace::cli
