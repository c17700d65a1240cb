#include "actors/cluster/task_reports.hpp"

#include <algorithm>

namespace millrace::actors {

using coordination::operator_counts;
using coordination::task_report;

namespace {

constexpr auto relaxed = std::memory_order_relaxed;

std::uint64_t microseconds(const std::atomic<std::int64_t>& from) {
  return static_cast<std::uint64_t>(from.load(relaxed));
}

// What a task does not count before its wait is over.
void add_wait(const runtime::task_metrics& task, std::int64_t now_us, task_report& to) {
  const std::int64_t since = task.waits_since_us.load(relaxed);
  if (since == 0 || since > now_us) return;
  const bool blocked = task.waits_blocked.load(relaxed);
  (blocked ? to.backpressured_us : to.idle_us) += static_cast<std::uint64_t>(now_us - since);
}

operator_counts counts_of(const runtime::named_operator_metrics& from) {
  const auto& c = from.counters;
  return {from.node,
          c.rows_in.load(relaxed),
          c.rows_out.load(relaxed),
          c.late_rows.load(relaxed),
          c.rejected_rows.load(relaxed),
          c.null_key_rows.load(relaxed)};
}

// A later report may tell less by the wait that ended in between.
double growth(std::uint64_t now, double before) {
  return std::max(0.0, static_cast<double>(now) - before);
}

template <class T>
double value(const std::atomic<T>& counter) {
  return static_cast<double>(counter.load(relaxed));
}

// By the task's own time, so that a report that comes late makes no rate smaller.
void set_rates(const task_report& r, runtime::task_metrics& task) {
  const double busy = growth(r.busy_us, value(task.busy_us));
  const double blocked = growth(r.backpressured_us, value(task.blocked_us));
  const double idle = growth(r.idle_us, value(task.idle_us));
  const double all = busy + blocked + idle;
  if (all <= 0) return;
  const double seconds = all / 1e6;
  task.rates.rows_in = (growth(r.rows_in, value(task.source_rows)) +
                        growth(r.received_rows, value(task.received_rows))) /
                       seconds;
  task.rates.rows_out =
      (growth(r.rows_out, value(task.sink_rows)) + growth(r.sent_rows, value(task.sent_rows))) /
      seconds;
  task.rates.busy = busy / all;
  task.rates.blocked = blocked / all;
  task.rates.idle = idle / all;
}

void set_counts(const operator_counts& from, operators::operator_metrics& to) {
  to.rows_in = from.rows_in;
  to.rows_out = from.rows_out;
  to.late_rows = from.late_rows;
  to.rejected_rows = from.rejected_rows;
  to.null_key_rows = from.null_key_rows;
}

// Times only grow, or Prometheus would take them for those of another task.
void raise(std::atomic<std::int64_t>& to, std::uint64_t value) {
  to = std::max(to.load(relaxed), static_cast<std::int64_t>(value));
}

}  // namespace

task_report make_report(const runtime::task_metrics& task, std::int64_t now_us) {
  task_report r;
  r.rows_in = task.source_rows.load(relaxed);
  r.rows_out = task.sink_rows.load(relaxed);
  r.watermark = task.watermark.load(relaxed);
  r.busy_us = microseconds(task.busy_us);
  r.backpressured_us = microseconds(task.blocked_us);
  r.idle_us = microseconds(task.idle_us);
  add_wait(task, now_us, r);
  r.state_bytes = static_cast<std::uint64_t>(task.state_bytes.load(relaxed));
  r.queued_bytes = static_cast<std::uint64_t>(task.queued_bytes.load(relaxed));
  r.received_rows = task.received_rows.load(relaxed);
  r.received_bytes = task.received_bytes.load(relaxed);
  r.sent_rows = task.sent_rows.load(relaxed);
  r.sent_bytes = task.sent_bytes.load(relaxed);
  for (const auto& o : task.operators) r.operators.push_back(counts_of(*o));
  return r;
}

void take_report(const task_report& r, runtime::task_metrics& task) {
  set_rates(r, task);
  task.source_rows = r.rows_in;
  task.sink_rows = r.rows_out;
  task.watermark = r.watermark;
  raise(task.busy_us, r.busy_us);
  raise(task.blocked_us, r.backpressured_us);
  raise(task.idle_us, r.idle_us);
  task.state_bytes = static_cast<std::int64_t>(r.state_bytes);
  task.queued_bytes = static_cast<std::int64_t>(r.queued_bytes);
  task.received_rows = r.received_rows;
  task.received_bytes = r.received_bytes;
  task.sent_rows = r.sent_rows;
  task.sent_bytes = r.sent_bytes;
  for (const auto& counts : r.operators) {
    const auto at =
        std::ranges::find_if(task.operators, [&](const auto& o) { return o->node == counts.node; });
    if (at != task.operators.end()) set_counts(counts, (*at)->counters);
  }
}

}  // namespace millrace::actors
