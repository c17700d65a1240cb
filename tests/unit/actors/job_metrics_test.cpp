#include "actors/jobs/job_metrics.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <string>

namespace millrace::actors {
namespace {

using runtime::metric_id;
using runtime::metric_labels;
using runtime::metric_sample;

std::shared_ptr<runtime::task_metrics> task_of(std::uint32_t subtask, std::size_t operators) {
  auto task = std::make_shared<runtime::task_metrics>();
  task->vertex = "Source -> Sink";
  task->subtask = subtask;
  for (std::size_t i = 0; i < operators; ++i) {
    task->operators.push_back(std::make_unique<runtime::named_operator_metrics>());
    task->operators.back()->name = "Calc";
    task->operators.back()->node = static_cast<std::uint32_t>(i);
  }
  return task;
}

observed_job job_of(std::string name) {
  observed_job job;
  job.labels = {{"job_name", std::move(name)}};
  job.running = true;
  job.elapsed_us = 10'000'000;
  return job;
}

std::vector<double> values_of(const std::vector<metric_sample>& samples, metric_id id) {
  std::vector<double> found;
  for (const auto& s : samples)
    if (s.id == id) found.push_back(s.value);
  return found;
}

using values = std::vector<double>;

TEST(JobMetrics, TellsRowsAndTimesPerSubtask) {
  observed_job job = job_of("job-1");
  for (std::uint32_t subtask : {0U, 1U}) {
    auto task = task_of(subtask, 1);
    task->source_rows = 7 + subtask;
    task->busy_us = 2'500'000;
    task->blocked_us = 500'000;
    task->idle_us = 7'000'000;
    task->operators[0]->counters.late_rows = 3;
    job.tasks.push_back(task);
  }
  const auto samples = read_metrics({job}, 0, 1000);
  EXPECT_EQ(values_of(samples, metric_id::task_source_rows), (values{7, 8}));
  EXPECT_EQ(values_of(samples, metric_id::task_busy), (values{2.5, 2.5}));
  EXPECT_EQ(values_of(samples, metric_id::task_backpressured), (values{0.5, 0.5}));
  EXPECT_EQ(values_of(samples, metric_id::task_idle), (values{7, 7}));
  EXPECT_EQ(values_of(samples, metric_id::operator_late_rows), (values{3, 3}));
  const auto second = std::ranges::find_if(samples, [](const metric_sample& s) {
    return s.id == metric_id::task_source_rows && s.value == 8;
  });
  EXPECT_EQ(second->labels,
            (metric_labels{{"job_name", "job-1"}, {"vertex", "Source -> Sink"}, {"subtask", "1"}}));
}

TEST(JobMetrics, LeavesAWatermarkOutThatIsNone) {
  observed_job job = job_of("job-1");
  for (timestamp_ms watermark : {min_watermark, timestamp_ms{4000}, max_watermark}) {
    job.tasks.push_back(task_of(0, 0));
    std::const_pointer_cast<runtime::task_metrics>(job.tasks.back())->watermark = watermark;
  }
  const auto samples = read_metrics({job}, 5500, 1000);
  EXPECT_EQ(values_of(samples, metric_id::task_watermark), (values{4}));
  EXPECT_EQ(values_of(samples, metric_id::task_watermark_lag), (values{1.5}));
}

TEST(JobMetrics, TellsOfACheckpointOnceThereIsOne) {
  observed_job job = job_of("job-1");
  job.checkpoints.failed = 2;
  const auto before = read_metrics({job}, 0, 1000);
  EXPECT_EQ(values_of(before, metric_id::checkpoints_failed), (values{2}));
  EXPECT_EQ(values_of(before, metric_id::checkpoint_duration), values{});
  job.checkpoints.completed = 1;
  job.checkpoints.last_duration_ms = 250;
  job.checkpoints.last_bytes = 4096;
  const auto after = read_metrics({job}, 0, 1000);
  EXPECT_EQ(values_of(after, metric_id::checkpoint_duration), (values{0.25}));
  EXPECT_EQ(values_of(after, metric_id::checkpoint_size), (values{4096}));
}

TEST(JobMetrics, AnEndedJobIsNotUp) {
  observed_job job = job_of("job-1");
  job.running = false;
  const auto samples = read_metrics({job}, 0, 1000);
  EXPECT_EQ(values_of(samples, metric_id::job_running), (values{0}));
  EXPECT_EQ(values_of(samples, metric_id::job_uptime), values{});
}

TEST(JobMetrics, DropsOperatorsFirstBeyondTheCapAndSaysHowMany) {
  observed_job job = job_of("job-1");
  for (std::uint32_t i = 0; i < 4; ++i) job.tasks.push_back(task_of(i, 100));
  const auto all = read_metrics({job}, 0, 100'000);
  EXPECT_EQ(values_of(all, metric_id::samples_left_out), (values{0}));
  const auto some = read_metrics({job}, 0, 100);
  EXPECT_EQ(some.size(), 101U);
  EXPECT_EQ(values_of(some, metric_id::samples_left_out),
            (values{static_cast<double>(all.size() - some.size())}));
  EXPECT_EQ(values_of(some, metric_id::task_busy).size(), 4U);
}

}  // namespace
}  // namespace millrace::actors
