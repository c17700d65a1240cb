#include "core/runtime/task.hpp"

#include "core/tables/hash_table.hpp"
#include "core/tables/memory_store.hpp"
#include "core/tables/table_set.hpp"
#include "tests/unit/core/runtime/recorded.hpp"

namespace millrace::runtime::test {
namespace {

using operators::progress;

/// Emits how often the first value of a batch has come: `value | count`.
class counting_operator final : public operators::physical_operator {
 public:
  explicit counting_operator(bool prefetches) : prefetches_(prefetches) {}
  result<void> open(operators::operator_context& context) override {
    tables_ = context.tables;
    tables::table_spec spec;
    spec.name = "counts";
    spec.slots = {tables::slot_spec::bytes(8)};
    counts_ = &tables_->open_hash(std::move(spec));
    return {};
  }
  result<progress> process(input_id, const data::batch_ptr& batch,
                           operators::output& out) override {
    batch_ = batch;
    return resume(out);
  }
  result<progress> resume(operators::output& out) override {
    const auto key = batch_->column_at(0)->value<std::int64_t>(0);
    const auto hash = static_cast<std::uint64_t>(key);
    if (prefetches_ && tables_->prefetch(hash) == tables::readiness::loading)
      return progress::need_state;
    auto& count = *reinterpret_cast<std::int64_t*>(
        counts_->find_or_insert({hash, reinterpret_cast<const char*>(&key), sizeof(key), 0}));
    MILLRACE_CHECK(out.emit(rows(std::to_string(key) + " | " + std::to_string(++count))));
    return progress::need_input;
  }

 private:
  bool prefetches_;
  tables::table_set* tables_ = nullptr;
  tables::hash_table* counts_ = nullptr;
  data::batch_ptr batch_;
};

/// A cold tier that can be made to fail.
class fragile_store final : public tables::state_store {
 public:
  result<void> write(tables::delta_reader& delta) override { return good_.write(delta); }
  result<std::unique_ptr<tables::delta_reader>> read(
      std::span<const key_group> groups) const override {
    if (broken) return make_error(errc::state_io, "the disk is gone");
    return good_.read(groups);
  }
  result<std::unique_ptr<tables::delta_reader>> read_prefixes(
      std::span<const std::string> prefixes) const override {
    if (broken) return make_error(errc::state_io, "the disk is gone");
    return good_.read_prefixes(prefixes);
  }
  result<std::vector<key_group>> groups() const override { return good_.groups(); }
  result<void> drop(std::span<const key_group> groups) override { return good_.drop(groups); }
  std::uint64_t stored_bytes() const override { return good_.stored_bytes(); }
  bool broken = false;

 private:
  tables::memory_store good_;
};

class parking_test : public testing::Test {
 protected:
  /// With a source in place of the gate when there is one; then nothing spills.
  std::unique_ptr<task> make(bool prefetches = true,
                             std::unique_ptr<source_driver> source = nullptr) {
    chain_stage stage;
    stage.name = "count";
    stage.context = std::make_unique<operators::operator_context>();
    stage.context->metrics = &metrics_;
    stage.cold = store_;
    stage.tables =
        std::make_unique<tables::table_set>(tables::table_context{.budget = &budget_,
                                                                  .time = &time_,
                                                                  .store = store_.get(),
                                                                  .strict_prefetch = true,
                                                                  .range = {}});
    stage.context->tables = stage.tables.get();
    stage.op = std::make_unique<counting_operator>(prefetches);
    stage.targets = {{chain_target::kind::output, 0}};
    std::vector<chain_stage> stages;
    stages.push_back(std::move(stage));
    std::vector<std::unique_ptr<chain_output>> outputs;
    outputs.push_back(std::make_unique<recorded_output>(log_));
    task_parts parts;
    parts.spill_always = source == nullptr;
    parts.source = std::move(source);
    std::vector<input_gate::channel> channels;
    channels.push_back({input_id(0), nullptr});
    if (!parts.source) {
      parts.gate = std::make_unique<input_gate>(std::move(channels), credit_limits{}, 4096);
    }
    parts.chain =
        std::make_unique<chain>(std::move(stages), std::move(outputs),
                                std::vector<chain_target>{{chain_target::kind::stage, 0}}, 1);
    parts.metrics = std::make_shared<task_metrics>();
    parts.time = &time_;
    auto t = std::make_unique<task>(std::move(parts));
    EXPECT_TRUE(t->open().ok());
    return t;
  }
  static void send(task& t, data::element what) {
    t.deliver(channel_id(0), make_parcel(std::move(what)));
  }
  /// Turns until the task waits or wants something read.
  static task_turn run(task& t) {
    auto turn = t.run();
    EXPECT_TRUE(turn.ok());
    return turn.ok() ? *turn : task_turn{};
  }

