#include "cli/run_command.hpp"

#include "actors/jobs/job_runner.hpp"
#include "actors/system/engine.hpp"
#include "cli/exit_code.hpp"
#include "cli/explain_command.hpp"
#include "cli/interrupt.hpp"
#include "cli/output_position.hpp"
#include "cli/progress.hpp"
#include "cli/run_metrics.hpp"
#include "core/connectors/registry.hpp"
#include "core/expr/temporal/time_zone.hpp"
#include "core/plan/explain/explain.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <functional>
#include <mutex>
#include <optional>
#include <random>
#include <utility>

namespace millrace::cli {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds redraw_every{200};

bool is_bounded(const plan::physical_plan& plan) {
  for (const auto& node : plan.nodes) {
    const auto* source = std::get_if<plan::source_spec>(&node.spec);
    if (source == nullptr) continue;
    const auto traits = connectors::traits_of(*source->table);
    if (!traits.ok() || !traits->bounded) return false;
  }
  return true;
}

std::vector<std::string> column_names(const plan::logical_node& sink) {
  const auto& columns = sink.columns.empty() ? sink.inputs.at(0)->columns : sink.columns;
  std::vector<std::string> names;
  for (const auto& c : columns) names.push_back(c.name);
  return names;
}

/// A job that runs, with its name and start for the progress line, and its statement's place.
struct running_job {
  std::string name;
  std::shared_ptr<actors::job> handle;
  std::int64_t started_us = 0;
  job_state state;
  text_position at = {};
  [[nodiscard]] std::int64_t elapsed_us() const { return system_clock().steady_us() - started_us; }
};

// The end of a job. What a connector refuses of a table only when a job opens it is no fault of
// the statement's words; the statement is the nearest place there is.
result<void> wait_for(const running_job& job) {
  auto ended = job.handle->wait();
  if (ended.ok()) return ended;
  error e = ended.take_error();
  if (!e.at && exit_code_of(e.code) == exit_sql) e.at = job.at;
  return e;
}

std::string progress_of(const running_job& job) {
  const std::int64_t elapsed = job.elapsed_us();
  return progress_line(read_progress(*job.handle, elapsed), elapsed);
}

// Its rows are not lost, but they are not there either, and the disk may need room.
std::function<void(const error&, std::int64_t)> warn_of_commit(const std::string& name,
                                                               const std::string& folder) {
  return [job = folder.empty() ? name : folder](const error& cause, std::int64_t again_ms) {
    std::fprintf(stderr, "warning: %s: rows are not committed yet: %s%s%s; again in %lld ms\n",
                 job.c_str(), cause.message.c_str(), cause.hint.empty() ? "" : "; ",
                 cause.hint.c_str(), static_cast<long long>(again_ms));
  };
}

class script_runner {
 public:
  explicit script_runner(const run_request& request) : request_(request) {
    watch_.on_interrupt([this] { stop_all(); });
  }

  int run();

 private:
  result<void> take(sql::statement_outcome outcome, const sql::session& session);
  result<void> print_rows(const sql::rows_outcome& rows);
  result<void> explain(const sql::explain_outcome& e, const sql::session& session);
  result<void> select(const sql::job_outcome& job, const sql::session& session);
  result<void> insert(const sql::job_outcome& job, const sql::session& session);
  result<running_job> start(plan::physical_plan plan, std::string name, text_position at,
                            std::shared_ptr<runtime::collect_queue> collect);
  void print_select(const running_job& job, runtime::collect_queue& queue, row_printer& printer);
  void warn_of_losses(const running_job& job) const;
  result<void> await(const running_job& job);
  result<void> await_all();
  void stop_all();
  result<void> write_savepoints() const;
  [[nodiscard]] std::function<void(checkpoint_id, const std::optional<error>&)> checkpoint_log(
      const job_state& state) const;
  void report(const running_job& job, const char* how) const;
  int fail(const error& e, std::string_view text);

