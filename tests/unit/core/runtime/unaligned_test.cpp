#include "core/runtime/task.hpp"

#include "core/tables/hash_table.hpp"
#include "core/tables/table_set.hpp"
#include "tests/unit/core/runtime/recorded.hpp"

// Barriers that overtake rows, and those that wait in line. Tests are named after the bugs that
// engines before this one had.

namespace millrace::runtime::test {
namespace {

using operators::progress;

/// Counts the rows per key in a table and passes them on.
class counting_operator final : public operators::physical_operator {
 public:
  result<void> open(operators::operator_context& context) override {
    tables::table_spec spec;
    spec.name = "counts";
    spec.slots = {tables::slot_spec::bytes(8)};
    counts_ = &context.tables->open_hash(std::move(spec));
    return {};
  }
  result<progress> process(input_id, const data::batch_ptr& batch,
                           operators::output& out) override {
    const auto key = batch->column_at(0)->value<std::int64_t>(0);
    counts_->find_or_insert(
        {static_cast<std::uint64_t>(key), reinterpret_cast<const char*>(&key), sizeof(key), 0});
    MILLRACE_CHECK(out.emit(batch));
    return progress::need_input;
  }

 private:
  tables::hash_table* counts_ = nullptr;
};

/// Gives every batch four times, as a join that fans out does.
class repeating_operator final : public operators::physical_operator {
 public:
  result<void> open(operators::operator_context&) override { return {}; }
  result<progress> process(input_id, const data::batch_ptr& batch,
                           operators::output& out) override {
    batch_ = batch;
    left_ = 4;
    return resume(out);
  }
  result<progress> resume(operators::output& out) override {
    for (bool first = true; left_ > 0; first = false) {
      if (!first && out.full()) return progress::more_output;
      --left_;
      MILLRACE_CHECK(out.emit(batch_));
    }
    return progress::need_input;
  }

 private:
  data::batch_ptr batch_;
  int left_ = 0;
};

std::size_t entries_of(const std::shared_ptr<tables::frozen_delta>& delta) {
  const auto reader = tables::table_set::read_delta(delta).value();
  std::size_t count = 0;
  for (;;) {
    const auto block = reader->next().value();
    if (block.empty()) return count;
    count += block.size();
  }
}

class unaligned_test : public testing::Test {
 protected:
  using log = std::vector<std::string>;

  /// One channel per entry: the operator input that it belongs to.
  void make(const std::vector<std::uint32_t>& inputs,
            std::vector<std::unique_ptr<operators::physical_operator>> operators = {}) {
    for (const std::uint32_t input : inputs) {
      channels_.push_back({input_id(input), nullptr, static_cast<std::uint32_t>(channels_.size())});
    }
    start(std::move(operators));
  }
  void start(std::vector<std::unique_ptr<operators::physical_operator>> operators = {}) {
    std::vector<chain_stage> stages;
    for (auto& op : operators) stages.push_back(stage_of(std::move(op), stages.size()));
    if (!stages.empty()) stages.back().targets = {{chain_target::kind::output, 0}};
    const std::vector<chain_target> entry{
        {stages.empty() ? chain_target::kind::output : chain_target::kind::stage, 0}};
    auto out = std::make_unique<recorded_output>(log_);
    out_ = out.get();
    std::vector<std::unique_ptr<chain_output>> outputs;
    outputs.push_back(std::move(out));
    const std::uint32_t inputs = channels_.back().input.value + 1;
    parts_.gate = std::make_unique<input_gate>(std::move(channels_), credit_limits{}, 1);
    parts_.chain = std::make_unique<chain>(std::move(stages), std::move(outputs), entry, inputs);
    parts_.metrics = std::make_shared<task_metrics>();
    parts_.time = &time_;
    task_ = std::make_unique<task>(std::move(parts_));
    ASSERT_TRUE(task_->open().ok());
  }
  chain_stage stage_of(std::unique_ptr<operators::physical_operator> op, std::size_t index) {
    chain_stage stage;
    stage.name = "stage";
    stage.context = std::make_unique<operators::operator_context>();
    stage.context->metrics = &metrics_;
    stage.tables = std::make_unique<tables::table_set>(tables::table_context{
        .budget = &budget_, .time = &time_, .range = tables::key_range::of_subtask(0, 1, 128)});
    stage.context->tables = stage.tables.get();
    stage.op = std::move(op);
    stage.targets = {{chain_target::kind::stage, static_cast<std::uint32_t>(index + 1)}};
    return stage;
  }

