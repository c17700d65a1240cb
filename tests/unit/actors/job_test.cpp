#include "actors/jobs/job_master.hpp"
#include "actors/jobs/job_runner.hpp"

#include "core/connectors/feed/feed.hpp"
#include "core/data/text_table.hpp"

#include <gtest/gtest.h>

#include <caf/send.hpp>

#include <algorithm>
#include <numeric>
#include <stdexcept>
#include <string>

namespace millrace::actors {
namespace {

using plan::exchange_kind;

const data::schema two_ints{
    {{"k", data::data_type(data::type_id::bigint)}, {"v", data::data_type(data::type_id::bigint)}}};

std::shared_ptr<plan::table_definition> table_of(std::string connector, option_map options = {}) {
  auto table = std::make_shared<plan::table_definition>();
  table->name = connector;
  for (const auto& f : two_ints.fields) {
    plan::table_column column;
    column.name = f.name;
    column.type = f.type;
    table->columns.push_back(column);
  }
  table->options = std::move(options);
  table->options["connector"] = std::move(connector);
  return table;
}

/// Builds plans of two BIGINT columns node by node; each node gets a chain of its own.
class plan_builder {
 public:
  std::uint32_t values(std::uint32_t rows) {
    data::batch_builder builder(two_ints, rows);
    for (std::uint32_t i = 0; i < rows; ++i) {
      builder.column_at(0).append(std::int64_t{i});
      builder.column_at(1).append(std::int64_t{i} * 2);
      builder.end_row();
    }
    plan::values_spec spec;
    spec.rows = rows;
    spec.columns = builder.finish()->columns();
    return add("Values", spec, {}, 1);
  }
  std::uint32_t feed(const std::string& name, std::uint32_t parallelism = 1) {
    plan::source_spec spec;
    spec.table = table_of("feed", {{"feed.name", name}});
    spec.reads = {{0, two_ints.fields[0].type}, {1, two_ints.fields[1].type}};
    return add("Source", spec, {}, parallelism);
  }
  std::uint32_t pass(std::vector<plan::physical_edge> inputs, std::uint32_t parallelism) {
    return add("Union", plan::union_spec{}, std::move(inputs), parallelism);
  }
  std::uint32_t collect(std::uint32_t from, exchange_kind exchange = exchange_kind::single) {
    plan::sink_spec spec;
    spec.table = table_of("collect");
    spec.collect = true;
    spec.source_of = {0, 1};
    return add("Sink", spec, {{from, exchange, {}}}, 1);
  }
  std::uint32_t sink(std::uint32_t from, plan::table_ptr table) {
    plan::sink_spec spec;
    spec.table = std::move(table);
    spec.source_of = {0, 1};
    const std::uint32_t parallelism = plan_.nodes[from].parallelism;
    return add("Sink", spec, {{from, exchange_kind::forward, {}}}, parallelism);
  }
  plan::physical_plan take(option_map options = {}) {
    plan_.options = std::move(options);
    return std::move(plan_);
  }

 private:
  std::uint32_t add(std::string name, plan::operator_spec spec,
                    std::vector<plan::physical_edge> inputs, std::uint32_t parallelism) {
    plan::physical_node node;
    node.name = std::move(name);
    node.spec = std::move(spec);
    node.inputs = std::move(inputs);
    node.parallelism = parallelism;
    node.chain = static_cast<std::uint32_t>(plan_.nodes.size());
    for (const auto& f : two_ints.fields) {
      plan::logical_column column;
      column.name = f.name;
      column.type = f.type;
      node.columns.push_back(column);
    }
    plan_.nodes.push_back(std::move(node));
    return static_cast<std::uint32_t>(plan_.nodes.size() - 1);
  }
  plan::physical_plan plan_;
};

class job_test : public testing::Test {
 protected:
  std::shared_ptr<job> start(plan::physical_plan plan) {
    job_options options;
    options.collect = queue_;
    auto started = start_job(engine_, std::move(plan), std::move(options));
    EXPECT_TRUE(started.ok());
    return *started;
  }
  /// The first column of all rows, in the order they come, until the job has ended.
  std::vector<std::int64_t> keys() {
    std::vector<std::int64_t> all;
    while (!queue_->drained()) {
      const auto batch = queue_->take(std::chrono::hours(1));
      for (std::uint32_t i = 0; batch && i < batch->row_count(); ++i) {
        all.push_back(batch->column_at(0)->value<std::int64_t>(batch->row_at(i)));
      }
    }
    return all;
  }
  static std::vector<std::int64_t> up_to(std::int64_t count) {
    std::vector<std::int64_t> all(static_cast<std::size_t>(count));
    std::iota(all.begin(), all.end(), 0);
    return all;
  }
  static std::vector<std::int64_t> sorted(std::vector<std::int64_t> all) {
    std::ranges::sort(all);
    return all;
  }

