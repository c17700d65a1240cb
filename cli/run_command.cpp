#include "cli/run_command.hpp"

#include "cli/exit_code.hpp"
#include "cli/interrupt.hpp"
#include "cli/statement_output.hpp"
#include "cli/verify_batch.hpp"

#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <string>
#include <utility>

namespace millrace::cli {

namespace {

constexpr std::chrono::milliseconds redraw_every{200};

class script_runner {
 public:
  explicit script_runner(const run_request& request) : request_(request), jobs_(request.jobs) {
    watch_.on_interrupt([this] { jobs_.stop_all(); });
  }

  int run();

 private:
  [[nodiscard]] int execute(const std::string& file, sql::session& session);
  result<void> take(sql::statement_outcome outcome, const sql::session& session);
  result<void> select(const sql::job_outcome& job, const sql::session& session);
  result<void> insert(const sql::job_outcome& job, const sql::session& session);
  result<void> run_plan(const sql::plan_file_outcome& file, const sql::session& session);
  result<void> await(const running_job& job) const;
  [[nodiscard]] result<void> await_all() const;
  void report(const running_job& job, const char* how) const;
  int fail(const error& e) const;

  run_request request_;
  interrupt_watch watch_;  // before any thread
  running_jobs jobs_;
  std::string text_;  // of the file that runs
  bool output_closed_ = false;
  bool differs_ = false;  // stream and batch mode
};

int script_runner::run() {
  if (auto fits = check_request(request_.jobs.checkpoints); !fits) return fail(fits.error());
  if (auto served = jobs_.serve_metrics(); !served) return fail(served.error());
  auto session = open_session(request_.script);
  if (!session) return fail(session.error());
  session->name_jobs_of(jobs_);
  int code = exit_ok;
  if (!request_.init_file.empty()) code = execute(request_.init_file, *session);
  if (code == exit_ok) code = execute(request_.script.file, *session);
  // What was started before a statement failed goes on to its end.
  if (auto ended = await_all(); !ended && code == exit_ok) code = fail(ended.error());
  if (watch_.interrupted()) {
    if (auto kept = jobs_.write_savepoints(); !kept) return fail(kept.error());
    return exit_interrupted;
  }
  if (code == exit_ok && differs_) code = exit_runtime;
  return output_closed_ ? exit_closed : code;
}

int script_runner::execute(const std::string& file, sql::session& session) {
  script_request one = request_.script;
  one.file = file;
  auto text = load_script(one);
  if (!text) return fail(text.error());
  text_ = std::move(*text);
  const auto done = execute_script(text_, session, [&](sql::statement_outcome outcome) {
    return take(std::move(outcome), session);
  });
  return done ? exit_ok : fail(done.error());
}

int script_runner::fail(const error& e) const {
  const bool follows =
      e.code == errc::runtime_cancelled && (watch_.interrupted() || output_closed_);
  if (!follows) std::fprintf(stderr, "%s\n", to_text(e, text_).c_str());
  return exit_code_of(e.code);
}

result<void> script_runner::take(sql::statement_outcome outcome, const sql::session& session) {
  if (watch_.interrupted()) return make_error(errc::runtime_cancelled, "interrupted");
  if (const auto* m = std::get_if<sql::message_outcome>(&outcome)) {
    const bool say = !m->message.empty() && !request_.quiet && isatty(STDERR_FILENO) != 0;
    if (say) std::fprintf(stderr, "%s\n", m->message.c_str());
    return {};
  }
  if (const auto* rows = std::get_if<sql::rows_outcome>(&outcome))
    return print_rows(*rows, session, request_.output);
  if (const auto* e = std::get_if<sql::explain_outcome>(&outcome))
    return print_explain(*e, session, request_.output);
  if (const auto* file = std::get_if<sql::plan_file_outcome>(&outcome))
    return run_plan(*file, session);
  const auto& job = std::get<sql::job_outcome>(outcome);
  if (request_.verify_batch) {
    MILLRACE_TRY(const bool same, cli::verify_batch(job, session, jobs_));
    differs_ = differs_ || !same;
    return {};
  }
  return job.kind == sql::job_kind::select ? select(job, session) : insert(job, session);
}

result<void> script_runner::select(const sql::job_outcome& job, const sql::session& session) {
  MILLRACE_TRY(const auto running, start_select(job, session, jobs_, request_.output));
  output_closed_ = print_results(running) == reading::closed;
  auto ended = wait_for(running.job);
  running.printer->finish();
  if (running.printer->live()) std::printf("%s\n", progress_of(running.job).c_str());
  std::fflush(stdout);
  if (!request_.quiet) warn_of_losses(running.job);
  return ended;
}

result<void> script_runner::insert(const sql::job_outcome& job, const sql::session& session) {
  MILLRACE_TRY(const bool sync, option_reader(session.options()).boolean("table.dml-sync", false));
  MILLRACE_TRY(const running_job running, start_insert(job, session, jobs_));
  return sync ? await(running) : result<void>();
}

result<void> script_runner::run_plan(const sql::plan_file_outcome& file,
                                     const sql::session& session) {
  MILLRACE_TRY(const auto running, start_plan_file(file, session, jobs_));
  MILLRACE_TRY(const bool sync, option_reader(session.options()).boolean("table.dml-sync", false));
  return running && sync ? await(*running) : result<void>();
}

result<void> script_runner::await(const running_job& job) const {
  const bool draw = !request_.quiet && isatty(STDERR_FILENO) != 0;
  while (!job.handle->wait_for(redraw_every)) {
    if (draw) report(job, "\r\x1b[K");
  }
  return wait_for(job);
}

result<void> script_runner::await_all() const {
  result<void> first;
  for (const running_job& job : jobs_.all()) {
    auto ended = await(job);
    if (job.name != "SELECT" && !request_.quiet) {
      report(job, isatty(STDERR_FILENO) != 0 ? "\r\x1b[K" : "");
      std::fprintf(stderr, "%s\n", ended.ok() ? " | finished" : " | stopped");
    }
    if (!ended && !job.stopped && first.ok()) first = ended.take_error();
  }
  return first;
}

void script_runner::report(const running_job& job, const char* how) const {
  std::fprintf(stderr, "%s%s: %s", how, job.name.c_str(), progress_of(job).c_str());
  std::fflush(stderr);
}

}  // namespace

int run_script(const run_request& request) { return script_runner(request).run(); }

}  // namespace millrace::cli