  void send(std::uint32_t channel, data::element what) {
    task_->deliver(channel_id(channel), make_parcel(std::move(what)));
  }
  static data::barrier unaligned(std::uint64_t id, std::int64_t patience_ms = 0) {
    return {.id = checkpoint_id(id), .at = 1, .unaligned = true, .patience_ms = patience_ms};
  }
  static data::barrier aligned(std::uint64_t id) { return {.id = checkpoint_id(id)}; }
  /// Turns until there is nothing to do; keeps the snapshot that comes up.
  void run() {
    for (auto what = task_turn::next::again; what == task_turn::next::again;) {
      auto turn = task_->run();
      ASSERT_TRUE(turn.ok());
      what = turn->what;
      wake_at_ = turn->wake_at_us;
      if (auto snapshot = task_->take_snapshot()) snapshot_ = std::move(snapshot);
    }
  }
  /// `input.writer: elements`, a line per channel.
  [[nodiscard]] log overtaken() const {
    log all;
    for (const channel_state& c : snapshot_->overtaken) {
      std::string line = std::to_string(c.input.value) + "." + std::to_string(c.writer) + ":";
      for (const data::element& e : c.elements) {
        const auto* mark = std::get_if<data::watermark>(&e);
        if (mark == nullptr || mark->time > min_watermark) line += " " + text_of(e);
      }
      all.push_back(std::move(line));
    }
    return all;
  }

