#include "core/coordination/checkpoint_coordinator.hpp"
#include "core/coordination/job_state_machine.hpp"
#include "core/coordination/split_enumerator.hpp"

#include <gtest/gtest.h>

namespace millrace::coordination {
namespace {

std::vector<connectors::source_split> splits(int count) {
  std::vector<connectors::source_split> all;
  for (int i = 0; i < count; ++i) all.push_back({"split" + std::to_string(i), ""});
  return all;
}

/// `0:split1 1:-` in the order of the answers.
std::string text_of(const std::vector<split_enumerator::answer>& answers) {
  std::string text;
  for (const auto& a : answers) {
    if (!text.empty()) text += ' ';
    text += std::to_string(a.reader.value) + ":" + (a.split ? a.split->id : "-");
  }
  return text;
}

TEST(split_enumerator_test, bounded_readers_pull_one_split_at_a_time) {
  split_enumerator e(2, true, false);
  EXPECT_EQ(text_of(e.on_request(subtask_index(1))), "");
  EXPECT_EQ(text_of(e.on_discovered(splits(2))), "1:split0");
  EXPECT_EQ(text_of(e.on_request(subtask_index(1))), "1:split1");
  EXPECT_EQ(text_of(e.on_request(subtask_index(0))), "0:-");
}

TEST(split_enumerator_test, unbounded_splits_are_dealt_out_evenly) {
  split_enumerator e(2, false, false);
  EXPECT_EQ(text_of(e.on_request(subtask_index(0))), "");
  EXPECT_EQ(text_of(e.on_discovered(splits(3))), "0:split0 1:split1 0:split2 0:-");
  EXPECT_EQ(text_of(e.on_request(subtask_index(1))), "1:-");
}

TEST(split_enumerator_test, later_discoveries_bring_only_what_is_new) {
  split_enumerator e(1, false, true);
  EXPECT_EQ(text_of(e.on_discovered(splits(1))), "0:split0");
  EXPECT_EQ(text_of(e.on_request(subtask_index(0))), "");
  EXPECT_EQ(text_of(e.on_discovered(splits(2))), "0:split1");
}

TEST(split_enumerator_test, readers_of_an_enumerator_before_keep_what_they_have) {
  split_enumerator bounded(2, true, false);
  bounded.take_over({{"split0", ""}, {"split2", ""}});
  EXPECT_EQ(text_of(bounded.on_request(subtask_index(1))), "");
  EXPECT_EQ(text_of(bounded.on_discovered(splits(4))), "1:split1");
  EXPECT_EQ(text_of(bounded.on_request(subtask_index(0))), "0:split3");
  EXPECT_EQ(text_of(bounded.on_request(subtask_index(0))), "0:-");
}

// The checkpoint is older than what its readers have been given since; one never got its split.
TEST(split_enumerator_test, a_checkpoint_and_its_readers_make_the_enumerator_again) {
  split_enumerator e(2, true, false);
  e.take_over({{"split0", "17"}, {"split2", ""}});
  const std::vector<std::string> seen = {"split0", "split1", "split2", "split3", "split4"};
  EXPECT_EQ(text_of(e.restore(seen, {{"split0", "20"}, {"split1", "3"}},
                              {{"split2", ""}, {"split4", ""}})),
            "0:split1");
  EXPECT_EQ(text_of(e.on_request(subtask_index(1))), "1:split4");
  EXPECT_EQ(text_of(e.on_request(subtask_index(1))), "1:-");
  // Reported by nobody: it may be on its way to its reader.
  const auto state = e.snapshot({"split0", "split1"});
  ASSERT_EQ(state.waiting.size(), 2U);
  EXPECT_EQ(state.waiting[0].id, "split2");
  EXPECT_EQ(state.waiting[1].id, "split4");
  EXPECT_EQ(state.seen.size(), 5U);
}

TEST(job_state_machine_test, finishes_with_its_last_task) {
  job_state_machine m(2);
  m.on_started();
  EXPECT_EQ(m.on_task_finished(0), job_action::none);
  EXPECT_EQ(m.status(), job_status::running);
  EXPECT_EQ(m.on_task_finished(1), job_action::conclude);
  EXPECT_EQ(m.status(), job_status::finished);
}

TEST(job_state_machine_test, keeps_the_first_cause) {
  job_state_machine m(3);
  m.on_started();
  EXPECT_EQ(m.on_task_failed(1, make_error(errc::connector_io, "first")), job_action::stop_tasks);
  EXPECT_EQ(m.on_task_failed(0, make_error(errc::internal, "second")), job_action::none);
  EXPECT_EQ(m.on_cancel(), job_action::none);
  EXPECT_EQ(m.on_task_cancelled(2), job_action::conclude);
  EXPECT_EQ(m.status(), job_status::failed);
  EXPECT_EQ(m.cause()->message, "first");
}

TEST(job_state_machine_test, blames_the_task_that_failed_first) {
  const error cause = make_error(errc::internal, "?");
  job_state_machine by_task(3);
  by_task.on_started();
  static_cast<void>(by_task.on_task_failed(2, cause));
  static_cast<void>(by_task.on_task_failed(1, cause));
  EXPECT_EQ(by_task.culprit(), 2U);
  job_state_machine by_others(3);
  by_others.on_started();
  static_cast<void>(by_others.on_failure(cause));
  static_cast<void>(by_others.on_task_failed(1, cause));
  EXPECT_EQ(by_others.culprit(), std::nullopt);
}

TEST(job_state_machine_test, a_single_task_that_fails_concludes_at_once) {
  job_state_machine m(1);
  m.on_started();
  EXPECT_EQ(m.on_task_failed(0, make_error(errc::internal, "x")), job_action::conclude);
  EXPECT_EQ(m.status(), job_status::failed);
}

TEST(job_state_machine_test, cancels_when_all_have_stopped) {
  job_state_machine m(2);
  m.on_started();
  EXPECT_EQ(m.on_cancel(), job_action::stop_tasks);
  EXPECT_EQ(m.on_task_finished(0), job_action::none);
  EXPECT_EQ(m.on_task_cancelled(1), job_action::conclude);
  EXPECT_EQ(m.status(), job_status::cancelled);
}

using kind = checkpoint_order::kind;

TEST(checkpoint_coordinator_test, completes_when_all_have_acknowledged_and_it_is_stored) {
  checkpoint_coordinator c(2, {.interval_ms = 1000, .timeout_ms = 10'000});
  EXPECT_EQ(c.on_time(0).what, kind::trigger);
  EXPECT_EQ(c.on_acknowledged(0, checkpoint_id(1)).what, kind::none);
  EXPECT_EQ(c.on_acknowledged(0, checkpoint_id(1)).what, kind::none);
  EXPECT_EQ(c.on_acknowledged(1, checkpoint_id(1)).what, kind::store);
  EXPECT_EQ(c.on_time(20'000).what, kind::none);  // what is being stored may be durable already
  EXPECT_EQ(c.on_stored(checkpoint_id(1), 20).what, kind::complete);
  EXPECT_EQ(c.on_time(999).what, kind::none);
  EXPECT_EQ(c.on_time(1000).id, checkpoint_id(2));
}

TEST(checkpoint_coordinator_test, tasks_that_finish_count_as_acknowledged) {
  checkpoint_coordinator c(2, {});
  EXPECT_EQ(c.on_time(0).what, kind::none);
  EXPECT_EQ(c.on_demand(0).what, kind::trigger);
  EXPECT_EQ(c.on_acknowledged(1, checkpoint_id(1)).what, kind::none);
  EXPECT_EQ(c.on_task_finished(0).what, kind::store);
  EXPECT_EQ(c.on_stored(checkpoint_id(1), 0).what, kind::complete);
  EXPECT_EQ(c.on_task_finished(1).what, kind::none);
  EXPECT_EQ(c.on_demand(1).what, kind::none);
}

TEST(checkpoint_coordinator_test, the_end_of_the_job_is_stored_too) {
  checkpoint_coordinator c(1, {}, checkpoint_id(7));
  EXPECT_EQ(c.on_task_finished(0).what, kind::none);
  EXPECT_EQ(c.on_end(0).id, checkpoint_id(8));
  EXPECT_EQ(c.on_stored(checkpoint_id(8), 0).what, kind::complete);
  EXPECT_EQ(c.last_complete(), checkpoint_id(8));
}

TEST(checkpoint_coordinator_test, gives_up_after_the_time_out) {
  checkpoint_coordinator c(1, {.timeout_ms = 500});
  EXPECT_EQ(c.on_demand(0).what, kind::trigger);
  EXPECT_EQ(c.on_demand(1).what, kind::none);
  EXPECT_EQ(c.on_time(499).what, kind::none);
  EXPECT_EQ(c.on_time(500).what, kind::abort);
  EXPECT_EQ(c.on_acknowledged(0, checkpoint_id(1)).what, kind::none);
  EXPECT_EQ(c.on_time(501).id, checkpoint_id(2));
}

TEST(checkpoint_coordinator_test, pauses_after_each_and_counts_failures_in_a_row) {
  checkpoint_coordinator c(1, {.interval_ms = 10, .min_pause_ms = 100, .tolerable_failures = 1});
  EXPECT_EQ(c.on_time(0).what, kind::trigger);
  EXPECT_EQ(c.on_declined(checkpoint_id(1), 50).what, kind::abort);
  EXPECT_FALSE(c.failed_too_often());
  EXPECT_EQ(c.on_time(149).what, kind::none);
  EXPECT_EQ(c.on_time(150).what, kind::trigger);
  EXPECT_EQ(c.on_declined(checkpoint_id(2), 160).what, kind::abort);
  EXPECT_TRUE(c.failed_too_often());
}

}  // namespace
}  // namespace millrace::coordination