  run_request request_;
  interrupt_watch watch_;
  std::optional<actors::engine> engine_;
  run_metrics metrics_;    // goes before the engine
  std::mutex jobs_mutex_;  // the watch's thread cancels
  std::vector<running_job> jobs_;
  bool output_closed_ = false;
};

int script_runner::run() {
  if (auto fits = check_request(request_.checkpoints); !fits) return fail(fits.error(), {});
  if (request_.metrics_port) {
    if (auto served = metrics_.serve(*request_.metrics_port); !served)
      return fail(served.error(), {});
  }
  auto text = load_script(request_.script);
  if (!text) return fail(text.error(), {});
  auto session = open_session(request_.script);
  if (!session) return fail(session.error(), {});
  auto done = execute_script(*text, *session, [&](sql::statement_outcome outcome) {
    return take(std::move(outcome), *session);
  });
  int code = exit_ok;
  if (!done) code = fail(done.error(), *text);
  // What was started before a statement failed goes on to its end.
  if (auto ended = await_all(); !ended && code == exit_ok) code = fail(ended.error(), *text);
  if (auto kept = write_savepoints(); !kept) return fail(kept.error(), *text);
  if (watch_.interrupted()) return exit_interrupted;
  return output_closed_ ? exit_closed : code;
}

int script_runner::fail(const error& e, std::string_view text) {
  const bool follows =
      e.code == errc::runtime_cancelled && (watch_.interrupted() || output_closed_);
  if (!follows) std::fprintf(stderr, "%s\n", to_text(e, text).c_str());
  return exit_code_of(e.code);
}

result<void> script_runner::take(sql::statement_outcome outcome, const sql::session& session) {
  if (watch_.interrupted()) return make_error(errc::runtime_cancelled, "interrupted");
  if (const auto* m = std::get_if<sql::message_outcome>(&outcome)) {
    const bool say = !m->message.empty() && !request_.quiet && isatty(STDERR_FILENO) != 0;
    if (say) std::fprintf(stderr, "%s\n", m->message.c_str());
    return {};
  }
  if (const auto* rows = std::get_if<sql::rows_outcome>(&outcome)) return print_rows(*rows);
  if (const auto* e = std::get_if<sql::explain_outcome>(&outcome)) return explain(*e, session);
  const auto& job = std::get<sql::job_outcome>(outcome);
  return job.kind == sql::job_kind::select ? select(job, session) : insert(job, session);
}

result<void> script_runner::print_rows(const sql::rows_outcome& rows) {
  if (rows.is_text && request_.output == output_form::table) {
    std::string text;
    data::append_value_text(text, *rows.rows->columns().at(0), 0, {});
    std::printf("%s\n", text.c_str());
    std::fflush(stdout);
    return {};
  }
  std::vector<std::string> names;
  for (const auto& f : rows.columns.fields) names.push_back(f.name);
  auto printer = make_printer({request_.output, false, true}, std::move(names));
  if (rows.rows) printer->rows(*rows.rows);
  printer->finish();
  return {};
}

result<void> script_runner::explain(const sql::explain_outcome& e, const sql::session& session) {
  MILLRACE_TRY(const auto plan, plan_outcome(e.job, session));
  for (const std::string& w : plan.warnings) std::fprintf(stderr, "warning: %s\n", w.c_str());
  warn_of_growth(plan);
  std::string text = plan::explain_tree(plan);
  if (std::ranges::count(e.details, "JSON_EXECUTION_PLAN") > 0)
    text += "\n" + plan::explain_json(plan);
  while (text.ends_with('\n')) text.pop_back();
  return print_rows(sql::text_outcome("result", text));
}

result<void> script_runner::select(const sql::job_outcome& job, const sql::session& session) {
  MILLRACE_TRY(auto plan, plan_outcome(job, session));
  const option_reader options(session.options());
  MILLRACE_TRY(auto zone, expr::time_zone::find(options.text("table.local-time-zone", "UTC")));
  const printer_choice choice{request_.output, isatty(STDOUT_FILENO) != 0, is_bounded(plan),
                              std::move(zone)};
  auto printer = make_printer(choice, column_names(*job.sinks.at(0)));
  auto queue = std::make_shared<runtime::collect_queue>();
  MILLRACE_TRY(const running_job running, start(std::move(plan), "SELECT", job.at, queue));
  MILLRACE_CHECK(rewind_output(running.state.output));
  print_select(running, *queue, *printer);
  auto ended = wait_for(running);
  printer->finish();
  if (printer->live()) std::printf("%s\n", progress_of(running).c_str());
  std::fflush(stdout);
  warn_of_losses(running);
  return ended;
}

// The rows of a query say nothing of those that are missing, and its progress line is gone by now.
void script_runner::warn_of_losses(const running_job& job) const {
  const std::string losses = losses_line(read_progress(*job.handle, job.elapsed_us()));
  if (!losses.empty() && !request_.quiet) std::fprintf(stderr, "warning: %s\n", losses.c_str());
}

// What goes wrong with one checkpoint is no failure of the job, but must not pass unseen.
std::function<void(checkpoint_id, const std::optional<error>&)> script_runner::checkpoint_log(
    const job_state& state) const {
  return [name = state.name, claimed = state.claimed, all = request_.log_checkpoints](
             checkpoint_id id, const std::optional<error>& cause) mutable {
    if (!cause) drop_claimed(std::exchange(claimed, {}));
    const auto number = static_cast<unsigned long long>(id.value);
    if (cause) {
      std::fprintf(stderr, "warning: %s: checkpoint %llu failed: %s%s%s\n", name.c_str(), number,
                   cause->message.c_str(), cause->hint.empty() ? "" : "; ", cause->hint.c_str());
    } else if (all) {
      std::fprintf(stderr, "%s: checkpoint %llu is complete\n", name.c_str(), number);
    }
  };
}

void script_runner::print_select(const running_job& job, runtime::collect_queue& queue,
                                 row_printer& printer) {
  std::int64_t drawn_us = 0;
  while (!queue.drained()) {
    const auto batch = queue.take(printer.live() ? redraw_every : milliseconds(3'600'000));
    if (batch) printer.rows(*batch);
    if (printer.failed()) {
      output_closed_ = true;
      job.handle->cancel();
    }
    const std::int64_t elapsed = job.elapsed_us();
    if (!printer.live() || elapsed - drawn_us < redraw_every / std::chrono::microseconds(1))
      continue;
    drawn_us = elapsed;
    printer.refresh(progress_of(job));
  }
}

result<void> script_runner::insert(const sql::job_outcome& job, const sql::session& session) {
  MILLRACE_TRY(auto plan, plan_outcome(job, session));
  MILLRACE_TRY(const bool sync, option_reader(session.options()).boolean("table.dml-sync", false));
  const std::string name =
      job.sinks.size() == 1 ? "INSERT" : "statement set of " + std::to_string(job.sinks.size());
  MILLRACE_TRY(const running_job running, start(std::move(plan), name, job.at, nullptr));
  return sync ? await(running) : result<void>();
}

result<running_job> script_runner::start(plan::physical_plan plan, std::string name,
                                         text_position at,
                                         std::shared_ptr<runtime::collect_queue> collect) {
  for (const std::string& w : plan.warnings) std::fprintf(stderr, "warning: %s\n", w.c_str());
  if (!engine_) engine_.emplace(actors::engine_options{.memory_bytes = request_.memory_bytes});
  actors::job_options options;
  options.collect = std::move(collect);
  options.random_seed = std::random_device{}();
  running_job job{std::move(name), nullptr, system_clock().steady_us(), {}, at};
  const auto ordinal = static_cast<std::uint32_t>(jobs_.size() + 1);
  MILLRACE_TRY(job.state, open_job_state(request_.checkpoints, ordinal, plan));
  job.state.give_to(options);
  if (options.collect && options.checkpoints) options.output_position = output_position;
  options.on_checkpoint = checkpoint_log(job.state);
  options.on_commit_failure = warn_of_commit(job.name, job.state.name);
  MILLRACE_TRY(job.handle, actors::start_job(*engine_, std::move(plan), std::move(options)));
  const std::lock_guard lock(jobs_mutex_);
  jobs_.push_back(job);
  metrics_.add(job.state.name, job.handle, *engine_);
  if (watch_.interrupted()) job.handle->cancel();
  return job;
}

result<void> script_runner::await(const running_job& job) {
  const bool draw = !request_.quiet && isatty(STDERR_FILENO) != 0;
  while (!job.handle->wait_for(redraw_every)) {
    if (draw) report(job, "\r\x1b[K");
  }
  return wait_for(job);
}

result<void> script_runner::await_all() {
  result<void> first;
  for (const running_job& job : jobs_) {
    auto ended = await(job);
    if (job.name != "SELECT" && !request_.quiet) {
      report(job, isatty(STDERR_FILENO) != 0 ? "\r\x1b[K" : "");
      std::fprintf(stderr, "%s\n", ended.ok() ? " | finished" : " | stopped");
    }
    if (!ended && first.ok()) first = ended.take_error();
  }
  return first;
}

void script_runner::report(const running_job& job, const char* how) const {
  std::fprintf(stderr, "%s%s: %s", how, job.name.c_str(), progress_of(job).c_str());
  std::fflush(stderr);
}

void script_runner::stop_all() {
  std::vector<running_job> jobs;
  {
    const std::lock_guard lock(jobs_mutex_);
    jobs = jobs_;
  }
  for (const running_job& job : jobs) {
    // A job that has ended, or cannot take one, says why at its end.
    if (request_.checkpoints.savepoint_on_exit) static_cast<void>(job.handle->checkpoint(true));
    job.handle->cancel();
  }
}

result<void> script_runner::write_savepoints() const {
  if (!request_.checkpoints.savepoint_on_exit || !watch_.interrupted()) return {};
  for (const running_job& job : jobs_) {
    MILLRACE_TRY(const auto path, write_savepoint(request_.checkpoints, job.state));
    if (!path.empty()) std::fprintf(stderr, "%s: savepoint %s\n", job.name.c_str(), path.c_str());
  }
  return {};
}

}  // namespace

int run_script(const run_request& request) { return script_runner(request).run(); }

}  // namespace millrace::cli
