#include "core/runtime/chain.hpp"

#include "core/tables/table_set.hpp"
#include "tests/unit/core/runtime/recorded.hpp"

namespace millrace::runtime::test {
namespace {

using operators::progress;

/// Emits every row as a batch of its own, `times` times, pausing whenever it may.
class repeat_operator : public operators::physical_operator {
 public:
  explicit repeat_operator(std::uint32_t times) : times_(times) {}
  result<void> open(operators::operator_context&) override { return {}; }
  result<progress> process(input_id, const data::batch_ptr& batch,
                           operators::output& out) override {
    left_ = batch;
    next_ = 0;
    return go_on(out, true);
  }
  result<progress> resume(operators::output& out) override { return go_on(out, true); }
  result<progress> finish(input_id input, operators::output&) override {
    finished += std::to_string(input.value);
    return progress::need_input;
  }
  result<progress> prepare_barrier(operators::output& out) override {
    if (flush_at_barrier) MILLRACE_CHECK(out.emit(flush_at_barrier));
    return progress::need_input;
  }
  std::string finished;
  data::batch_ptr flush_at_barrier;

 private:
  result<progress> go_on(operators::output& out, bool first) {
    for (; next_ < left_->row_count() * times_; ++next_, first = false) {
      if (!first && out.full()) return progress::more_output;
      MILLRACE_CHECK(out.emit(data::live_slice(left_, next_ / times_, 1)));
    }
    return progress::need_input;
  }
  std::uint32_t times_;
  std::uint32_t next_ = 0;
  data::batch_ptr left_;
};

/// Sends a watermark of its own between the rows of a batch.
class stamping_operator final : public operators::physical_operator {
 public:
  result<void> open(operators::operator_context&) override { return {}; }
  result<progress> process(input_id, const data::batch_ptr& batch,
                           operators::output& out) override {
    for (std::uint32_t i = 0; i < batch->row_count(); ++i) {
      MILLRACE_CHECK(out.emit(data::live_slice(batch, i, 1)));
      MILLRACE_CHECK(out.emit_watermark(batch->column_at(0)->value<std::int64_t>(i)));
    }
    return progress::need_input;
  }
  timestamp_ms output_watermark(timestamp_ms t) const override {
    return t == max_watermark ? t : min_watermark;
  }
};

class failing_operator final : public operators::physical_operator {
 public:
  result<void> open(operators::operator_context&) override { return {}; }
  result<progress> process(input_id, const data::batch_ptr&, operators::output&) override {
    return make_error(errc::runtime_division_by_zero, "division by zero");
  }
};

class chain_test : public testing::Test {
 protected:
  std::uint32_t add(std::unique_ptr<operators::physical_operator> op,
                    std::vector<chain_target> targets) {
    metrics_.push_back(std::make_unique<operators::operator_metrics>());
    chain_stage stage;
    stage.name = "op" + std::to_string(stages_.size());
    stage.op = std::move(op);
    stage.context = std::make_unique<operators::operator_context>();
    stage.context->metrics = metrics_.back().get();
    stage.targets = std::move(targets);
    stages_.push_back(std::move(stage));
    return static_cast<std::uint32_t>(stages_.size() - 1);
  }
  recorded_output& add_output() {
    outputs_.push_back(std::make_unique<recorded_output>(log_));
    return static_cast<recorded_output&>(*outputs_.back());
  }
  chain& make(std::vector<chain_target> entry, std::uint32_t inputs = 1) {
    chain_.emplace(std::move(stages_), std::move(outputs_), std::move(entry), inputs);
    EXPECT_TRUE(chain_->open().ok());
    return *chain_;
  }
  static chain_target stage(std::uint32_t i) { return {chain_target::kind::stage, i}; }
  static chain_target output(std::uint32_t i) { return {chain_target::kind::output, i}; }