  using log = std::vector<std::string>;
  std::shared_ptr<fragile_store> store_ = std::make_shared<fragile_store>();
  memory_budget budget_{1 << 20};
  manual_clock time_{1};
  operators::operator_metrics metrics_;
  log log_;
};

TEST_F(parking_test, hands_the_reads_out_and_goes_on_behind_them) {
  const auto owner = make();
  task& t = *owner;
  send(t, rows("7 | 0"));
  EXPECT_EQ(run(t).load, nullptr) << "what was never written is not cold";
  send(t, rows("7 | 0"));
  send(t, data::watermark{5});
  const task_turn parked = run(t);
  EXPECT_EQ(parked.what, task_turn::next::wait);
  ASSERT_NE(parked.load, nullptr);
  EXPECT_EQ(log_, log{"+I | 7 | 1"});
  parked.load->run();
  t.state_loaded();
  EXPECT_EQ(run(t).load, nullptr);
  EXPECT_EQ(log_, (log{"+I | 7 | 1", "+I | 7 | 2", "watermark 5"}));
}

TEST_F(parking_test, takes_barriers_and_aborts_meanwhile) {
  const auto owner = make();
  task& t = *owner;
  send(t, rows("7 | 0"));
  send(t, data::barrier{.id = checkpoint_id(1)});
  run(t);
  ASSERT_TRUE(t.take_snapshot());
  send(t, rows("7 | 0"));
  const task_turn parked = run(t);
  ASSERT_NE(parked.load, nullptr);
  send(t, data::barrier{.id = checkpoint_id(2)});
  t.checkpoint_aborted(checkpoint_id(1));
  const task_turn still = run(t);
  EXPECT_EQ(still.what, task_turn::next::wait);
  EXPECT_EQ(still.load, nullptr) << "a job is handed out once";
  EXPECT_FALSE(t.take_snapshot());
  parked.load->run();
  t.state_loaded();
  run(t);
  EXPECT_EQ(log_, (log{"+I | 7 | 1", "barrier 1", "+I | 7 | 2", "barrier 2"}));
  EXPECT_EQ(t.take_snapshot()->barrier.id, checkpoint_id(2));
}

// Its turn is over between the positions and the freeze, and the checkpoint is given up then.
class slow_source final : public source_driver {
 public:
  explicit slow_source(manual_clock& time) : time_(time) {}
  result<source_step> next(std::uint32_t) override {
    if (std::exchange(given_, true)) return source_step{.retry_at_us = never_us};
    return source_step{.what = source_step::kind::batch, .batch = rows("7 | 0")};
  }
  void assign(std::optional<connectors::source_split>) override {}
  std::vector<connectors::source_split> snapshot() const override {
    time_.advance(5);
    return {};
  }

 private:
  manual_clock& time_;
  bool given_ = false;
};

TEST_F(parking_test, a_barrier_given_up_on_its_way_leaves_its_changes_to_the_next) {
  const auto owner = make(true, std::make_unique<slow_source>(time_));
  task& t = *owner;
  run(t);
  t.trigger({.id = checkpoint_id(1)});
  run(t);
  t.checkpoint_aborted(checkpoint_id(1));
  run(t);
  ASSERT_TRUE(t.take_snapshot()) << "what sinks have prepared is handed over all the same";
  t.trigger({.id = checkpoint_id(2)});
  run(t);
  run(t);
  const auto second = t.take_snapshot();
  ASSERT_TRUE(second);
  EXPECT_EQ(second->barrier.id, checkpoint_id(2));
  EXPECT_EQ(second->state.stages.at(0)->entry_count(), 1u);
}

TEST_F(parking_test, a_barrier_given_up_before_it_started_is_not_sent) {
  const auto owner = make(true, std::make_unique<slow_source>(time_));
  task& t = *owner;
  t.trigger({.id = checkpoint_id(1)});
  t.checkpoint_aborted(checkpoint_id(1));
  run(t);
  EXPECT_FALSE(t.take_snapshot());
  EXPECT_EQ(log_, log{"+I | 7 | 1"});
}

TEST_F(parking_test, a_failed_read_is_the_tasks_error) {
  const auto owner = make();
  task& t = *owner;
  send(t, rows("7 | 0"));
  run(t);
  store_->broken = true;
  send(t, rows("7 | 0"));
  const task_turn parked = run(t);
  ASSERT_NE(parked.load, nullptr);
  parked.load->run();
  t.state_loaded();
  const auto failed = t.run();
  ASSERT_FALSE(failed.ok());
  EXPECT_EQ(failed.error().code, errc::state_io);
}

TEST_F(parking_test, a_lookup_without_prefetch_is_told) {
  const auto owner = make(false);
  task& t = *owner;
  send(t, rows("7 | 0"));
  run(t);
  send(t, rows("7 | 0"));
  const auto failed = t.run();
  ASSERT_FALSE(failed.ok());
  EXPECT_EQ(failed.error().code, errc::internal);
}

}  // namespace
}  // namespace millrace::runtime::test
