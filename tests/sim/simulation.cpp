#include "tests/sim/simulation.hpp"

#include "actors/jobs/job_runner.hpp"
#include "cli/script.hpp"
#include "core/connectors/feed/feed.hpp"
#include "core/coordination/memory_snapshot_store.hpp"
#include "core/data/text_table.hpp"
#include "tests/sim/mortal_store.hpp"
#include "tests/sim/scheduler.hpp"
#include "tests/sim/settings.hpp"

#include <fmt/format.h>

#include <stdlib.h>

#include <filesystem>
#include <memory>
#include <optional>
#include <utility>

namespace millrace::sim {

namespace {

namespace feed = connectors::feed;

constexpr std::uint64_t most_steps = 3'000'000;
// Time stands still unless somebody waits for it; a job that waits longer than this never ends.
constexpr std::size_t most_waits = 5000;

error failure(std::string text) { return make_error(errc::internal, std::move(text)); }

dice seeded(const sim_job& job, std::uint64_t seed) { return dice(seed).split(job.name); }

data::schema table_schema() {
  using data::type_id;
  data::schema s;
  s.fields = {{"k", data::data_type::string()},
              {"v", data::data_type(type_id::integer)},
              {"id", data::data_type(type_id::bigint)},
              {"ts", data::data_type::timestamp(3)}};
  return s;
}

// A folder of its own for what sinks write; removed at the end.
class scratch_folder {
 public:
  scratch_folder() {
    std::string name = (std::filesystem::temp_directory_path() / "millrace-sim-XXXXXX").string();
    if (mkdtemp(name.data()) != nullptr) path_ = name;
  }
  ~scratch_folder() {
    std::error_code ignored;
    if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
  }
  scratch_folder(const scratch_folder&) = delete;
  scratch_folder& operator=(const scratch_folder&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

// One job under one seed, over all of its attempts.
class simulation {
 public:
  simulation(const sim_job& job, std::uint64_t seed, sim_settings settings, std::FILE* echo);
  ~simulation();
  result<sim_report> run();

 private:
  result<void> plan();
  result<void> start();
  result<void> restart();
  result<bool> ended();
  result<void> step();
  result<void> wait();
  result<void> feed_next();
  void take_rows();
  [[nodiscard]] bool crash_due();
  result<void> crash();
  result<sim_report> report();

  const sim_job& job_;
  sim_settings settings_;
  trace trace_;
  dice dice_;
  scratch_folder folder_;
  std::vector<input_step> input_;
  std::size_t fed_ = 0;
  bool closed_ = false;
  std::vector<std::shared_ptr<feed::feed_queue>> queues_;
  sql::session session_;
  std::optional<sql::job_outcome> outcome_;
  std::shared_ptr<coordination::snapshot_store> kept_;
  scheduler scheduler_;

  // The attempt that runs.
  std::shared_ptr<mortal_store> store_;
  std::shared_ptr<runtime::collect_queue> queue_;
  std::shared_ptr<actors::job> attempt_;
  checkpoint_id settled_;
  std::size_t waits_ = 0;

  sim_report report_;
};

simulation::simulation(const sim_job& job, std::uint64_t seed, sim_settings settings,
                       std::FILE* echo)
    : job_(job),
      settings_(std::move(settings)),
      trace_(echo),
      dice_(seeded(job, seed).split("disturbances")),
      input_(make_input(job.input, seeded(job, seed).split("input"))),
      session_(connectors::check_table_options, settings_.options),
      scheduler_(seeded(job, seed).split("order"), settings_.ordered, trace_) {
  if (!settings_.ordered) kept_ = std::make_shared<coordination::memory_snapshot_store>();
  for (const std::string_view table : table_names) {
    const std::string name = "sim_" + std::string(table);
    feed::drop_feed(name);
    queues_.push_back(feed::open_feed(name));
  }
}

simulation::~simulation() {
  if (attempt_) attempt_->cancel();
  while (!scheduler_.idle()) scheduler_.step();
}

result<sim_report> simulation::run() {
  MILLRACE_CHECK(plan());
  MILLRACE_CHECK(start());
  while (settings_.ordered && fed_ < input_.size()) MILLRACE_CHECK(feed_next());
  for (;;) {
    MILLRACE_TRY(const bool over, ended());
    if (over) return report();
    MILLRACE_CHECK(step());
  }
}

result<void> simulation::plan() {
  std::string sql(job_.sql);
  for (std::size_t at = 0; (at = sql.find("{out}")) != std::string::npos;) {
    sql.replace(at, 5, folder_.path());
  }
  const auto take = [this](sql::statement_outcome outcome) -> result<void> {
    if (auto* job = std::get_if<sql::job_outcome>(&outcome)) outcome_ = std::move(*job);
    return {};
  };
  MILLRACE_CHECK(cli::execute_script(std::string(tables_sql()) + sql + ";", session_, take));
  if (!outcome_) return failure("the statements hold no job");
  return {};
}

result<void> simulation::start() {
  const auto subtasks = dice_.between(1, settings_.parallelism);
  MILLRACE_CHECK(session_.set("parallelism.default", std::to_string(subtasks)));
  MILLRACE_TRY(auto plan, cli::plan_outcome(*outcome_, session_));
  trace_.note("start", static_cast<std::uint64_t>(subtasks));
  queue_ = std::make_shared<runtime::collect_queue>(dice_.once_in(2) ? 200 : 1 << 20);
  actors::job_options options;
  options.collect = queue_;
  options.time = &scheduler_.time();
  options.io = &scheduler_.io();
  settled_ = checkpoint_id();
  if (kept_) {
    const std::size_t failing =
        report_.crashes > 2 * settings_.crashes ? 0 : settings_.failing_every;
    store_ = std::make_shared<mortal_store>(kept_, dice_.split("store"), failing);
    options.checkpoints = store_;
    options.job_id = "sim";
    options.on_checkpoint = [this](checkpoint_id id, const std::optional<error>& cause) {
      trace_.note(cause ? "gave up" : "complete", id.value);
      if (cause) return;
      settled_ = id;
      ++report_.checkpoints;
    };
    MILLRACE_TRY(auto found,
                 kept_->latest(coordination::verification::presence, checkpoint_id(UINT64_MAX)));
    if (found) {
      options.restore =
          std::make_shared<coordination::restore_plan>(std::move(found->manifest), kept_);
    }
  }
  MILLRACE_TRY(attempt_, actors::start_job(scheduler_.engine(), std::move(plan), options));
  waits_ = 0;
  return {};
}

// A job that a failed write has ended starts again, like one that a crash has.
result<bool> simulation::ended() {
  const auto status = attempt_->status();
  if (!coordination::is_final(status)) return false;
  take_rows();
  const auto end = attempt_->wait();
  if (end.ok()) return true;
  if (end.error().message.find("simulated") == std::string::npos) return end.error();
  MILLRACE_CHECK(restart());
  return false;
}

result<void> simulation::restart() {
  ++report_.crashes;
  return start();
}

result<void> simulation::step() {
  if (trace_.steps() > most_steps) return failure("the job does not end");
  if (crash_due()) return crash();
  if (scheduler_.idle()) return wait();
  const bool feeds_early = job_.idle_ms == 0 && !settings_.ordered;
  if (feeds_early && dice_.once_in(settings_.feed_every)) return feed_next();
  if (settings_.hurry_every > 0 && fed_ < input_.size() && dice_.once_in(settings_.hurry_every)) {
    scheduler_.pass_time(dice_.between(1, 20));
  }
  if (dice_.once_in(20)) take_rows();
  if (!scheduler_.idle()) scheduler_.step();
  return {};
}

// Nobody has anything to do until rows come or time goes on.
result<void> simulation::wait() {
  take_rows();
  if (!scheduler_.idle()) return {};
  if (fed_ < input_.size() && !dice_.once_in(3)) return feed_next();
  if (fed_ == input_.size() && !closed_) return feed_next();
  if (++waits_ > most_waits) return failure("the job stands still");
  constexpr std::int64_t spans[] = {1, 5, 20, 100, 500, 2000};
  scheduler_.pass_time(dice_.pick(spans));
  return {};
}

result<void> simulation::feed_next() {
  if (fed_ < input_.size()) {
    const input_step& next = input_[fed_++];
    trace_.note("feed", next.table);
    MILLRACE_TRY(auto batch, data::parse_table(table_schema(), rows_text(next)));
    queues_[next.table]->push(std::move(batch));
  } else if (!closed_) {
    trace_.note("close", 0);
    closed_ = true;
    for (const auto& queue : queues_) queue->close();
  }
  return {};
}

void simulation::take_rows() {
  while (const auto batch = queue_->take(std::chrono::microseconds(0))) {
    trace_.note("rows", batch->row_count());
    apply(report_.rows, *batch);
  }
}

// The rows of a SELECT live in the process: those of a checkpoint that is durable already must
// have come out.
bool simulation::crash_due() {
  if (settings_.crashes <= report_.crashes || !dice_.once_in(settings_.crash_every)) return false;
  return outcome_->kind == sql::job_kind::insert || store_->completed() == settled_;
}

result<void> simulation::crash() {
  trace_.note("crash", 0);
  take_rows();
  store_->die();
  attempt_->cancel();
  while (!coordination::is_final(attempt_->status())) {
    if (scheduler_.idle()) return failure("the job does not stop");
    scheduler_.step();
  }
  while (!scheduler_.idle()) scheduler_.step();
  return restart();
}

result<sim_report> simulation::report() {
  MILLRACE_CHECK(apply_files(report_.rows, folder_.path()));
  report_.hash = trace_.hash();
  report_.steps = trace_.steps();
  return std::move(report_);
}

}  // namespace

result<sim_report> run_disturbed(const sim_job& job, std::uint64_t seed, std::FILE* echo) {
  return simulation(job, seed, disturbed(job, seeded(job, seed).split("settings")), echo).run();
}

result<sim_report> run_undisturbed(const sim_job& job, std::uint64_t seed) {
  return simulation(job, seed, undisturbed(job), nullptr).run();
}

result<sim_report> check_seed(const sim_job& job, std::uint64_t seed, std::FILE* echo) {
  MILLRACE_TRY(const auto expected, run_undisturbed(job, seed));
  if (job.reference != nullptr) {
    const auto reference = job.reference(make_input(job.input, seeded(job, seed).split("input")));
    if (reference != expected.rows) {
      return failure("an undisturbed run differs from the reference\n" +
                     difference(reference, expected.rows));
    }
  }
  MILLRACE_TRY(auto got, run_disturbed(job, seed, echo));
  if (got.rows == expected.rows) return got;
  return failure("the result differs from the undisturbed run, with " +
                 describe(disturbed(job, seeded(job, seed).split("settings"))) + "\n" +
                 difference(expected.rows, got.rows));
}

}  // namespace millrace::sim