  engine engine_{{.threads = 2}};
  std::shared_ptr<runtime::collect_queue> queue_ = std::make_shared<runtime::collect_queue>();
};

TEST_F(job_test, brings_literal_rows_to_the_session_in_order) {
  plan_builder p;
  p.collect(p.values(10'000), exchange_kind::forward);
  const auto job = start(p.take());
  EXPECT_EQ(keys(), up_to(10'000));
  EXPECT_TRUE(job->wait().ok());
  EXPECT_EQ(job->status(), coordination::job_status::finished);
}

class job_modes_test : public job_test, public testing::WithParamInterface<option_map> {};

TEST_P(job_modes_test, every_row_crosses_wide_exchanges_once) {
  plan_builder p;
  const auto source = p.values(3000);
  const auto few = p.pass({{source, exchange_kind::hash, {0}}}, 3);
  const auto many = p.pass({{few, exchange_kind::hash, {1}}}, 9);
  const auto back =
      p.pass({{many, exchange_kind::rebalance, {}}, {few, exchange_kind::hash, {0}}}, 2);
  p.collect(back);
  const auto job = start(p.take(GetParam()));
  const auto all = sorted(keys());
  ASSERT_TRUE(job->wait().ok());
  ASSERT_EQ(all.size(), 6000u);
  for (std::size_t i = 0; i < all.size(); ++i) EXPECT_EQ(all[i], static_cast<std::int64_t>(i / 2));
}

INSTANTIATE_TEST_SUITE_P(modes, job_modes_test,
                         testing::Values(option_map{}, option_map{{"millrace.batch-rows", "1"}},
                                         option_map{{"millrace.test.wire-codec", "true"}},
                                         option_map{{"millrace.exchange.exclusive-size", "1"},
                                                    {"millrace.exchange.floating-size", "0"}}));

TEST_F(job_test, a_slow_reader_throttles_the_job) {
  queue_ = std::make_shared<runtime::collect_queue>(1);
  plan_builder p;
  p.collect(p.pass({{p.values(500), exchange_kind::hash, {0}}}, 1));
  const auto job = start(p.take({{"millrace.batch-rows", "1"}}));
  EXPECT_EQ(keys(), up_to(500));
  EXPECT_TRUE(job->wait().ok());
}

TEST_F(job_test, barriers_pass_through_exchanges_while_rows_come) {
  const auto feed = connectors::feed::open_feed("job_test.barriers");
  plan_builder p;
  const auto source = p.feed("job_test.barriers", 2);
  p.collect(p.pass({{source, exchange_kind::hash, {0}}}, 3));
  const auto job = start(p.take());
  for (std::uint64_t i = 1; i <= 3; ++i) {
    feed->push(*data::parse_table(two_ints, std::to_string(i) + " | 0"));
    const auto done = job->checkpoint();
    ASSERT_TRUE(done.ok()) << to_text(done.error());
    EXPECT_EQ(*done, checkpoint_id(i));
  }
  feed->close();
  EXPECT_EQ(sorted(keys()), (std::vector<std::int64_t>{1, 2, 3}));
  EXPECT_TRUE(job->wait().ok());
  EXPECT_EQ(job->checkpoint().error().code, errc::runtime_interrupted);
  connectors::feed::drop_feed("job_test.barriers");
}

TEST_F(job_test, an_endless_job_ends_when_it_is_cancelled) {
  plan_builder p;
  p.collect(p.feed("job_test.endless"), exchange_kind::forward);
  const auto job = start(p.take());
  job->cancel();
  EXPECT_EQ(job->wait().error().code, errc::runtime_cancelled);
  EXPECT_TRUE(keys().empty());
  EXPECT_EQ(job->status(), coordination::job_status::cancelled);
  connectors::feed::drop_feed("job_test.endless");
}

TEST_F(job_test, a_row_that_a_sink_refuses_fails_the_job_with_its_cause) {
  auto strict = table_of("blackhole");
  strict->columns[1].type = strict->columns[1].type.as_nullable(false);
  const auto feed = connectors::feed::open_feed("job_test.refused");
  feed->push(*data::parse_table(two_ints, "1 | NULL"));
  plan_builder p;
  p.sink(p.feed("job_test.refused"), strict);
  const auto job = start(p.take());
  const auto ended = job->wait();
  ASSERT_FALSE(ended.ok());
  EXPECT_EQ(ended.error().code, errc::runtime_not_null_violation);
  EXPECT_NE(ended.error().message.find("'v'"), std::string::npos);
  EXPECT_EQ(job->status(), coordination::job_status::failed);
  connectors::feed::drop_feed("job_test.refused");
}

TEST_F(job_test, an_unknown_connector_is_refused_before_anything_runs) {
  plan_builder p;
  p.sink(p.values(1), table_of("pulsar"));
  const auto started = start_job(engine_, p.take());
  ASSERT_FALSE(started.ok());
  EXPECT_EQ(started.error().code, errc::connector_unknown);
}

/// A source whose reader throws as soon as it gets its split.
class throwing_source final : public connectors::source {
 public:
  [[nodiscard]] result<std::vector<connectors::source_split>> discover(std::uint32_t) override {
    return std::vector<connectors::source_split>{{"only", ""}};
  }
  [[nodiscard]] bool bounded() const override { return true; }
  [[nodiscard]] result<std::unique_ptr<connectors::source_reader>> make_reader(
      operators::operator_context&) override {
    return std::unique_ptr<connectors::source_reader>(std::make_unique<reader>());
  }

 private:
  struct reader final : connectors::source_reader {
    void add_split(connectors::source_split) override { throw std::logic_error("bad split"); }
    void no_more_splits() override {}
    [[nodiscard]] result<connectors::read_result> read(std::uint32_t) override {
      return connectors::read_result{};
    }
    [[nodiscard]] std::vector<connectors::source_split> snapshot() const override { return {}; }
  };
};

TEST_F(job_test, a_task_that_dies_fails_the_job) {
  plan_builder p;
  p.collect(p.pass({{p.feed("job_test.dies"), exchange_kind::hash, {0}}}, 2));
  job_options options;
  options.collect = queue_;
  options.budget = &engine_.budget();
  auto setup = *make_setup(p.take(), std::move(options));
  setup->sources.begin()->second = std::make_unique<throwing_source>();
  auto record = std::make_shared<job_record>();
  const auto master = spawn_job_master(engine_.system(), setup, record, true);
  caf::anon_send(master, launch_job{});
  const auto ended = record->wait();
  ASSERT_FALSE(ended.ok());
  EXPECT_EQ(ended.error().code, errc::internal);
  EXPECT_NE(ended.error().message.find("bad split"), std::string::npos);
  connectors::feed::drop_feed("job_test.dies");
}

TEST_F(job_test, counts_what_went_through) {
  plan_builder p;
  p.sink(p.pass({{p.values(100), exchange_kind::rebalance, {}}}, 2), table_of("blackhole"));
  const auto job = start(p.take());
  ASSERT_TRUE(job->wait().ok());
  std::uint64_t in = 0;
  std::uint64_t out = 0;
  for (const auto& task : job->tasks()) {
    in += task->source_rows;
    out += task->sink_rows;
  }
  EXPECT_EQ(in, 100u);
  EXPECT_EQ(out, 100u);
}

}  // namespace
}  // namespace millrace::actors
