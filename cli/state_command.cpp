#include "cli/state_command.hpp"

#include "cli/exit_code.hpp"
#include "cli/script.hpp"
#include "cli/state_view.hpp"

#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include <cstdio>

namespace millrace::cli {

namespace {

constexpr const char* path_help =
    "folder of a savepoint, of a checkpoint (chk-N) or of a job; a path or s3://bucket/prefix";

int end_of(const result<void>& done) {
  if (done) return exit_ok;
  std::fprintf(stderr, "%s\n", to_text(done.error()).c_str());
  return exit_code_of(done.error().code);
}

}  // namespace

state_command::state_command(CLI::App& app)
    : command_(app.add_subcommand("state", "Look into checkpoints and savepoints")) {
  command_->require_subcommand(1);
  auto* ls = command_->add_subcommand("ls", "Jobs below a folder, or checkpoints of a job");
  ls->add_option("PATH", path_, path_help)->required();
  auto* show = command_->add_subcommand("show", "Operators, tables, key groups and files");
  show->add_option("PATH", path_, path_help)->required();
  show->add_option("--format", format_, "text or json")->check(CLI::IsMember({"text", "json"}));
  auto* cat = command_->add_subcommand("cat", "Rows as JSON, one a line");
  cat->add_option("PATH", path_, path_help)->required();
  cat->add_option("--operator", operator_, "only of this operator: its id, or how it begins");
  cat->add_option("--table", table_, "only of tables of this name");
  cat->add_option("--key-group", group_, "only of this key group")->check(CLI::Range(0, 32767));
  cat->add_option("--limit", limit_, "at most so many rows")->check(CLI::NonNegativeNumber);
  auto* diff = command_->add_subcommand("diff", "What differs between two; exit code 1 if so");
  diff->add_option("BEFORE", other_path_, path_help)->required();
  diff->add_option("PATH", path_, path_help)->required();
  diff->add_flag("--rows", rows_, "the rows too, as JSON");
  auto* verify = command_->add_subcommand("verify", "Check every byte against its checksums");
  verify->add_option("PATH", path_, path_help)->required();
  for (auto* command : {ls, show, cat, diff, verify}) {
    command->add_option("--set", settings_, "option of S3, key=value")->take_all();
  }
}

int state_command::run() const {
  option_map storage;
  if (!split_pairs(settings_, storage)) return exit_usage;
  if (command_->got_subcommand("ls")) return end_of(list_state(path_, storage));
  if (command_->got_subcommand("show"))
    return end_of(show_state(path_, storage, format_ == "json"));
  if (command_->got_subcommand("verify")) return end_of(verify_state(path_, storage));
  if (command_->got_subcommand("cat")) {
    return end_of(cat_state(path_, storage, {operator_, table_, group_, limit_}));
  }
  auto differs = diff_state(other_path_, path_, storage, rows_);
  if (!differs) return end_of(differs.take_error());
  return *differs ? exit_runtime : exit_ok;
}

}  // namespace millrace::cli
