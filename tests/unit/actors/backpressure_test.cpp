#include "actors/jobs/job_runner.hpp"
#include "core/coordination/memory_snapshot_store.hpp"

#include <gtest/gtest.h>

#include <unistd.h>

#include <fstream>
#include <string>

namespace millrace::actors {
namespace {

using plan::exchange_kind;

std::shared_ptr<plan::table_definition> events_table(std::string connector, option_map options) {
  auto table = std::make_shared<plan::table_definition>();
  table->name = connector;
  plan::table_column column;
  column.name = "event_type";
  column.type = data::data_type(data::type_id::integer);
  table->columns.push_back(column);
  table->options = std::move(options);
  table->options["connector"] = std::move(connector);
  return table;
}

/// An endless source in memory, an exchange, and a sink that takes `rate` rows a second.
plan::physical_plan endless_plan(std::uint32_t parallelism, std::string rate) {
  const auto node = [&](std::string name, plan::operator_spec spec,
                        std::vector<plan::physical_edge> inputs, std::uint32_t chain) {
    plan::physical_node n;
    n.name = std::move(name);
    n.spec = std::move(spec);
    n.inputs = std::move(inputs);
    n.parallelism = parallelism;
    n.chain = chain;
    plan::logical_column column;
    column.name = "event_type";
    column.type = data::data_type(data::type_id::integer);
    n.columns = {column};
    return n;
  };
  plan::source_spec source;
  source.table =
      events_table("memory", {{"memory.rows", "100000"}, {"memory.loops", "1000000000"}});
  source.reads = {{0, data::data_type(data::type_id::integer)}};
  plan::sink_spec sink;
  sink.table = events_table("blackhole", {{"rate", std::move(rate)}});
  sink.source_of = {0};
  plan::physical_plan p;
  p.nodes.push_back(node("Source", source, {}, 0));
  p.nodes.push_back(node("Union", plan::union_spec{}, {{0, exchange_kind::rebalance, {}}}, 1));
  p.nodes.push_back(node("Sink", sink, {{1, exchange_kind::hash, {0}}}, 2));
  return p;
}

std::uint64_t rows_read(const job& j) {
  std::uint64_t rows = 0;
  for (const auto& task : j.tasks()) rows += task->source_rows;
  return rows;
}

std::int64_t bytes_queued(const job& j) {
  std::int64_t bytes = 0;
  for (const auto& task : j.tasks()) bytes += task->queued_bytes;
  return bytes;
}

std::int64_t resident_bytes() {
  std::ifstream file("/proc/self/statm");
  std::int64_t all = 0;
  std::int64_t resident = 0;
  file >> all >> resident;
  return resident * sysconf(_SC_PAGE_SIZE);
}

// The sink's clock stands still unless the test moves it, so the source is infinitely faster.
TEST(backpressure_test, a_slow_sink_stops_the_source_and_memory_stays_flat) {
  engine e({.threads = 1, .isolate_control = false, .test_scheduler = true});
  manual_clock time(1'000'000);
  job_options options;
  options.time = &time;
  auto started = start_job(e, endless_plan(2, "1000"), options);
  ASSERT_TRUE(started.ok());
  job& j = **started;
  e.run_until_idle();
  const std::uint64_t read_at_first = rows_read(j);
  const std::int64_t queued_at_first = bytes_queued(j);
  const std::int64_t resident = resident_bytes();
  EXPECT_GT(read_at_first, 0u);
  for (int i = 0; i < 5000; ++i) {
    time.advance(3000);
    e.advance(std::chrono::seconds(3));
  }
  EXPECT_GT(rows_read(j), read_at_first + 500'000);
  EXPECT_LT(bytes_queued(j), queued_at_first + (1 << 20));
  EXPECT_LT(bytes_queued(j), 32 << 20);
  // AddressSanitizer holds on to freed memory, up to 256 MiB of it.
#ifndef __SANITIZE_ADDRESS__
  EXPECT_LT(resident_bytes(), resident + (16 << 20));
#else
  EXPECT_LT(resident_bytes(), resident + (272 << 20));
#endif
  j.cancel();
  e.run_until_idle();
  EXPECT_EQ(j.wait().error().code, errc::runtime_cancelled);
}

/// Starts a job whose sink takes next to nothing, and lets a checkpoint be triggered.
class blocked_sink_test : public testing::Test {
 protected:
  void start(option_map options) {
    plan::physical_plan plan = endless_plan(2, "1");
    plan.options = std::move(options);
    plan.options["execution.checkpointing.interval"] = "1 s";
    job_options how;
    how.time = &time_;
    how.job_id = "blocked";
    how.checkpoints = store_;
    how.on_checkpoint = [this](checkpoint_id, const std::optional<error>& failure) {
      complete_ += failure ? 0 : 1;
    };
    job_ = start_job(engine_, std::move(plan), how).value();
    engine_.run_until_idle();
    pass(1);
  }
  void pass(int seconds) {
    time_.advance(seconds * 1000);
    engine_.advance(std::chrono::seconds(seconds));
  }
  void stop() {
    job_->cancel();
    engine_.run_until_idle();
    EXPECT_EQ(job_->wait().error().code, errc::runtime_cancelled);
  }

  engine engine_{{.threads = 1, .isolate_control = false, .test_scheduler = true}};
  manual_clock time_{1'000'000};
  std::shared_ptr<coordination::memory_snapshot_store> store_ =
      std::make_shared<coordination::memory_snapshot_store>();
  std::shared_ptr<job> job_;
  int complete_ = 0;
};

TEST_F(blocked_sink_test, an_aligned_barrier_waits_for_the_rows_in_front_of_it) {
  start({});
  pass(10);
  EXPECT_EQ(complete_, 0);
  stop();
}

TEST_F(blocked_sink_test, an_unaligned_checkpoint_is_complete_while_the_sink_is_blocked) {
  start({{"execution.checkpointing.unaligned.enabled", "true"}});
  EXPECT_EQ(complete_, 1);
  coordination::snapshot_store& store = *store_;
  const auto kept = store.latest().value();
  std::uint64_t elements = 0;
  for (const auto& o : kept->manifest.operators) {
    for (const auto& file : o.files) elements += o.in_flight ? file.entries : 0;
  }
  EXPECT_GT(elements, 0u);
  stop();
}

TEST_F(blocked_sink_test, a_patient_barrier_overtakes_when_its_time_has_come) {
  start({{"execution.checkpointing.unaligned.enabled", "true"},
         {"execution.checkpointing.aligned-checkpoint-timeout", "5 s"}});
  EXPECT_EQ(complete_, 0);
  pass(5);
  EXPECT_GE(complete_, 1);
  stop();
}

// The limit is no measure of speed (that is about a millisecond): a starved control message would
// never come.
TEST(backpressure_test, saturated_tasks_are_cancelled_at_once) {
  engine e({.threads = 2});
  auto started = start_job(e, endless_plan(4, "0"));
  ASSERT_TRUE(started.ok());
  job& j = **started;
  ASSERT_TRUE(j.checkpoint().ok());  // every task runs: a barrier has passed
  const std::int64_t before = system_clock().steady_us();
  j.cancel();
  EXPECT_EQ(j.wait().error().code, errc::runtime_cancelled);
  const std::int64_t took = system_clock().steady_us() - before;
  RecordProperty("cancel_us", std::to_string(took));
  EXPECT_LT(took, 10'000'000);
}

}  // namespace
}  // namespace millrace::actors
