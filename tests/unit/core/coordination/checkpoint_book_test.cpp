#include "core/coordination/checkpoint_book.hpp"
#include "core/coordination/restore_plan.hpp"
#include "core/coordination/split_enumerator.hpp"

#include <gtest/gtest.h>

namespace millrace::coordination {
namespace {

/// A source, an operator behind a hash exchange, and a sink, two subtasks each: tasks 0-1 and 2-3.
plan::physical_plan two_vertices() {
  plan::physical_plan p;
  p.nodes.resize(3);
  p.nodes[0].id = "source";
  p.nodes[0].spec = plan::source_spec{};
  p.nodes[1].id = "operator";
  p.nodes[1].spec = plan::union_spec{};
  p.nodes[1].inputs = {{0, plan::exchange_kind::hash, {0}}};
  p.nodes[1].chain = 1;
  p.nodes[2].id = "sink";
  p.nodes[2].spec = plan::sink_spec{};
  p.nodes[2].inputs = {{1, plan::exchange_kind::forward, {}}};
  p.nodes[2].chain = 1;
  for (auto& node : p.nodes) node.parallelism = 2;
  return p;
}

runtime::task_snapshot snapshot_of(std::uint64_t id, timestamp_ms in, timestamp_ms out) {
  runtime::task_snapshot s;
  s.barrier.id = checkpoint_id(id);
  s.state.times = {{in, out}};
  s.tables.resize(1);
  return s;
}

class checkpoint_book_test : public ::testing::Test {
 protected:
  void acknowledge(std::uint32_t task, runtime::task_snapshot snapshot) {
    auto states = task < 2 ? std::vector<operator_state>() : book_.describe(task, snapshot);
    book_.on_acknowledged(task, std::move(states), snapshot);
  }
  static finished_report prepared(std::string bytes) { return {{{2, {std::move(bytes)}}}, {}, {}}; }

