#include "cli/shell/shell_session.hpp"

#include "cli/script.hpp"
#include "cli/shell/key_watch.hpp"
#include "cli/statement_output.hpp"

#include <chrono>
#include <cstdio>
#include <utility>

namespace millrace::cli {

namespace {

constexpr std::chrono::milliseconds redraw_every{200};
constexpr std::size_t most_rows = 1000;  // that a table shows at its end

void say(std::string_view line) {
  std::printf("%.*s\n", static_cast<int>(line.size()), line.data());
}

turn fail(const error& e, std::string_view text) {
  std::fflush(stdout);
  std::fprintf(stderr, "%s\n", to_text(e, text).c_str());
  return {.failed = true};
}

void show_progress(const running_job& job) {
  std::printf("\r\x1b[K%s: %s", job.state.name.c_str(), progress_of(job).c_str());
  std::fflush(stdout);
}

/// Says how long a statement took, from its making on.
class stopwatch {
 public:
  void say_time() {
    const std::int64_t now = system_clock().steady_us();
    std::printf("Time: %.3f ms\n", static_cast<double>(now - since_us_) / 1000.0);
    since_us_ = system_clock().steady_us();
  }

 private:
  std::int64_t since_us_ = system_clock().steady_us();
};

}  // namespace

turn shell_session::run(const std::string& text) {
  turn done = is_own_command(text) ? run_own(text) : run_statements(text);
  std::fflush(stdout);
  return done;
}

turn shell_session::run_own(std::string_view text) {
  const auto command = read_own_command(text);
  if (!command) return fail(command.error(), {});
  switch (command->action) {
    case own_action::quit: return {.leave = true};
    case own_action::help: std::printf("%s", own_help().c_str()); return {};
    case own_action::clear: std::printf("\x1b[H\x1b[2J"); return {};
    case own_action::timing: return set_timing(command->argument);
    case own_action::include: return run_file(command->argument, false);
    case own_action::statement: return run_statements(command->argument);
  }
  return {};
}

turn shell_session::set_timing(std::string_view argument) {
  if (!argument.empty() && argument != "on" && argument != "off") {
    return fail(make_error(errc::config_bad_usage,
                           "\\timing takes on or off, not '" + std::string(argument) + "'"),
                {});
  }
  timing_ = argument.empty() ? !timing_ : argument == "on";
  say(timing_ ? "Timing is on." : "Timing is off.");
  return {};
}

turn shell_session::run_file(const std::string& path, bool quiet) {
  script_request request;
  request.file = path;
  const auto text = load_script(request);
  if (!text) return fail(text.error(), {});
  quiet_ = quiet;
  turn done = run_statements(*text);
  quiet_ = false;
  return done;
}

turn shell_session::run_statements(std::string_view text) {
  turn done;
  stopwatch watch;
  const auto ended = execute_script(text, session_, [&](sql::statement_outcome outcome) {
    auto taken = take(std::move(outcome), done);
    if (timing_ && taken) watch.say_time();
    return taken;
  });
  if (ended) return done;
  turn failed = fail(ended.error(), text);
  failed.keys = std::move(done.keys);
  return failed;
}

result<void> shell_session::take(sql::statement_outcome outcome, turn& so_far) {
  if (const auto* m = std::get_if<sql::message_outcome>(&outcome)) {
    if (!m->message.empty() && !quiet_) say(m->message);
    return {};
  }
  if (const auto* rows = std::get_if<sql::rows_outcome>(&outcome))
    return print_rows(*rows, session_, output_form::table);
  if (const auto* e = std::get_if<sql::explain_outcome>(&outcome))
    return print_explain(*e, session_, output_form::table);
  if (const auto* file = std::get_if<sql::plan_file_outcome>(&outcome)) {
    MILLRACE_TRY(const auto running, start_plan_file(*file, session_, jobs_));
    if (running) say(running->state.name + ": " + running->name + " runs");
    return {};
  }
  const auto& job = std::get<sql::job_outcome>(outcome);
  return job.kind == sql::job_kind::select ? select(job, so_far) : insert(job, so_far);
}

// The client's option of Flink; its TABLEAU is what TABLE leaves behind.
output_form shell_session::form() const {
  const std::string mode =
      option_reader(session_.options()).text("sql-client.execution.result-mode", "");
  if (mode.empty()) return form_;
  return mode == "changelog" || mode == "CHANGELOG" ? output_form::changelog : output_form::table;
}

result<void> shell_session::select(const sql::job_outcome& job, turn& so_far) {
  MILLRACE_TRY(const auto running, start_select(job, session_, jobs_, form(), most_rows));
  told_.insert(running.job.state.name);
  key_watch keys(running.bounded);
  const reading how = print_results(running, [&] { return keys.leaves(); });
  auto ended = wait_for(running.job);
  so_far.keys += keys.kept();
  if (how == reading::left) {
    running.printer->leave();
  } else {
    running.printer->finish();
  }
  if (running.printer->live()) say(progress_of(running.job));
  warn_of_losses(running.job);
  if (how == reading::left) return {};
  return ended;
}

result<void> shell_session::insert(const sql::job_outcome& job, turn& so_far) {
  MILLRACE_TRY(const bool sync, option_reader(session_.options()).boolean("table.dml-sync", false));
  MILLRACE_TRY(const running_job running, start_insert(job, session_, jobs_));
  if (sync) return await(running, so_far);
  say(running.state.name + ": " + running.name + " runs");
  return {};
}

result<void> shell_session::await(const running_job& job, turn& so_far) {
  told_.insert(job.state.name);
  key_watch keys(true);
  bool left = false;
  while (!job.handle->wait_for(redraw_every)) {
    show_progress(job);
    if (left || !keys.leaves()) continue;
    left = true;
    job.handle->cancel();
  }
  so_far.keys += keys.kept();
  auto ended = wait_for(job);
  show_progress(job);
  say(ended.ok() ? " | finished" : " | stopped");
  if (left) return {};
  return ended;
}

void shell_session::tell_of_ended_jobs() {
  for (const running_job& job : jobs_.all()) {
    if (!is_final(job.handle->status()) || !told_.insert(job.state.name).second) continue;
    const auto ended = wait_for(job);
    say(job.state.name + ": " + progress_of(job) + (ended.ok() ? " | finished" : " | stopped"));
    if (!ended && ended.error().code != errc::runtime_cancelled)
      std::fprintf(stderr, "%s\n", to_text(ended.error(), {}).c_str());
  }
}

std::size_t shell_session::count_running() const {
  std::size_t count = 0;
  for (const running_job& job : jobs_.all()) count += is_final(job.handle->status()) ? 0 : 1;
  return count;
}

}  // namespace millrace::cli
