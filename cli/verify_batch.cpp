#include "cli/verify_batch.hpp"

#include "cli/folded_rows.hpp"
#include "cli/progress.hpp"
#include "cli/script.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <limits>
#include <string>
#include <vector>

namespace millrace::cli {

namespace {

using sorted_rows = std::vector<text_row>;

// What one of the two ways gave.
struct finished_run {
  sorted_rows rows;
  std::string losses;  ///< what the job left out
};

// The query of a sink, its rows for us.
plan::logical_ptr collected(const plan::logical_ptr& sink) {
  if (std::get<plan::sink_node>(sink->detail).collect) return sink;
  plan::logical_node made;
  plan::sink_node to;
  to.collect = true;
  made.detail = std::move(to);
  made.inputs = sink->inputs;
  made.columns = sink->inputs[0]->columns;
  return std::make_shared<const plan::logical_node>(std::move(made));
}

result<finished_run> run_as(const std::string& mode, const sql::job_outcome& query,
                            const option_map& options, running_jobs& jobs) {
  auto used = options;
  used["execution.runtime-mode"] = mode;
  MILLRACE_TRY(auto plan, plan_outcome(query, used));
  const auto rows = std::make_shared<runtime::collect_queue>();
  MILLRACE_TRY(const auto job, jobs.start(std::move(plan), "SELECT", query.at, rows));
  folded_rows folded(0);
  while (!rows->drained())
    if (const auto batch = rows->take(std::chrono::hours(1))) folded.apply(*batch);
  MILLRACE_CHECK(wait_for(job));
  finished_run done;
  for (const text_row* row : folded.last(std::numeric_limits<std::size_t>::max()))
    done.rows.push_back(*row);
  std::ranges::sort(done.rows);
  done.losses = losses_line(read_progress(*job.handle, job.elapsed_us()));
  return done;
}

// The smallest row that is in `a` more often than in `b`; null: none.
const text_row* first_extra(const sorted_rows& a, const sorted_rows& b) {
  std::size_t i = 0;
  for (std::size_t j = 0; i < a.size(); ++i, ++j) {
    while (j < b.size() && b[j] < a[i]) ++j;
    if (j == b.size() || b[j] != a[i]) return &a[i];
  }
  return nullptr;
}

void print_extra(const char* who, const text_row* row) {
  if (row != nullptr)
    std::printf("  %s only: %s\n", who, fmt::format("{}", fmt::join(*row, " | ")).c_str());
}

void print_difference(const finished_run& stream, const finished_run& batch) {
  print_extra("stream", first_extra(stream.rows, batch.rows));
  print_extra("batch", first_extra(batch.rows, stream.rows));
  if (!stream.losses.empty())
    std::printf("  by definition: the stream left rows out (%s); in batch mode no row is late\n",
                stream.losses.c_str());
  if (stream.rows.empty() && batch.rows.size() == 1)
    std::printf("  by definition: a total over no rows is a row in batch mode, none on a stream\n");
}

}  // namespace

result<bool> verify_batch(const sql::job_outcome& job, const sql::session& session,
                          running_jobs& jobs) {
  bool same = true;
  for (const auto& sink : job.sinks) {
    const sql::job_outcome query{sql::job_kind::select, {collected(sink)}, job.at};
    MILLRACE_TRY(const auto batch, run_as("BATCH", query, session.options(), jobs));
    MILLRACE_TRY(const auto stream, run_as("STREAMING", query, session.options(), jobs));
    const bool equal = batch.rows == stream.rows;
    std::printf("query at %u:%u: stream %zu rows, batch %zu rows, %s\n", job.at.line, job.at.column,
                stream.rows.size(), batch.rows.size(), equal ? "the same" : "not the same");
    if (!equal) print_difference(stream, batch);
    std::fflush(stdout);
    same = same && equal;
  }
  return same;
}

}  // namespace millrace::cli