  memory_budget budget_{1 << 20};
  manual_clock time_{1};
  operators::operator_metrics metrics_;
  log log_;
  std::vector<input_gate::channel> channels_;
  task_parts parts_;
  recorded_output* out_ = nullptr;
  std::unique_ptr<task> task_;
  std::optional<task_snapshot> snapshot_;
  std::int64_t wake_at_ = 0;
};

TEST_F(unaligned_test, unaligned_with_two_inputs) {
  make({0, 1});
  send(0, rows("1 | 1"));
  send(1, rows("2 | 2"));
  send(1, unaligned(1));
  send(1, rows("3 | 3"));
  run();
  EXPECT_EQ(log_.front(), "barrier 1");
  EXPECT_EQ(log_.size(), 4u);
  EXPECT_FALSE(snapshot_) << "the first input may have more in front of the barrier";
  send(0, data::watermark{7});
  send(0, rows("4 | 4"));
  send(0, unaligned(1));
  send(0, rows("5 | 5"));
  run();
  ASSERT_TRUE(snapshot_);
  EXPECT_EQ(overtaken(), (log{"0.0: +I | 1 | 1 watermark 7 +I | 4 | 4", "1.1: +I | 2 | 2"}));
  EXPECT_EQ(log_.back(), "+I | 5 | 5");
}

TEST_F(unaligned_test, an_ended_input_has_nothing_more_to_say) {
  make({0, 1});
  send(0, rows("1 | 1"));
  send(0, data::end_of_input{});
  send(1, unaligned(1));
  run();
  ASSERT_TRUE(snapshot_) << "no barrier comes over a channel that has ended";
  EXPECT_EQ(overtaken(), (log{"0.0: +I | 1 | 1", "1.1:"}));
  task_->checkpoint_complete(checkpoint_id(1));
  send(1, rows("2 | 2"));
  send(1, unaligned(2));
  run();
  EXPECT_EQ(snapshot_->barrier.id, checkpoint_id(2));
  EXPECT_EQ(overtaken(), (log{"0.0: watermark max", "1.1: +I | 2 | 2"}));
}

TEST_F(unaligned_test, an_idle_input_is_idle_in_the_snapshot) {
  make({0, 0});
  send(0, data::watermark{3});
  send(0, data::idleness{true});
  send(1, data::watermark{9});
  run();
  send(1, rows("1 | 1"));
  send(0, unaligned(1));
  send(1, unaligned(1));
  run();
  EXPECT_EQ(overtaken(), (log{"0.0: watermark 3 idle", "0.1: watermark 9 +I | 1 | 1"}));
  EXPECT_EQ(snapshot_->watermark, 9);
}

TEST_F(unaligned_test, a_declined_checkpoint_followed_by_a_good_one) {
  make({0, 0});
  send(0, rows("1 | 1"));
  send(1, unaligned(1));
  run();
  task_->checkpoint_aborted(checkpoint_id(1));
  run();
  ASSERT_TRUE(snapshot_) << "what sinks have prepared is handed over all the same";
  EXPECT_TRUE(snapshot_->overtaken.empty());
  send(0, unaligned(1));
  send(0, rows("2 | 2"));
  send(0, unaligned(2));
  send(1, unaligned(2));
  run();
  EXPECT_EQ(snapshot_->barrier.id, checkpoint_id(2));
  EXPECT_EQ(overtaken(), (log{"0.0: +I | 2 | 2", "0.1:"}));
  EXPECT_EQ(log_, (log{"barrier 1", "+I | 1 | 1", "barrier 2", "+I | 2 | 2"}));
}

TEST_F(unaligned_test, a_cancelled_barrier_overtakes_nothing) {
  make({0});
  task_->checkpoint_aborted(checkpoint_id(1));
  send(0, rows("1 | 1"));
  send(0, unaligned(1));
  run();
  EXPECT_EQ(log_, log{"+I | 1 | 1"});
  EXPECT_FALSE(snapshot_);
}

TEST_F(unaligned_test, a_newer_barrier_ends_the_wait_for_an_older) {
  make({0, 0});
  send(0, aligned(1));
  send(0, rows("1 | 1"));
  run();
  send(0, unaligned(2));
  run();
  EXPECT_EQ(log_, (log{"barrier 2", "+I | 1 | 1"}));
  send(1, unaligned(2));
  run();
  EXPECT_EQ(overtaken(), (log{"0.0: +I | 1 | 1", "0.1:"}));
}

TEST_F(unaligned_test, a_back_pressured_channel_delays_no_barrier) {
  make({0, 0});
  out_->room = 0;
  send(0, rows("1 | 1"));
  send(1, rows("2 | 2"));
  send(0, unaligned(1));
  send(1, unaligned(1));
  run();
  ASSERT_TRUE(snapshot_) << "with a sink that takes nothing at all";
  EXPECT_EQ(log_, log{"barrier 1"});
  EXPECT_EQ(overtaken(), (log{"0.0: +I | 1 | 1", "0.1: +I | 2 | 2"}));
}

TEST_F(unaligned_test, an_operator_gets_to_the_end_of_its_call_on_credit) {
  std::vector<std::unique_ptr<operators::physical_operator>> all;
  all.push_back(std::make_unique<repeating_operator>());
  make({0}, std::move(all));
  out_->room = 1;
  send(0, rows("1 | 1"));
  send(0, rows("2 | 2"));
  run();
  EXPECT_EQ(log_, log{"+I | 1 | 1"});
  send(0, unaligned(1));
  run();
  EXPECT_FALSE(snapshot_) << "a full sink lends nothing";
  out_->lending = true;
  run();
  ASSERT_TRUE(snapshot_);
  EXPECT_EQ(log_, (log{"+I | 1 | 1", "+I | 1 | 1", "+I | 1 | 1", "+I | 1 | 1", "barrier 1"}));
  EXPECT_EQ(overtaken(), log{"0.0: +I | 2 | 2"});
}

TEST_F(unaligned_test, a_barrier_waits_in_line_until_its_patience_ends) {
  make({0, 0});
  send(0, unaligned(1, 10));
  send(0, rows("1 | 1"));
  send(1, rows("2 | 2"));
  out_->room = 0;
  run();
  EXPECT_TRUE(log_.empty());
  EXPECT_EQ(wake_at_, time_.steady_us() + 10'000);
  time_.advance(10);
  run();
  EXPECT_EQ(log_, log{"barrier 1"});
  send(1, unaligned(1, 10));
  run();
  ASSERT_TRUE(snapshot_);
  EXPECT_EQ(overtaken(), (log{"0.0:", "0.1: +I | 2 | 2"}));
}

TEST_F(unaligned_test, a_patient_barrier_that_is_aligned_in_time_overtakes_nothing) {
  make({0, 0});
  send(0, unaligned(1, 10));
  send(0, rows("1 | 1"));
  send(1, rows("2 | 2"));
  send(1, unaligned(1, 10));
  run();
  ASSERT_TRUE(snapshot_);
  EXPECT_TRUE(snapshot_->overtaken.empty());
  EXPECT_EQ(log_, (log{"+I | 2 | 2", "barrier 1", "+I | 1 | 1"}));
}

TEST_F(unaligned_test, a_blocked_source_sends_its_barrier_all_the_same) {
  class endless final : public source_driver {
   public:
    result<source_step> next(std::uint32_t) override {
      return source_step{.what = source_step::kind::batch, .batch = rows("1 | 1")};
    }
    void assign(std::optional<connectors::source_split>) override {}
    std::vector<connectors::source_split> snapshot() const override { return {{"s", "12"}}; }
  };
  parts_.source = std::make_unique<endless>();
  std::vector<std::unique_ptr<chain_output>> outputs;
  auto out = std::make_unique<recorded_output>(log_);
  out->room = 1;
  outputs.push_back(std::move(out));
  parts_.chain =
      std::make_unique<chain>(std::vector<chain_stage>{}, std::move(outputs),
                              std::vector<chain_target>{{chain_target::kind::output, 0}}, 1);
  parts_.metrics = std::make_shared<task_metrics>();
  parts_.time = &time_;
  task_ = std::make_unique<task>(std::move(parts_));
  run();
  task_->trigger(aligned(1));
  run();
  EXPECT_FALSE(snapshot_);
  task_->checkpoint_aborted(checkpoint_id(1));
  task_->trigger(unaligned(2));
  run();
  ASSERT_TRUE(snapshot_);
  EXPECT_EQ(log_, (log{"+I | 1 | 1", "barrier 2"}));
  EXPECT_EQ(snapshot_->splits.at(0).position, "12");
}

TEST_F(unaligned_test, forward_and_broadcast_channels_stay_in_line) {
  channels_.push_back({input_id(0), nullptr, 0, false});
  channels_.push_back({input_id(1), nullptr, 0, true});
  start();
  out_->room = 1;
  send(0, rows("1 | 1"));
  send(0, unaligned(1));
  send(1, rows("2 | 2"));
  send(1, rows("3 | 3"));
  send(1, unaligned(1));
  run();
  EXPECT_FALSE(snapshot_) << "rows of the forward channel may not be overtaken";
  out_->room = 2;
  run();
  ASSERT_TRUE(snapshot_);
  EXPECT_EQ(log_, (log{"+I | 1 | 1", "+I | 2 | 2", "barrier 1", "+I | 3 | 3"}));
  EXPECT_EQ(overtaken(), (log{"0.0:", "1.0: +I | 3 | 3"}));
}

TEST_F(unaligned_test, at_least_once_holds_no_channel_back) {
  parts_.aligns = false;
  make({0, 0});
  send(0, aligned(1));
  send(0, rows("1 | 1"));
  send(1, rows("2 | 2"));
  run();
  EXPECT_FALSE(snapshot_);
  send(1, aligned(1));
  send(1, rows("3 | 3"));
  run();
  ASSERT_TRUE(snapshot_);
  EXPECT_EQ(log_, (log{"+I | 2 | 2", "+I | 1 | 1", "barrier 1", "+I | 3 | 3"}));
}

TEST_F(unaligned_test, two_stateful_operators_in_one_chain) {
  std::vector<std::unique_ptr<operators::physical_operator>> all;
  all.push_back(std::make_unique<counting_operator>());
  all.push_back(std::make_unique<counting_operator>());
  make({0}, std::move(all));
  send(0, rows("1 | 1"));
  run();
  send(0, rows("2 | 2"));
  send(0, unaligned(1));
  run();
  ASSERT_TRUE(snapshot_);
  EXPECT_EQ(overtaken(), log{"0.0: +I | 2 | 2"});
  for (const auto& delta : snapshot_->state.stages) EXPECT_EQ(entries_of(delta), 1u);
  task_->checkpoint_complete(checkpoint_id(1));
  send(0, unaligned(2));
  run();
  EXPECT_TRUE(snapshot_->overtaken.empty());
  for (const auto& delta : snapshot_->state.stages) EXPECT_EQ(entries_of(delta), 1u);
}

// Between processes the word on a checkpoint may come behind the barrier of the next one.
TEST_F(unaligned_test, a_barrier_waits_for_the_word_on_the_checkpoint_before) {
  for (const bool complete : {true, false}) {
    std::vector<std::unique_ptr<operators::physical_operator>> all;
    all.push_back(std::make_unique<counting_operator>());
    make({0}, std::move(all));
    send(0, rows("1 | 1"));
    send(0, aligned(1));
    run();
    ASSERT_EQ(snapshot_->barrier.id, checkpoint_id(1));
    send(0, aligned(2));
    run();
    EXPECT_EQ(snapshot_->barrier.id, checkpoint_id(1));
    if (complete) {
      task_->checkpoint_complete(checkpoint_id(1));
    } else {
      task_->checkpoint_aborted(checkpoint_id(1));
    }
    run();
    EXPECT_EQ(snapshot_->barrier.id, checkpoint_id(2));
    EXPECT_EQ(entries_of(snapshot_->state.stages[0]), 1u);
  }
}

TEST_F(unaligned_test, a_savepoint_followed_by_an_incremental_checkpoint) {
  std::vector<std::unique_ptr<operators::physical_operator>> all;
  all.push_back(std::make_unique<counting_operator>());
  make({0}, std::move(all));
  send(0, rows("1 | 1"));
  send(0, {data::barrier{.id = checkpoint_id(1), .savepoint = true}});
  run();
  EXPECT_EQ(snapshot_->state.stages[0]->mode(), tables::freeze_mode::snapshot);
  EXPECT_EQ(entries_of(snapshot_->state.stages[0]), 1u);
  task_->checkpoint_complete(checkpoint_id(1));
  send(0, rows("2 | 2"));
  send(0, rows("3 | 3"));
  run();
  send(0, unaligned(2));
  run();
  EXPECT_EQ(snapshot_->state.stages[0]->mode(), tables::freeze_mode::changes);
  // A savepoint is no base of deltas: what it held comes again.
  EXPECT_EQ(entries_of(snapshot_->state.stages[0]), 3u);
}

TEST_F(unaligned_test, the_watermark_after_a_restore_is_that_of_the_old_channels) {
  parts_.restored_watermark = 5;
  parts_.replays.push_back({std::nullopt,
                            5,
                            {{input_id(0), 0, {data::watermark{5}, rows("1 | 1")}},
                             {input_id(0), 1, {data::watermark{8}, rows("2 | 2")}},
                             {input_id(0), 2, {data::watermark{9}}}}});
  parts_.replays[0].channels[0].elements.push_back(data::watermark{20});
  make({0});
  send(0, rows("3 | 3"));
  send(0, unaligned(1));
  run();
  EXPECT_EQ(log_, (log{"watermark 5", "+I | 1 | 1", "+I | 2 | 2", "watermark 8", "barrier 1",
                       "+I | 3 | 3"}));
  ASSERT_TRUE(snapshot_);
  EXPECT_EQ(snapshot_->watermark, 8);
  EXPECT_EQ(overtaken(), log{"0.0: +I | 3 | 3"});
}

// Two tasks that were not equally far become one. What was late in the first must be late still.
TEST_F(unaligned_test, rows_in_flight_meet_the_event_time_that_they_met_before) {
  parts_.restored_watermark = 5;
  parts_.replays.push_back(
      {std::nullopt,
       5,
       {{input_id(0), 0, {data::watermark{9}, rows("1 | 1"), data::watermark{20}}, 0},
        {input_id(0),
         0,
         {data::watermark{5}, rows("2 | 2"), data::watermark{9}, rows("3 | 3")},
         1}}});
  parts_.replays[0].channels[1].elements.push_back(data::watermark{20});
  make({0});
  run();
  EXPECT_EQ(log_, (log{"watermark 5", "+I | 2 | 2", "watermark 9", "+I | 1 | 1", "+I | 3 | 3",
                       "watermark 20"}));
}

TEST_F(unaligned_test, an_idle_input_resumes_after_a_restore) {
  parts_.restored_watermark = 5;
  parts_.replays.push_back(
      {std::nullopt,
       5,
       {{input_id(0), 0, {data::watermark{5}, data::idleness{true}, rows("1 | 1")}}}});
  make({0});
  run();
  EXPECT_EQ(log_, (log{"watermark 5", "idle", "+I | 1 | 1", "active"}));
  send(0, data::watermark{6});
  run();
  EXPECT_EQ(log_.back(), "watermark 6");
}

TEST_F(unaligned_test, rows_in_flight_to_an_operator_inside_of_the_chain_come_first) {
  parts_.restored_watermark = 5;
  parts_.replays.push_back({chain_target{chain_target::kind::output, 0},
                            min_watermark,
                            {{input_id(0), 0, {data::watermark{3}, rows("1 | 1")}}}});
  make({0});
  send(0, rows("2 | 2"));
  run();
  EXPECT_EQ(log_, (log{"watermark 3", "+I | 1 | 1", "watermark 5", "+I | 2 | 2"}));
}

}  // namespace
}  // namespace millrace::runtime::test
