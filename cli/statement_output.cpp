#include "cli/statement_output.hpp"

#include "cli/explain_command.hpp"
#include "cli/output_position.hpp"
#include "cli/plan_file.hpp"
#include "cli/progress.hpp"
#include "cli/script.hpp"
#include "core/connectors/registry.hpp"
#include "core/expr/temporal/time_zone.hpp"
#include "core/plan/explain/explain.hpp"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
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

auto zone_of(const sql::session& session) {
  const option_reader options(session.options());
  return expr::time_zone::find(options.text("table.local-time-zone", "UTC"));
}

// The rows that are on their way nobody wants any more.
void drop_rest(runtime::collect_queue& rows) {
  while (!rows.drained()) static_cast<void>(rows.take(redraw_every));
}

}  // namespace

result<void> print_rows(const sql::rows_outcome& rows, const sql::session& session,
                        output_form form) {
  if (rows.is_text && form == output_form::table) {
    std::string text;
    data::append_value_text(text, *rows.rows->columns().at(0), 0, {});
    std::printf("%s\n", text.c_str());
    std::fflush(stdout);
    return {};
  }
  std::vector<std::string> names;
  for (const auto& f : rows.columns.fields) names.push_back(f.name);
  MILLRACE_TRY(auto zone, zone_of(session));
  auto printer = make_printer({form, false, true, std::move(zone)}, std::move(names));
  if (rows.rows) printer->rows(*rows.rows);
  printer->finish();
  return {};
}

result<void> print_explain(const sql::explain_outcome& what, const sql::session& session,
                           output_form form) {
  MILLRACE_TRY(const auto plan, plan_outcome(what.job, session));
  for (const std::string& w : plan.warnings) std::fprintf(stderr, "warning: %s\n", w.c_str());
  warn_of_growth(plan);
  std::string text = plan::explain_tree(plan);
  if (std::ranges::count(what.details, "JSON_EXECUTION_PLAN") > 0)
    text += "\n" + plan::explain_json(plan);
  while (text.ends_with('\n')) text.pop_back();
  return print_rows(sql::text_outcome("result", text), session, form);
}

result<running_select> start_select(const sql::job_outcome& select, const sql::session& session,
                                    running_jobs& jobs, output_form form, std::size_t most_rows) {
  MILLRACE_TRY(auto plan, plan_outcome(select, session));
  MILLRACE_TRY(auto zone, zone_of(session));
  const printer_choice choice{form, isatty(STDOUT_FILENO) != 0, is_bounded(plan), std::move(zone),
                              most_rows};
  running_select started;
  started.printer = make_printer(choice, column_names(*select.sinks.at(0)));
  started.bounded = choice.bounded;
  started.rows = std::make_shared<runtime::collect_queue>();
  MILLRACE_TRY(started.job, jobs.start(std::move(plan), "SELECT", select.at, started.rows));
  MILLRACE_CHECK(rewind_output(started.job.state.output));
  return started;
}

reading print_results(const running_select& select, const std::function<bool()>& enough) {
  row_printer& printer = *select.printer;
  const milliseconds patience = printer.live() || enough ? redraw_every : milliseconds(3'600'000);
  std::int64_t drawn_us = 0;
  reading how = reading::all;
  while (!select.rows->drained()) {
    if (const auto batch = select.rows->take(patience)) printer.rows(*batch);
    if (printer.failed()) how = reading::closed;
    if (enough && enough()) how = reading::left;
    if (how != reading::all) {
      select.job.handle->cancel();
      drop_rest(*select.rows);
      break;
    }
    const std::int64_t elapsed = select.job.elapsed_us();
    if (!printer.live() || elapsed - drawn_us < redraw_every / std::chrono::microseconds(1))
      continue;
    drawn_us = elapsed;
    printer.refresh(progress_of(select.job));
  }
  return how;
}

result<running_job> start_insert(const sql::job_outcome& insert, const sql::session& session,
                                 running_jobs& jobs) {
  MILLRACE_TRY(auto plan, plan_outcome(insert, session));
  std::string name = insert.sinks.size() == 1
                         ? "INSERT"
                         : "statement set of " + std::to_string(insert.sinks.size());
  return jobs.start(std::move(plan), std::move(name), insert.at, nullptr);
}

result<std::optional<running_job>> start_plan_file(const sql::plan_file_outcome& file,
                                                   const sql::session& session,
                                                   running_jobs& jobs) {
  auto taken = take_plan_file(file, session);
  if (!taken.ok()) {
    auto e = taken.take_error();
    e.at = file.at;
    return e;
  }
  if (!*taken) return std::optional<running_job>();
  MILLRACE_TRY(auto job, jobs.start(*std::move(*taken), "INSERT", file.at, nullptr));
  return std::optional(std::move(job));
}

// The rows of a query say nothing of those that are missing, and its progress line is gone by now.
void warn_of_losses(const running_job& job) {
  const std::string losses = losses_line(read_progress(*job.handle, job.elapsed_us()));
  if (!losses.empty()) std::fprintf(stderr, "warning: %s\n", losses.c_str());
}

}  // namespace millrace::cli
