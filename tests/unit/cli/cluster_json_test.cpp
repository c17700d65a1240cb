#include "cli/cluster/cluster_json.hpp"

#include "cli/cluster/job_page.hpp"
#include "cli/cluster/summary_json.hpp"
#include "cli/cluster/vertex_json.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include <memory>
#include <string>

namespace millrace::cli {
namespace {

std::shared_ptr<runtime::task_metrics> task_of(std::string vertex, std::uint32_t subtask,
                                               timestamp_ms watermark) {
  auto task = std::make_shared<runtime::task_metrics>();
  task->vertex = std::move(vertex);
  task->subtask = subtask;
  task->worker = "worker-" + std::to_string(subtask);
  task->watermark = watermark;
  task->source_rows = 100;
  task->sent_rows = 40 + subtask;
  task->busy_us = 2'000'000;
  task->operators.push_back(std::make_unique<runtime::named_operator_metrics>());
  task->operators[0]->name = "Calc";
  task->operators[0]->node = 4;
  task->operators[0]->counters.late_rows = 1;
  return task;
}

actors::cluster_job sample() {
  actors::cluster_job job;
  job.entry.definition.id = "0123456789abcdef";
  job.entry.name = "sample";
  job.entry.phase = coordination::job_phase::failed;
  job.entry.attempt = 2;
  job.entry.submitted_at = 1709208000000;
  job.entry.ended_at = 1709208003400;
  job.entry.exceptions = {{1709208003000, 2, "worker-1",
                           make_error(errc::runtime_cast_failed, "'x' is no INT", "use TRY_CAST"),
                           "Calc (1)"}};
  job.last_tasks = {task_of("Source -> Calc", 0, 1709208000000),
                    task_of("Source -> Calc", 1, 1709207999000), task_of("Sink", 0, min_watermark)};
  actors::checkpoint_note note;
  note.id = checkpoint_id(3);
  note.now = actors::checkpoint_note::phase::complete;
  note.triggered_at = 1709208001000;
  note.duration_ms = 12;
  note.bytes = 1536;
  note.tasks = note.acknowledged = 3;
  job.earlier = {.completed = 3,
                 .failed = 1,
                 .last = checkpoint_id(3),
                 .last_duration_ms = 12,
                 .last_bytes = 1536,
                 .newest = {note}};
  job.last_checkpoint = checkpoint_id(3);
  return job;
}

TEST(cluster_json_test, a_vertex_has_the_sums_of_its_subtasks) {
  const auto vertices = vertices_json(sample(), 1709208002000);
  ASSERT_EQ(vertices.size(), 2U);
  const auto& first = vertices[0];
  EXPECT_EQ(first["name"], "Source -> Calc");
  EXPECT_EQ(first["parallelism"], 2);
  EXPECT_EQ(first["rows_in"], 200);
  EXPECT_EQ(first["rows_out"], 81);
  EXPECT_EQ(first["watermark"], 1709207999000);
  EXPECT_EQ(first["watermark_lag_ms"], 3000);
  ASSERT_EQ(first["operators"].size(), 1U);
  EXPECT_EQ(first["operators"][0]["late_rows"], 2);
  EXPECT_EQ(first["operators"][0]["node"], 4);
  EXPECT_EQ(first["subtasks"][1]["worker"], "worker-1");
  EXPECT_EQ(first["subtasks"][1]["busy_ms"], 2000);
  EXPECT_TRUE(vertices[1]["watermark"].is_null());
  EXPECT_TRUE(vertices[1]["watermark_lag_ms"].is_null());
}

TEST(cluster_json_test, failures_say_when_and_where) {
  const auto job = job_json(sample(), detail::full);
  ASSERT_EQ(job["failures"].size(), 1U);
  EXPECT_EQ(job["failures"][0]["task"], "Calc (1)");
  EXPECT_EQ(job["failures"][0]["worker"], "worker-1");
  EXPECT_EQ(job["failures"][0]["at"], 1709208003000);
  EXPECT_EQ(job_json(sample(), detail::summary)["failures"], 1);
}

TEST(cluster_json_test, checkpoints_say_how_they_went) {
  const auto all = checkpoints_json(sample());
  EXPECT_EQ(all["completed"], 3);
  EXPECT_EQ(all["failed"], 1);
  ASSERT_EQ(all["checkpoints"].size(), 1U);
  EXPECT_EQ(all["checkpoints"][0]["id"], 3);
  EXPECT_EQ(all["checkpoints"][0]["status"], "complete");
  EXPECT_EQ(all["checkpoints"][0]["duration_ms"], 12);
}

TEST(cluster_json_test, a_summary_has_the_figures_of_open_jobs) {
  auto open = sample();
  open.entry.phase = coordination::job_phase::restarting;
  auto tasks = {task_of("Calc", 0, 0), task_of("Calc", 1, 0)};
  for (const auto& task : tasks) task->state_bytes = 1024;
  open.last_tasks = {tasks.begin(), tasks.end()};
  const auto all = summary_json({sample(), open}, {{"a", "", 4, 1}, {"b", "", 2, 2}}, 77);
  EXPECT_EQ(all["at"], 77);
  EXPECT_EQ(all["slots"]["all"], 6);
  EXPECT_EQ(all["slots"]["free"], 3);
  EXPECT_EQ(all["workers"][1]["name"], "b");
  ASSERT_EQ(all["jobs"].size(), 1U);
  const auto& job = all["jobs"][0];
  EXPECT_EQ(job["status"], "RESTARTING");
  EXPECT_EQ(job["tasks"], 2);
  EXPECT_EQ(job["rows_in"], 200);
  EXPECT_EQ(job["state_bytes"], 2048);
  EXPECT_EQ(job["busy"], 0.0);  // no attempt runs
  EXPECT_EQ(job["checkpoints"]["completed"], 3);
}

TEST(job_page_test, shows_a_job_at_a_glance) {
  const std::string page = job_page(job_json(sample(), detail::full), 0);
  const auto has = [&](const std::string& part) { return page.find(part) != std::string::npos; };
  EXPECT_TRUE(has("status       FAILED after 3.4 s\n")) << page;
  EXPECT_TRUE(has("checkpoints  3 complete, 1 failed; number 3 took 12 ms and has 1.5 KiB\n"))
      << page;
  EXPECT_TRUE(has("| 1 | Source -> Calc | 2 ")) << page;
  EXPECT_TRUE(has("| 1.1     | worker-1 | 100 ")) << page;
  EXPECT_TRUE(
      has("attempt 2 failed: error 3002: 'x' is no INT\n"
          "  at 2024-02-29 12:00:03, in Calc (1), on worker-1\n  hint: use TRY_CAST\n"))
      << page;
}

TEST(job_page_test, shows_the_newest_checkpoint_first) {
  auto answer = checkpoints_json(sample());
  answer["checkpoints"].push_back(answer["checkpoints"][0]);
  answer["checkpoints"][1]["id"] = 4;
  const std::string page = checkpoints_page(answer, 0);
  EXPECT_LT(page.find("| 4 "), page.find("| 3 ")) << page;
  EXPECT_NE(page.find("1.5 KiB | 3 of 3"), std::string::npos) << page;
}

}  // namespace
}  // namespace millrace::cli
