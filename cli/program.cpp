#include "cli/program.hpp"

#include "cli/cluster/cluster_command.hpp"
#include "cli/completion.hpp"
#include "cli/exit_code.hpp"
#include "cli/explain_command.hpp"
#include "cli/memory_option.hpp"
#include "cli/run_command.hpp"
#include "cli/script.hpp"
#include "cli/shell/shell_command.hpp"
#include "cli/state_command.hpp"
#include "cli/version.hpp"
#include "core/base/config.hpp"
#include "core/base/fail_point.hpp"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace millrace::cli {

namespace {

constexpr const char* footer =
    "Exit codes: 0 done, 1 a job failed, 2 wrong usage or options, 3 wrong SQL,\n"
    "130 interrupted, 141 the output was closed.";

/// The command line as CLI11 fills it.
struct arguments {
  std::string file;
  std::string init_file;
  std::vector<std::string> settings;
  std::vector<std::string> defines;
  int parallelism = 0;
  std::string output = "table";
  std::string format = "tree";
  std::string against;
  bool quiet = false;
  bool verify_batch = false;
  bool log_checkpoints = false;
  checkpoint_request checkpoints;
  std::string memory;
  std::optional<std::uint16_t> metrics_port;
};

void add_session_options(CLI::App& command, arguments& a) {
  command.add_option("--parallelism", a.parallelism, "subtasks per operator")
      ->check(CLI::Range(1, 32767));
  command.add_option("--set", a.settings, "session option, key=value")->take_all();
  command.add_option("--define", a.defines, "fills ${NAME} in the script, NAME=value")->take_all();
}

void add_script_options(CLI::App& command, arguments& a) {
  command.add_option("FILE", a.file, "file with SQL statements, - for standard input")->required();
  add_session_options(command, a);
}

void add_shell_options(CLI::App& command, arguments& a) {
  command.add_option("-i,--init", a.init_file, "file with SQL statements to begin with");
  command.add_option("-f,--file", a.file, "file with SQL statements to run instead of a prompt");
  add_session_options(command, a);
}

void add_output_option(CLI::App& command, arguments& a) {
  command.add_option("--output", a.output, "table, json or changelog")
      ->check(CLI::IsMember({"table", "json", "changelog"}))
      ->capture_default_str();
}

void add_process_options(CLI::App& command, arguments& a) {
  command.add_option("--memory", a.memory,
                     "what the process may use (512m, 4g); state beyond it spills to disk");
  command.add_option("--metrics-port", a.metrics_port,
                     "serve metrics to Prometheus on that port of 127.0.0.1; 0: any free one");
}

bool script_of(const arguments& a, script_request& script) {
  script.file = a.file;
  if (!split_pairs(a.settings, script.settings)) return false;
  if (a.parallelism > 0) script.settings["parallelism.default"] = std::to_string(a.parallelism);
  return split_pairs(a.defines, script.defines);
}

void add_checkpoint_options(CLI::App& command, arguments& a) {
  command.add_option("--checkpoint-dir", a.checkpoints.directory,
                     "keep checkpoints there, a folder per job of the script");
  command.add_flag("--resume", a.checkpoints.resume, "go on from the newest checkpoint there");
  command.add_option("--from-savepoint", a.checkpoints.from_savepoint,
                     "start from a savepoint or from another run's checkpoint");
  command.add_flag("--allow-dropped-state", a.checkpoints.allow_dropped_state,
                   "go on without the state that the query has no operator for");
  command.add_flag("--savepoint-on-exit", a.checkpoints.savepoint_on_exit,
                   "Ctrl-C takes a savepoint first");
  command.add_flag("--log-checkpoints", a.log_checkpoints, "a line on stderr per checkpoint");
}

output_form form_of(const arguments& a) {
  static const std::map<std::string, output_form> forms{{"table", output_form::table},
                                                        {"json", output_form::json},
                                                        {"changelog", output_form::changelog}};
  return forms.at(a.output);
}

int run(const arguments& a) {
  run_request request;
  request.output = form_of(a);
  request.quiet = a.quiet;
  request.verify_batch = a.verify_batch;
  request.jobs.log_checkpoints = a.log_checkpoints;
  request.jobs.checkpoints = a.checkpoints;
  request.jobs.metrics_port = a.metrics_port;
  if (!read_memory(a.memory, request.jobs.memory_bytes)) return exit_usage;
  return script_of(a, request.script) ? run_script(request) : exit_usage;
}

int shell(const arguments& a) {
  shell_request request;
  request.output = form_of(a);
  request.init_file = a.init_file;
  request.jobs.log_checkpoints = a.log_checkpoints;
  request.jobs.checkpoints = a.checkpoints;
  request.jobs.metrics_port = a.metrics_port;
  if (!read_memory(a.memory, request.jobs.memory_bytes)) return exit_usage;
  return script_of(a, request.script) ? run_shell(request) : exit_usage;
}

int explain(const arguments& a) {
  if (a.file.empty()) {
    std::fprintf(stderr, "error 1005: explain needs a FILE with SQL statements, or --job JOB\n");
    return exit_usage;
  }
  explain_request request{{}, a.format, a.against};
  return script_of(a, request.script) ? explain_script(request) : exit_usage;
}

/// The sub-commands, their options, and where the parsed words go.
class command_line {
 public:
  command_line() {
    app_.require_subcommand(1);
    app_.footer(footer);
    add_script_options(*run_, words_);
    add_output_option(*run_, words_);
    add_checkpoint_options(*run_, words_);
    add_process_options(*run_, words_);
    run_->add_flag("--quiet", words_.quiet, "no progress on stderr");
    run_->add_flag("--verify-batch", words_.verify_batch,
                   "run each bounded query as a stream and in batch mode and compare the rows");
    add_shell_options(*shell_, words_);
    add_output_option(*shell_, words_);
    add_checkpoint_options(*shell_, words_);
    add_process_options(*shell_, words_);
    add_script_options(*explain_, words_);
    explain_->get_option("FILE")->required(false);
    explain_->add_option("--against", words_.against,
                         "a checkpoint or savepoint: which of its state the query keeps");
    explain_->add_option("--format", words_.format, "tree, dot or json")
        ->check(CLI::IsMember({"tree", "dot", "json"}))
        ->capture_default_str();
    cluster_.extend_explain(*explain_);
    completion_->add_option("SHELL", completed_shell_, "bash or zsh")
        ->check(CLI::IsMember({"bash", "zsh"}))
        ->required();
  }

