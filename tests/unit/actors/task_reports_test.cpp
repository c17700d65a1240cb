#include "actors/cluster/task_reports.hpp"

#include <gtest/gtest.h>

#include <memory>

namespace millrace::actors {
namespace {

using coordination::task_report;
using runtime::task_metrics;

void add_operator(task_metrics& task, std::uint32_t node) {
  task.operators.push_back(std::make_unique<runtime::named_operator_metrics>());
  task.operators.back()->node = node;
}

TEST(task_reports_test, the_coordinator_has_what_the_worker_has) {
  task_metrics here;
  here.source_rows = 1;
  here.sink_rows = 2;
  here.received_rows = 3;
  here.received_bytes = 4;
  here.sent_rows = 5;
  here.sent_bytes = 6;
  here.busy_us = 7;
  here.blocked_us = 8;
  here.idle_us = 9;
  here.queued_bytes = 10;
  here.state_bytes = 11;
  here.watermark = 12;
  add_operator(here, 3);
  here.operators[0]->counters.late_rows = 13;
  task_metrics there;
  add_operator(there, 2);
  add_operator(there, 3);
  take_report(make_report(here, 0), there);
  EXPECT_EQ(there.source_rows, 1U);
  EXPECT_EQ(there.sink_rows, 2U);
  EXPECT_EQ(there.received_rows, 3U);
  EXPECT_EQ(there.received_bytes, 4U);
  EXPECT_EQ(there.sent_rows, 5U);
  EXPECT_EQ(there.sent_bytes, 6U);
  EXPECT_EQ(there.busy_us, 7);
  EXPECT_EQ(there.blocked_us, 8);
  EXPECT_EQ(there.idle_us, 9);
  EXPECT_EQ(there.queued_bytes, 10);
  EXPECT_EQ(there.state_bytes, 11);
  EXPECT_EQ(there.watermark, 12);
  EXPECT_EQ(there.operators[0]->counters.late_rows, 0U);
  EXPECT_EQ(there.operators[1]->counters.late_rows, 13U);
}

TEST(task_reports_test, a_wait_counts_before_it_is_over) {
  task_metrics task;
  task.idle_us = 100;
  task.blocked_us = 200;
  task.waits_since_us = 1000;
  EXPECT_EQ(make_report(task, 1500).idle_us, 600U);
  EXPECT_EQ(make_report(task, 1500).backpressured_us, 200U);
  task.waits_blocked = true;
  EXPECT_EQ(make_report(task, 1500).idle_us, 100U);
  EXPECT_EQ(make_report(task, 1500).backpressured_us, 700U);
  EXPECT_EQ(make_report(task, 900).backpressured_us, 200U);
}

TEST(task_reports_test, rates_are_what_came_since_the_report_before) {
  task_metrics task;
  task_report r;
  r.rows_in = 100;
  r.busy_us = 1'000'000;
  take_report(r, task);
  EXPECT_EQ(task.rates.rows_in, 100);
  EXPECT_EQ(task.rates.busy, 1);
  r.rows_in = 300;
  r.sent_rows = 50;
  r.busy_us += 500'000;
  r.backpressured_us += 1'000'000;
  r.idle_us += 500'000;
  take_report(r, task);
  EXPECT_EQ(task.rates.rows_in, 100);
  EXPECT_EQ(task.rates.rows_out, 25);
  EXPECT_EQ(task.rates.busy, 0.25);
  EXPECT_EQ(task.rates.blocked, 0.5);
  EXPECT_EQ(task.rates.idle, 0.25);
}

TEST(task_reports_test, times_never_run_backwards) {
  task_metrics task;
  task_report r;
  r.idle_us = 100;
  take_report(r, task);
  r.idle_us = 60;
  r.busy_us = 40;
  take_report(r, task);
  EXPECT_EQ(task.idle_us, 100);
  EXPECT_EQ(task.rates.idle, 0);
  EXPECT_EQ(task.rates.busy, 1);
}

TEST(task_reports_test, a_report_without_time_changes_no_rate) {
  task_metrics task;
  task_report r;
  r.rows_in = 5;
  r.busy_us = 1'000'000;
  take_report(r, task);
  take_report(r, task);
  EXPECT_EQ(task.rates.rows_in, 5);
}

}  // namespace
}  // namespace millrace::actors
