#include "core/coordination/takeover.hpp"

#include <gtest/gtest.h>

namespace millrace::coordination {
namespace {

using verdict = takeover::verdict;

constexpr std::int64_t grace = 4000;

// Tasks 0 and 2 on worker a, task 1 on worker b.
attempt_report report_of(std::vector<std::uint32_t> tasks) {
  attempt_report report;
  report.order.attempt = 7;
  report.order.job.plan_digest = "digest";
  report.order.peers = {{"a", "tcp://a"}, {"b", "tcp://b"}};
  report.order.places = {0, 1, 0};
  report.started = true;
  for (const std::uint32_t task : tasks) report.parts.emplace_back().task = task;
  return report;
}

attempt_report of_a() { return report_of({0, 2}); }
attempt_report of_b() { return report_of({1}); }

takeover waiting() { return {7, "digest", 0, grace}; }

end_report ended(end_report::how how) { return {7, 1, how, std::nullopt, {}, {}}; }

TEST(takeover_test, an_attempt_goes_on_when_every_task_is_reported) {
  takeover t = waiting();
  EXPECT_EQ(t.on_time(grace - 1), verdict::wait);
  auto first = of_b();
  first.newest = checkpoint_id(9);
  EXPECT_EQ(t.on_report("b", first), verdict::wait);
  EXPECT_TRUE(t.has_reported("b"));
  EXPECT_FALSE(t.has_reported("a"));
  auto second = of_a();
  second.newest = checkpoint_id(8);
  EXPECT_EQ(t.on_report("a", second), verdict::adopt);
  const auto all = t.adopted();
  EXPECT_EQ(all.order.attempt, 7U);
  EXPECT_EQ(all.newest, checkpoint_id(9));
  ASSERT_EQ(all.parts.size(), 3U);
  for (std::uint32_t i = 0; i < 3; ++i) EXPECT_EQ(all.parts[i].task, i);
}

// Its job's checkpoints may take long to open.
TEST(takeover_test, what_is_whole_does_not_run_out_of_time) {
  takeover t = waiting();
  EXPECT_EQ(t.on_report("b", of_b()), verdict::wait);
  EXPECT_EQ(t.on_report("a", of_a()), verdict::adopt);
  EXPECT_EQ(t.on_time(10 * grace), verdict::wait);
  EXPECT_EQ(t.on_worker_gone("a"), verdict::stop);
  EXPECT_EQ(t.on_time(10 * grace), verdict::wait);
  EXPECT_EQ(t.on_time(11 * grace), verdict::restart);
}

TEST(takeover_test, tasks_that_have_finished_are_no_obstacle) {
  takeover t = waiting();
  auto done = of_b();
  done.parts[0].end = ended(end_report::how::finished);
  EXPECT_EQ(t.on_report("b", done), verdict::wait);
  EXPECT_EQ(t.on_report("a", of_a()), verdict::adopt);
}

TEST(takeover_test, nobody_came_back) {
  takeover t = waiting();
  EXPECT_EQ(t.on_time(grace - 1), verdict::wait);
  EXPECT_EQ(t.on_time(grace), verdict::restart);
}

TEST(takeover_test, what_came_back_of_it_is_stopped_first) {
  takeover t = waiting();
  EXPECT_EQ(t.on_report("a", of_a()), verdict::wait);
  EXPECT_EQ(t.on_time(grace), verdict::stop);
  EXPECT_EQ(t.on_ended(0), verdict::wait);
  EXPECT_EQ(t.on_ended(0), verdict::wait);
  EXPECT_EQ(t.on_ended(2), verdict::restart);
}

TEST(takeover_test, whoever_does_not_stop_is_not_waited_for_for_ever) {
  takeover t = waiting();
  EXPECT_EQ(t.on_report("a", of_a()), verdict::wait);
  EXPECT_EQ(t.on_time(grace), verdict::stop);
  EXPECT_EQ(t.on_time(2 * grace - 1), verdict::wait);
  EXPECT_EQ(t.on_time(2 * grace), verdict::restart);
}

TEST(takeover_test, a_worker_that_comes_late_is_stopped_too) {
  takeover t = waiting();
  EXPECT_EQ(t.on_report("a", of_a()), verdict::wait);
  EXPECT_EQ(t.on_time(grace), verdict::stop);
  EXPECT_EQ(t.on_report("b", of_b()), verdict::stop);
  EXPECT_EQ(t.workers().size(), 2U);
  EXPECT_EQ(t.on_ended(0), verdict::wait);
  EXPECT_EQ(t.on_ended(2), verdict::wait);
  EXPECT_EQ(t.on_ended(1), verdict::restart);
}

TEST(takeover_test, what_does_not_fit_is_stopped) {
  auto other_plan = of_b();
  other_plan.order.job.plan_digest = "other";
  auto other_attempt = of_b();
  other_attempt.order.attempt = 6;
  auto not_started = of_b();
  not_started.started = false;
  auto stopping = of_b();
  stopping.stopping = true;
  auto failed = of_b();
  failed.parts[0].end = ended(end_report::how::failed);
  auto elsewhere = report_of({1});
  elsewhere.order.places = {1, 1, 0};
  auto out_of_range = report_of({1, 3});
  for (const auto& report :
       {other_plan, other_attempt, not_started, stopping, failed, elsewhere, out_of_range}) {
    takeover t = waiting();
    EXPECT_EQ(t.on_report("a", of_a()), verdict::wait);
    EXPECT_EQ(t.on_report("b", report), verdict::stop);
  }
  // A task that is not the reporter's.
  takeover t = waiting();
  EXPECT_EQ(t.on_report("b", of_a()), verdict::wait);
  EXPECT_EQ(t.on_report("a", of_b()), verdict::stop);
}

TEST(takeover_test, a_worker_that_dies_again_takes_the_attempt_with_it) {
  takeover t = waiting();
  EXPECT_EQ(t.on_report("a", of_a()), verdict::wait);
  EXPECT_EQ(t.on_worker_gone("c"), verdict::wait);
  EXPECT_EQ(t.on_worker_gone("a"), verdict::wait);
  EXPECT_EQ(t.on_report("b", of_b()), verdict::stop);
  EXPECT_EQ(t.on_worker_gone("b"), verdict::restart);
}

TEST(takeover_test, where_nothing_runs_any_more_nothing_is_stopped) {
  takeover t = waiting();
  auto done = of_a();
  for (auto& part : done.parts) part.end = ended(end_report::how::cancelled);
  EXPECT_EQ(t.on_report("a", done), verdict::wait);
  EXPECT_EQ(t.on_time(grace), verdict::restart);
}

}  // namespace
}  // namespace millrace::coordination