  int execute(int argc, char** argv) {
    try {
      app_.parse(argc, argv);
    } catch (const CLI::ParseError& e) {
      return app_.exit(e) == 0 ? exit_ok : exit_usage;
    }
    if (version_->parsed()) {
      std::printf("%s\n", version_text);
      return exit_ok;
    }
    if (explain_->count("--json") > 0) words_.format = "json";
    if (completion_->parsed()) {
      const bool zsh = completed_shell_ == "zsh";
      const auto of = zsh ? shell_language::zsh : shell_language::bash;
      std::printf("%s", completion_script(app_, of).c_str());
      return exit_ok;
    }
    if (state_.parsed()) return state_.run();
    if (cluster_.parsed()) return cluster_.run();
    if (shell_->parsed()) return shell(words_);
    return run_->parsed() ? run(words_) : explain(words_);
  }

  [[nodiscard]] std::string help() const { return app_.help("", CLI::AppFormatMode::All); }

 private:
  arguments words_;
  CLI::App app_{"Continuous SQL queries over streams and files.", "millrace"};
  CLI::App* run_ = app_.add_subcommand("run", "Run a SQL script in this process");
  CLI::App* shell_ = app_.add_subcommand("sql", "Type SQL statements, at a prompt");
  CLI::App* explain_ = app_.add_subcommand("explain", "Print the plans of a SQL script");
  state_command state_{app_};
  cluster_command cluster_{app_};
  CLI::App* version_ = app_.add_subcommand("version", "Print the version");
  CLI::App* completion_ =
      app_.add_subcommand("completion", "Print a script that completes commands in a shell");
  std::string completed_shell_ = "bash";
};

}  // namespace

int run_program(int argc, char** argv) {
  const char* fail_point = std::getenv("MILLRACE_FAIL_POINT");
  if (auto armed = arm_fail_point(fail_point == nullptr ? "" : fail_point); !armed) {
    std::fprintf(stderr, "%s\n", to_text(armed.error()).c_str());
    return exit_usage;
  }
  return command_line().execute(argc, argv);
}

std::string help_text() { return command_line().help(); }

}  // namespace millrace::cli
