#include "tests/support/slt/runner.hpp"

#include "core/connectors/feed/feed.hpp"
#include "core/connectors/registry.hpp"
#include "core/data/civil_time.hpp"
#include "core/data/text_table.hpp"
#include "core/plan/explain/explain.hpp"
#include "core/plan/planner.hpp"
#include "core/sql/parse/parser.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <thread>

namespace millrace::testing {
namespace {

using kind = slt_step::kind;

// Of a job that takes a checkpoint every few rows.
constexpr int most_crashes = 50;

error failure(std::string text) { return make_error(errc::internal, std::move(text)); }

// Rows as text with their counts, in the order in which they came to stay.
class folder {
 public:
  void add(const data::record_batch& batch) {
    for (std::uint32_t i = 0; i < batch.row_count(); ++i) {
      const auto row = batch.row_at(i);
      std::string text;
      for (const auto& column : batch.columns()) {
        if (!text.empty()) text += " | ";
        data::print_cell(text, *column, row);
      }
      if (data::adds(batch.kind_at(row)))
        rows_.push_back(std::move(text));
      else
        take_back(text);
    }
  }
  result<std::vector<std::string>> take() {
    if (!missing_.empty()) return failure("taken back, but never there: " + missing_);
    return std::move(rows_);
  }

 private:
  void take_back(const std::string& text) {
    const auto at = std::find(rows_.rbegin(), rows_.rend(), text);
    if (at == rows_.rend())
      missing_ = text;
    else
      rows_.erase(std::next(at).base());
  }
  std::vector<std::string> rows_;
  std::string missing_;
};

std::string joined(const std::vector<std::string>& lines) {
  std::string out;
  for (const auto& line : lines) out += "    " + line + "\n";
  return out;
}

data::schema physical_schema(const plan::table_definition& table) {
  data::schema s;
  for (const auto& c : table.columns)
    if (c.kind == plan::column_kind::physical) s.fields.push_back({c.name, c.type});
  return s;
}

}  // namespace

slt_runner::slt_runner(actors::engine& engine, const slt_mode& mode)
    : engine_(engine), mode_(mode), session_(connectors::check_table_options, mode.options) {}

std::vector<std::string> slt_runner::run(const slt_script& script) {
  std::vector<std::string> failures;
  for (const auto& step : script.steps) {
    if (step.order_sensitive && !mode_.keeps_order) continue;
    if (auto done = run_step(step); !done.ok())
      failures.push_back(fmt::format("line {}: {}", step.line, to_text(done.error(), step.sql)));
  }
  return failures;
}

result<void> slt_runner::run_step(const slt_step& step) {
  switch (step.what) {
    case kind::statement_ok: return run_statement(step.sql);
    case kind::statement_error: return expect_error(step);
    case kind::query: return run_query(step);
    case kind::explain: return run_explain(step);
    case kind::feed:
    case kind::watermark:
    case kind::barrier:
    case kind::crash:
    case kind::restart: fed_.push_back(step); return {};
  }
  return {};
}

result<void> slt_runner::run_statement(const std::string& sql) {
  MILLRACE_TRY(const auto statements, sql::parse_script(sql));
  for (const auto& statement : statements) {
    MILLRACE_TRY(const auto outcome, session_.execute(statement));
    if (const auto* job = std::get_if<sql::job_outcome>(&outcome)) {
      MILLRACE_TRY(const auto rows, run_job(*job));
      (void)rows;
    }
  }
  return {};
}

result<void> slt_runner::expect_error(const slt_step& step) {
  const auto done = run_statement(step.sql);
  if (done.ok()) return failure("an error was expected, but it passed");
  const auto code = static_cast<std::uint16_t>(done.error().code);
  if (step.error_code == 0 || code == step.error_code) return {};
  return failure(
      fmt::format("error {} was expected, but it was: {}", step.error_code, to_text(done.error())));
}

result<void> slt_runner::run_query(const slt_step& step) {
  MILLRACE_TRY(const auto statements, sql::parse_script(step.sql));
  if (statements.size() != 1) return failure("a query step holds one statement");
  MILLRACE_TRY(const auto outcome, session_.execute(statements[0]));
  const auto* job = std::get_if<sql::job_outcome>(&outcome);
  if (job == nullptr) return failure("the statement is no query");
  MILLRACE_TRY(auto rows, run_job(*job));
  auto expected = step.expected;
  if (step.row_sort || !mode_.keeps_order) {
    std::sort(rows.begin(), rows.end());
    std::sort(expected.begin(), expected.end());
  }
  if (rows == expected) return {};
  return failure(
      fmt::format("rows differ\n  expected:\n{}  got:\n{}", joined(expected), joined(rows)));
}

result<void> slt_runner::run_explain(const slt_step& step) {
  if (mode_.name != "plain") return {};  // other modes have other plans
  MILLRACE_TRY(const auto statements, sql::parse_script(step.sql));
  MILLRACE_TRY(const auto outcome, session_.execute(statements.at(0)));
  const auto* job = std::get_if<sql::job_outcome>(&outcome);
  if (job == nullptr) return failure("the statement is no query");
  MILLRACE_TRY(const auto plan, plan_of(*job));
  const auto text = plan::explain_tree(plan);
  std::string expected;
  for (const auto& line : step.expected) expected += line + "\n";
  if (text == expected) return {};
  return failure(fmt::format("the plan is\n{}", text));
}

result<plan::physical_plan> slt_runner::plan_of(const sql::job_outcome& job,
                                                std::uint32_t parallelism) const {
  auto options = session_.options();
  if (parallelism > 0) options["parallelism.default"] = fmt::format("{}", parallelism);
  return plan::plan_job({job.sinks, std::move(options), connectors::traits_of});
}

result<void> slt_runner::push_feed(const slt_step& step) {
  MILLRACE_TRY(const auto path, session_.objects().complete({sql::name{step.table, true, {}}}));
  const auto entry = session_.objects().find(path);
  if (!entry.table) return failure(fmt::format("no table '{}' to feed", step.table));
  const auto name = option_reader(entry.table->options).text("feed.name");
  const auto queue = connectors::feed::open_feed(name);
  if (step.what == kind::watermark) {
    const auto time = data::parse_timestamp(step.text, 3);
    if (!time) return failure(fmt::format("'{}' is no time stamp", step.text));
    queue->push(data::watermark{*time});
    return {};
  }
  MILLRACE_TRY(auto batch, data::parse_table(physical_schema(*entry.table), step.text));
  queue->push(std::move(batch));
  return {};
}

result<std::vector<std::string>> slt_runner::run_job(const sql::job_outcome& outcome) {
  MILLRACE_TRY(auto plan, plan_of(outcome));
  std::set<std::string> feeds;
  for (const auto& node : plan.nodes)
    if (const auto* source = std::get_if<plan::source_spec>(&node.spec))
      if (const auto name = option_reader(source->table->options).text("feed.name"); !name.empty())
        feeds.insert(name);
  for (const auto& name : feeds) connectors::feed::drop_feed(name);
  std::vector<std::shared_ptr<connectors::feed::feed_queue>> queues;
  for (const auto& name : feeds) queues.push_back(connectors::feed::open_feed(name));

  restarted_job job(
      engine_, [&](std::uint32_t parallelism) { return plan_of(outcome, parallelism); },
      restarts());
  MILLRACE_CHECK(job.start());
  auto fed = feed(job);
  if (fed.ok() && mode_.crash && feeds.empty()) fed = disturb(job);
  if (!fed.ok()) job.cancel();
  for (const auto& queue : queues) queue->close();
  job.wake();
  MILLRACE_TRY(const auto batches, job.finish());
  if (!fed.ok()) return fed.error();
  folder rows;
  for (const auto& batch : batches) rows.add(*batch);
  return rows.take();
}

bool slt_runner::restarts() const {
  return mode_.crash || std::any_of(fed_.begin(), fed_.end(), [](const slt_step& step) {
           return step.what == kind::crash || step.what == kind::restart;
         });
}

std::uint32_t slt_runner::next_parallelism() {
  if (mode_.rescale.empty()) return 0;
  return mode_.rescale[restart_count_++ % mode_.rescale.size()];
}

// A crash loses what came behind the last barrier: some of the rows fed since are under way by
// then.
result<void> slt_runner::feed(restarted_job& job) {
  bool crash_due = false;
  for (const auto& step : fed_) {
    const bool rows = step.what == kind::feed || step.what == kind::watermark;
    if (rows) MILLRACE_CHECK(push_feed(step));
    job.wake();
    if (crash_due || step.what == kind::crash) MILLRACE_CHECK(job.crash(next_parallelism()));
    crash_due = false;
    if (step.what == kind::crash || (rows && !mode_.barrier_after_feed)) continue;
    // A job that has failed or ended meanwhile says why at its end.
    if (!job.checkpoint()) return {};
    if (step.what == kind::restart) MILLRACE_CHECK(job.crash(step.parallelism));
    crash_due = mode_.crash;
  }
  return crash_due ? job.crash(next_parallelism()) : result<void>();
}

// Nothing is fed: the job is crashed wherever it happens to be, or behind every so many rows.
result<void> slt_runner::disturb(restarted_job& job) {
  if (mode_.options.contains("millrace.test.barrier-rows")) {
    for (int i = 0; i < most_crashes && job.await_checkpoint(); ++i) {
      MILLRACE_CHECK(job.crash(next_parallelism()));
    }
    return {};
  }
  for (int i = 0; i < 2 && job.checkpoint(); ++i) MILLRACE_CHECK(job.crash(next_parallelism()));
  return {};
}

}  // namespace millrace::testing
