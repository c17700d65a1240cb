#include "core/runtime/task.hpp"

#include "core/tables/table_set.hpp"
#include "tests/unit/core/runtime/recorded.hpp"

#include <deque>

namespace millrace::runtime::test {
namespace {

/// Plays prepared steps; pending for ever behind them.
class scripted_source final : public source_driver {
 public:
  explicit scripted_source(std::deque<source_step> steps) : steps_(std::move(steps)) {}
  result<source_step> next(std::uint32_t) override {
    if (steps_.empty()) return source_step{.retry_at_us = never_us};
    source_step step = std::move(steps_.front());
    steps_.pop_front();
    return step;
  }
  void assign(std::optional<connectors::source_split>) override {}
  std::vector<connectors::source_split> snapshot() const override { return {{"s", "12"}}; }

 private:
  std::deque<source_step> steps_;
};

class task_test : public testing::Test {
 protected:
  task make(task_parts parts) {
    auto out = std::make_unique<recorded_output>(log_);
    out_ = out.get();
    std::vector<std::unique_ptr<chain_output>> outputs;
    outputs.push_back(std::move(out));
    parts.chain =
        std::make_unique<chain>(std::vector<chain_stage>{}, std::move(outputs),
                                std::vector<chain_target>{{chain_target::kind::output, 0}}, 1);
    parts.metrics = std::make_shared<task_metrics>();
    parts.time = &time_;
    return task(std::move(parts));
  }
  task make_gated(std::uint32_t channels) {
    std::vector<input_gate::channel> all;
    for (std::uint32_t c = 0; c < channels; ++c) all.push_back({input_id(0), nullptr});
    task_parts parts;
    parts.gate = std::make_unique<input_gate>(std::move(all), credit_limits{}, 4096);
    return make(std::move(parts));
  }
  task make_reading(std::deque<source_step> steps) {
    task_parts parts;
    parts.source = std::make_unique<scripted_source>(std::move(steps));
    return make(std::move(parts));
  }
  static void send(task& t, std::uint32_t channel, data::element what) {
    t.deliver(channel_id(channel), make_parcel(std::move(what)));
  }
  static source_step batch(std::string_view text) {
    return {.what = source_step::kind::batch, .batch = rows(text)};
  }

  using log = std::vector<std::string>;
  manual_clock time_{1};
  log log_;
  recorded_output* out_ = nullptr;
};

TEST_F(task_test, holds_a_channel_back_until_the_barrier_is_complete) {
  task t = make_gated(2);
  send(t, 0, data::barrier{.id = checkpoint_id(1)});
  send(t, 0, rows("1 | 1"));
  send(t, 1, rows("2 | 2"));
  ASSERT_EQ(t.run()->what, task_turn::next::wait);
  EXPECT_EQ(log_, log{"+I | 2 | 2"});
  EXPECT_FALSE(t.take_snapshot());
  send(t, 1, data::barrier{.id = checkpoint_id(1)});
  // The turn ends at the barrier: what comes behind is no part of its snapshot.
  EXPECT_EQ(t.run()->what, task_turn::next::again);
  EXPECT_EQ(log_, (log{"+I | 2 | 2", "barrier 1"}));
  EXPECT_EQ(t.take_snapshot()->barrier.id, checkpoint_id(1));
  ASSERT_TRUE(t.run().ok());
  EXPECT_EQ(log_, (log{"+I | 2 | 2", "barrier 1", "+I | 1 | 1"}));
}

TEST_F(task_test, an_aborted_alignment_lets_the_channel_go_on) {
  task t = make_gated(2);
  send(t, 0, data::barrier{.id = checkpoint_id(1)});
  send(t, 0, rows("1 | 1"));
  ASSERT_TRUE(t.run().ok());
  EXPECT_TRUE(log_.empty());
  t.checkpoint_aborted(checkpoint_id(1));
  ASSERT_TRUE(t.run().ok());
  EXPECT_EQ(log_, log{"+I | 1 | 1"});
}

TEST_F(task_test, ends_event_time_and_itself_with_its_last_channel) {
  task t = make_gated(2);
  send(t, 0, data::watermark{5});
  send(t, 1, data::end_of_input{});
  ASSERT_EQ(t.run()->what, task_turn::next::wait);
  EXPECT_EQ(log_, log{"watermark 5"});
  send(t, 0, data::end_of_input{});
  ASSERT_EQ(t.run()->what, task_turn::next::finished);
  EXPECT_EQ(log_, (log{"watermark 5", "watermark max", "end"}));
}

TEST_F(task_test, a_stop_with_savepoint_leaves_event_time_where_it_is) {
  task t = make_gated(1);
  send(t, 0, data::end_of_input{.stopped_with_savepoint = true});
  ASSERT_EQ(t.run()->what, task_turn::next::finished);
  EXPECT_EQ(log_, log{"end"});
}

TEST_F(task_test, takes_nothing_while_its_output_is_full) {
  task t = make_gated(1);
  out_->room = 1;
  send(t, 0, rows("1 | 1"));
  send(t, 0, data::watermark{3});
  send(t, 0, rows("2 | 2"));
  ASSERT_EQ(t.run()->what, task_turn::next::wait);
  EXPECT_EQ(log_, log{"+I | 1 | 1"});
  EXPECT_GT(t.shared_metrics()->queued_bytes, 0);
  out_->room = -1;
  ASSERT_TRUE(t.run().ok());
  EXPECT_EQ(log_, (log{"+I | 1 | 1", "watermark 3", "+I | 2 | 2"}));
}

TEST_F(task_test, a_source_puts_its_positions_at_the_barrier) {
  task t = make_reading({batch("1 | 1")});
  t.trigger({.id = checkpoint_id(4)});
  EXPECT_EQ(t.run()->what, task_turn::next::again);
  EXPECT_EQ(log_, (log{"barrier 4"}));
  const auto snapshot = t.take_snapshot();
  ASSERT_TRUE(snapshot);
  EXPECT_EQ(snapshot->splits.at(0).position, "12");
  ASSERT_EQ(t.run()->what, task_turn::next::wait);
  EXPECT_EQ(log_, (log{"barrier 4", "+I | 1 | 1"}));
}

TEST_F(task_test, a_source_waits_until_its_time_and_then_ends) {
  task t = make_reading({{.retry_at_us = 9000},
                         {.what = source_step::kind::batch, .batch = rows("1 | 1"), .watermark = 7},
                         {.what = source_step::kind::ended}});
  const auto turn = t.run();
  ASSERT_EQ(turn->what, task_turn::next::wait);
  EXPECT_EQ(turn->wake_at_us, 9000);
  time_.advance(8);
  ASSERT_EQ(t.run()->what, task_turn::next::finished);
  EXPECT_EQ(log_, (log{"+I | 1 | 1", "watermark 7", "watermark max", "end"}));
  EXPECT_EQ(t.shared_metrics()->source_rows, 1u);
}

TEST_F(task_test, asks_for_a_split_once) {
  task t = make_reading({{.what = source_step::kind::want_split}, {.retry_at_us = never_us}});
  EXPECT_TRUE(t.run()->want_split);
  EXPECT_FALSE(t.run()->want_split);
}

}  // namespace
}  // namespace millrace::runtime::test