  plan::physical_plan plan_ = two_vertices();
  job_graph graph_ = build_job_graph(plan_).value();
  checkpoint_book book_{plan_, graph_};
};

TEST_F(checkpoint_book_test, tasks_without_acknowledgement_have_finished) {
  book_.begin(checkpoint_id(7), 100);
  acknowledge(2, snapshot_of(7, 10, 20));
  const restore_plan plan(book_.manifest(), nullptr);
  EXPECT_EQ(plan.manifest().id, checkpoint_id(7));
  EXPECT_TRUE(plan.finished("source"));
  EXPECT_FALSE(plan.finished("operator"));
  EXPECT_FALSE(plan.finished("unknown"));
  EXPECT_EQ(plan.watermark("operator"), 10);
  EXPECT_EQ(plan.watermark("source"), max_watermark);
  EXPECT_EQ(plan.instance("operator", 0, 2, 128)->watermark_out, 20);
  EXPECT_EQ(plan.instance("operator", 0, 2, 64).error().code, errc::state_type_changed);
}

TEST_F(checkpoint_book_test, output_of_a_task_that_finished_behind_the_barrier_waits_for_the_next) {
  book_.begin(checkpoint_id(1), 0);
  acknowledge(2, snapshot_of(1, 0, 0));
  book_.on_finished(2, prepared("behind"));
  book_.on_finished(3, prepared("before"));
  ASSERT_EQ(book_.manifest().sinks.size(), 1u);
  EXPECT_EQ(book_.manifest().sinks[0].committables, std::vector<std::string>{"before"});
  EXPECT_EQ(book_.release(checkpoint_id(1)).committables.size(), 1u);
  book_.committed(checkpoint_id(1));
  book_.begin(checkpoint_id(2), 0);
  EXPECT_EQ(book_.manifest().sinks[0].committables, std::vector<std::string>{"behind"});
}

TEST_F(checkpoint_book_test, output_of_an_aborted_checkpoint_goes_with_the_next) {
  book_.begin(checkpoint_id(1), 0);
  auto first = snapshot_of(1, 0, 0);
  first.committables = {{2, {"first"}}};
  acknowledge(2, std::move(first));
  book_.begin(checkpoint_id(2), 0);
  acknowledge(2, snapshot_of(2, 0, 0));
  EXPECT_EQ(book_.manifest().sinks[0].committables, std::vector<std::string>{"first"});
  EXPECT_EQ(book_.release(checkpoint_id(2)).committables.size(), 1u);
}

// Else a restart from the next checkpoint would not know of it.
TEST_F(checkpoint_book_test, what_could_not_be_committed_is_part_of_the_next_checkpoint) {
  book_.begin(checkpoint_id(1), 0);
  auto first = snapshot_of(1, 0, 0);
  first.committables = {{2, {"first"}}};
  acknowledge(2, std::move(first));
  EXPECT_EQ(book_.release(checkpoint_id(1)).committables.size(), 1u);
  book_.begin(checkpoint_id(2), 0);
  auto second = snapshot_of(2, 0, 0);
  second.committables = {{2, {"second"}}};
  acknowledge(2, std::move(second));
  EXPECT_EQ(book_.manifest().sinks[0].committables, (std::vector<std::string>{"first", "second"}));
  EXPECT_EQ(book_.release(checkpoint_id(2)).committables.size(), 2u);
  book_.committed(checkpoint_id(2));
  EXPECT_TRUE(book_.release(checkpoint_id(2)).committables.empty());
}

TEST_F(checkpoint_book_test, what_was_prepared_under_another_master_goes_with_the_next) {
  book_.begin(checkpoint_id(5), 0);
  book_.take_over(2, {}, {{2, {"a"}}, {2, {"b"}}});
  book_.on_finished(3, prepared("c"));
  EXPECT_EQ(book_.release(checkpoint_id(4)).committables.size(), 0u);
  book_.begin(checkpoint_id(6), 0);
  acknowledge(2, snapshot_of(6, 0, 0));
  const auto manifest = book_.manifest();
  ASSERT_EQ(manifest.sinks.size(), 2u);
  EXPECT_EQ(manifest.sinks[0].committables, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(manifest.sinks[1].committables, std::vector<std::string>{"c"});
  EXPECT_EQ(book_.release(checkpoint_id(6)).committables.size(), 3u);
}

TEST_F(checkpoint_book_test, splits_read_under_another_master_are_not_read_again) {
  split_enumerator e(2, false, true);
  e.take_over({{"a", ""}, {"b", ""}});
  book_.begin(checkpoint_id(5), 0);
  book_.take_over(0, {"a"}, {});
  book_.begin(checkpoint_id(6), 0);
  acknowledge(1, snapshot_of(6, 0, 0));
  const auto state = e.snapshot(book_.reported_splits(0));
  ASSERT_EQ(state.waiting.size(), 1u);
  EXPECT_EQ(state.waiting[0].id, "b");
}

// A split may be on its way to its reader when the barrier passes there.
TEST_F(checkpoint_book_test, a_split_that_its_reader_did_not_know_is_waiting) {
  split_enumerator e(2, false, true);
  ASSERT_EQ(e.on_discovered({{"a", ""}, {"b", ""}, {"c", ""}, {"d", ""}}).size(), 4u);
  book_.begin(checkpoint_id(1), 0);
  auto reader = snapshot_of(1, 0, 0);
  reader.splits = {{"a", "17"}};
  reader.finished_splits = {"c"};
  acknowledge(0, std::move(reader));
  acknowledge(1, snapshot_of(1, 0, 0));
  auto manifest = book_.manifest();
  manifest.enumerators.push_back(e.snapshot(book_.reported_splits(0)));
  manifest.enumerators.back().operator_id = "source";
  const restore_plan plan(std::move(manifest), nullptr);
  EXPECT_EQ(plan.seen_splits("source"), (std::vector<std::string>{"a", "b", "c", "d"}));
  std::string open;
  for (const auto& split : plan.read_splits("source")) open += split.id + split.position + " ";
  for (const auto& split : plan.waiting_splits("source")) open += split.id + split.position + " ";
  EXPECT_EQ(open, "a17 b d ");

  split_enumerator again(1, false, true);
  EXPECT_EQ(again
                .restore(plan.seen_splits("source"), plan.read_splits("source"),
                         plan.waiting_splits("source"))
                .size(),
            3u);
  EXPECT_EQ(again.on_discovered({{"c", ""}, {"e", ""}}).size(), 1u);
}

}  // namespace
}  // namespace millrace::coordination