  using log = std::vector<std::string>;
  log log_;
  std::vector<std::unique_ptr<operators::operator_metrics>> metrics_;
  std::vector<chain_stage> stages_;
  std::vector<std::unique_ptr<chain_output>> outputs_;
  std::optional<chain> chain_;
};

TEST_F(chain_test, feeds_every_branch_in_order) {
  add(std::make_unique<repeat_operator>(1), {stage(1), output(0)});
  add(std::make_unique<repeat_operator>(2), {output(0)});
  add_output();
  chain& c = make({stage(0)});
  ASSERT_EQ(*c.push(input_id(0), rows("1 | 10\n2 | 20")), chain_state::ready);
  EXPECT_EQ(log_, (log{"+I | 1 | 10", "+I | 1 | 10", "+I | 1 | 10", "+I | 2 | 20", "+I | 2 | 20",
                       "+I | 2 | 20"}));
}

TEST_F(chain_test, a_full_output_pauses_every_operator_and_keeps_order) {
  add(std::make_unique<repeat_operator>(1), {stage(1)});
  add(std::make_unique<repeat_operator>(3), {output(0)});
  auto& out = add_output();
  chain& c = make({stage(0)});
  out.room = 1;
  auto state = c.push(input_id(0), rows("1 | 0\n2 | 0"));
  for (int i = 0; i < 5; ++i) {
    ASSERT_EQ(*state, chain_state::full);
    EXPECT_EQ(log_.size(), static_cast<std::size_t>(i + 1));
    EXPECT_FALSE(c.has_room());
    out.room = 1;
    state = c.proceed();
  }
  EXPECT_EQ(*state, chain_state::ready);
  EXPECT_EQ(log_, (log{"+I | 1 | 0", "+I | 1 | 0", "+I | 1 | 0", "+I | 2 | 0", "+I | 2 | 0",
                       "+I | 2 | 0"}));
}

TEST_F(chain_test, a_watermark_waits_behind_the_rows_of_a_paused_operator) {
  add(std::make_unique<repeat_operator>(2), {output(0)});
  auto& out = add_output();
  chain& c = make({stage(0)});
  out.room = 1;
  ASSERT_EQ(*c.push(input_id(0), rows("1 | 0")), chain_state::full);
  out.room = 1;
  ASSERT_EQ(*c.proceed(), chain_state::ready);
  ASSERT_EQ(*c.push_watermark(7), chain_state::full);
  out.room = -1;
  ASSERT_EQ(*c.proceed(), chain_state::ready);
  EXPECT_EQ(log_, (log{"+I | 1 | 0", "+I | 1 | 0", "watermark 7"}));
}

TEST_F(chain_test, watermarks_made_between_rows_stay_between_them) {
  add(std::make_unique<stamping_operator>(), {stage(1)});
  add(std::make_unique<repeat_operator>(1), {output(0)});
  add_output();
  chain& c = make({stage(0)});
  ASSERT_EQ(*c.push(input_id(0), rows("5 | 0\n4 | 0\n9 | 0")), chain_state::ready);
  ASSERT_EQ(*c.push_watermark(100), chain_state::ready);
  ASSERT_EQ(*c.push_watermark(max_watermark), chain_state::ready);
  EXPECT_EQ(log_, (log{"+I | 5 | 0", "watermark 5", "+I | 4 | 0", "+I | 9 | 0", "watermark 9",
                       "watermark max"}));
}

TEST_F(chain_test, rows_flushed_for_a_barrier_go_in_front_of_it) {
  auto first = std::make_unique<repeat_operator>(1);
  first->flush_at_barrier = rows("8 | 8");
  add(std::move(first), {stage(1)});
  add(std::make_unique<repeat_operator>(2), {output(0)});
  auto& out = add_output();
  chain& c = make({stage(0)});
  out.room = 1;
  ASSERT_EQ(*c.push_barrier({.id = checkpoint_id(3)}), chain_state::full);
  EXPECT_FALSE(c.take_snapshot());
  out.room = -1;
  ASSERT_EQ(*c.proceed(), chain_state::ready);
  EXPECT_EQ(log_, (log{"+I | 8 | 8", "+I | 8 | 8", "barrier 3"}));
  const auto snapshot = c.take_snapshot();
  ASSERT_TRUE(snapshot);
  EXPECT_EQ(snapshot->checkpoint, checkpoint_id(3));
  EXPECT_FALSE(c.take_snapshot());
}

TEST_F(chain_test, ends_when_every_input_has_ended) {
  auto op = std::make_unique<repeat_operator>(1);
  const auto& seen = *op;
  add(std::move(op), {output(0)});
  add_output();
  chain& c = make({stage(0)}, 2);
  ASSERT_EQ(*c.push_end(input_id(1), {}), chain_state::ready);
  EXPECT_FALSE(c.finished());
  ASSERT_EQ(*c.push_end(input_id(0), {}), chain_state::ready);
  EXPECT_TRUE(c.finished());
  EXPECT_EQ(seen.finished, "10");
  EXPECT_EQ(log_, log{"end"});
}

TEST_F(chain_test, an_error_names_the_innermost_operator_once) {
  add(std::make_unique<repeat_operator>(1), {stage(1)});
  add(std::make_unique<failing_operator>(), {output(0)});
  add_output();
  chain& c = make({stage(0)});
  const auto state = c.push(input_id(0), rows("1 | 1"));
  ASSERT_FALSE(state.ok());
  EXPECT_EQ(state.error().message, "division by zero (in operator op1)");
}

}  // namespace
}  // namespace millrace::runtime::test
