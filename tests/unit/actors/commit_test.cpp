#include "actors/jobs/job_master.hpp"
#include "actors/jobs/job_runner.hpp"

#include "core/connectors/feed/feed.hpp"
#include "core/coordination/memory_snapshot_store.hpp"
#include "core/data/text_table.hpp"

#include <gtest/gtest.h>

#include <caf/send.hpp>

#include <atomic>
#include <mutex>
#include <string>
#include <vector>

namespace millrace::actors {
namespace {

using plan::exchange_kind;

/// What a sink committed, and how its next commits fail.
struct ledger {
  std::mutex mutex;
  std::vector<std::string> committed;  // whatever was done twice stands here once
  int failures = 0;                    // still to come
  errc code = errc::connector_io;
};

class counting_writer final : public connectors::sink_writer {
 public:
  result<void> write(const data::batch_ptr& batch) override {
    rows_ += batch->row_count();
    return {};
  }
  result<std::vector<connectors::committable>> prepare_commit(checkpoint_id id, bool end) override {
    const std::string name = end ? "end" : std::to_string(id.value);
    return std::vector<connectors::committable>{
        {name + ": " + std::to_string(std::exchange(rows_, 0))}};
  }

 private:
  std::uint64_t rows_ = 0;
};

class failing_committer final : public connectors::sink_committer {
 public:
  explicit failing_committer(std::shared_ptr<ledger> to) : to_(std::move(to)) {}
  result<void> commit(const std::vector<connectors::committable>& all) override {
    const std::lock_guard lock(to_->mutex);
    if (to_->failures > 0) {
      --to_->failures;
      return make_error(to_->code, "no room");
    }
    for (const auto& one : all) {
      auto& done = to_->committed;
      if (std::ranges::find(done, one.bytes) == done.end()) done.push_back(one.bytes);
    }
    return {};
  }

 private:
  std::shared_ptr<ledger> to_;
};

class counting_sink final : public connectors::sink {
 public:
  explicit counting_sink(std::shared_ptr<ledger> to) : to_(std::move(to)) {}
  plan::changelog_mode accepts() const override { return plan::changelog_mode::insert_only; }
  result<std::unique_ptr<connectors::sink_writer>> make_writer(
      operators::operator_context&) override {
    return std::unique_ptr<connectors::sink_writer>(std::make_unique<counting_writer>());
  }
  result<std::unique_ptr<connectors::sink_committer>> make_committer() override {
    return std::unique_ptr<connectors::sink_committer>(std::make_unique<failing_committer>(to_));
  }

 private:
  std::shared_ptr<ledger> to_;
};

const data::schema one_int{{{"k", data::data_type(data::type_id::bigint)}}};

plan::table_ptr table_of(std::string connector, option_map options = {}) {
  auto table = std::make_shared<plan::table_definition>();
  table->name = connector;
  plan::table_column column;
  column.name = "k";
  column.type = one_int.fields[0].type;
  table->columns.push_back(column);
  table->options = std::move(options);
  table->options["connector"] = std::move(connector);
  return table;
}

// Rows of a feed into a sink.
plan::physical_plan feed_to_sink(const std::string& name, option_map options) {
  plan::source_spec source;
  source.table = table_of("feed", {{"feed.name", name}});
  source.reads = {{0, one_int.fields[0].type}};
  plan::sink_spec sink;
  sink.table = table_of("blackhole");
  sink.source_of = {0};
  plan::physical_plan plan;
  plan.nodes.resize(2);
  plan.nodes[0].id = "source";
  plan.nodes[0].spec = source;
  plan.nodes[1].id = "sink";
  plan.nodes[1].spec = sink;
  plan.nodes[1].inputs = {{0, exchange_kind::forward, {}}};
  for (auto& node : plan.nodes) {
    plan::logical_column column;
    column.name = "k";
    column.type = one_int.fields[0].type;
    node.columns = {column};
  }
  plan.options = std::move(options);
  return plan;
}

/// A job whose sink fails as the ledger says.
class commit_test : public testing::Test {
 protected:
  void TearDown() override { connectors::feed::drop_feed(name()); }
  static std::string name() {
    return std::string("commit_test.") +
           testing::UnitTest::GetInstance()->current_test_info()->name();
  }
  void start(option_map options = {}) {
    job_options with;
    with.budget = &engine_.budget();
    with.io = &engine_.io();
    with.checkpoints = store_;
    with.job_id = "job";
    with.restore = restore_;
    with.on_commit_failure = [this](const error&, std::int64_t) { ++told_; };
    auto setup = *make_setup(feed_to_sink(name(), std::move(options)), std::move(with));
    setup->sinks.begin()->second = std::make_unique<counting_sink>(ledger_);
    master_ = spawn_job_master(engine_.system(), setup, record_, true);
    caf::anon_send<caf::message_priority::high>(master_, launch_job{});
  }
  void feed(std::int64_t key) {
    connectors::feed::open_feed(name())->push(*data::parse_table(one_int, std::to_string(key)));
  }
  void end_of_input() { connectors::feed::open_feed(name())->close(); }
  result<checkpoint_id> checkpoint() {
    const checkpoint_id before = record_->last_settled();
    caf::anon_send<caf::message_priority::high>(master_, checkpoint_wanted{});
    return record_->wait_checkpoint(before, false);
  }
  std::vector<std::string> committed() {
    const std::lock_guard lock(ledger_->mutex);
    return ledger_->committed;
  }

  engine engine_{{.threads = 2}};
  std::shared_ptr<ledger> ledger_ = std::make_shared<ledger>();
  std::shared_ptr<coordination::memory_snapshot_store> store_ =
      std::make_shared<coordination::memory_snapshot_store>();
  std::shared_ptr<const coordination::restore_plan> restore_;
  std::shared_ptr<job_record> record_ = std::make_shared<job_record>();
  job_master_handle master_;
  std::atomic<int> told_ = 0;
};

TEST_F(commit_test, a_failed_commit_is_tried_again) {
  ledger_->failures = 2;
  feed(1);
  start();
  ASSERT_TRUE(checkpoint().ok());
  feed(2);
  ASSERT_TRUE(checkpoint().ok()) << "checkpoints go on meanwhile";
  end_of_input();
  EXPECT_TRUE(record_->wait().ok());
  const auto all = committed();
  ASSERT_EQ(all.size(), 3U);
  EXPECT_EQ(all[0].substr(0, 2), "1:");
  EXPECT_EQ(told_, 2);
}

TEST_F(commit_test, commit_failure_after_the_last_task_ended) {
  feed(1);
  end_of_input();
  ledger_->failures = 3;
  start();
  EXPECT_TRUE(record_->wait().ok());
  EXPECT_EQ(committed(), std::vector<std::string>{"end: 1"});
  EXPECT_EQ(told_, 3);
}

TEST_F(commit_test, commit_failure_after_the_last_task_ended_that_nothing_mends) {
  feed(1);
  end_of_input();
  ledger_->failures = 1;
  ledger_->code = errc::state_corrupt;
  start();
  EXPECT_EQ(record_->wait().error().code, errc::state_corrupt);
  EXPECT_EQ(told_, 0);
}

TEST_F(commit_test, gives_up_where_an_option_says_so) {
  feed(1);
  end_of_input();
  ledger_->failures = 10;
  start({{"sink.committer.retries", "1"}});
  EXPECT_EQ(record_->wait().error().code, errc::connector_io);
  EXPECT_EQ(told_, 1);
}

TEST_F(commit_test, trigger_while_failing) {
  ledger_->failures = 1;
  ledger_->code = errc::state_corrupt;
  start();
  feed(1);
  caf::anon_send<caf::message_priority::high>(master_, checkpoint_wanted{});
  caf::anon_send<caf::message_priority::high>(master_, checkpoint_wanted{});
  caf::anon_send<caf::message_priority::high>(master_, checkpoint_wanted{});
  EXPECT_EQ(record_->wait().error().code, errc::state_corrupt);
  EXPECT_FALSE(checkpoint().ok());
  EXPECT_EQ(record_->status(), coordination::job_status::failed);
}

TEST_F(commit_test, a_job_that_waits_for_its_last_commit_can_be_cancelled) {
  feed(1);
  end_of_input();
  ledger_->failures = 1'000'000;
  start();
  ASSERT_TRUE(record_->wait_checkpoint(checkpoint_id(), false).ok()) << "the last one";
  EXPECT_FALSE(checkpoint().ok()) << "it takes none any more";
  caf::anon_send<caf::message_priority::high>(master_, cancel_job{});
  EXPECT_EQ(record_->wait().error().code, errc::runtime_cancelled);
}

TEST_F(commit_test, a_restart_repeats_commits_until_they_are_done) {
  start();
  feed(1);
  ASSERT_TRUE(checkpoint().ok());
  caf::anon_send<caf::message_priority::high>(master_, cancel_job{});
  EXPECT_FALSE(record_->wait().ok());
  auto found = store_->latest(coordination::verification::presence, checkpoint_id(UINT64_MAX));
  ASSERT_TRUE(found.ok() && *found);
  restore_ = std::make_shared<const coordination::restore_plan>((*found)->manifest, store_);
  const std::vector<std::string> before = committed();
  ledger_->committed.clear();
  ledger_->failures = 2;
  record_ = std::make_shared<job_record>();
  end_of_input();
  start();
  EXPECT_TRUE(record_->wait().ok());
  ASSERT_FALSE(committed().empty());
  EXPECT_EQ(committed().front(), before.front());
  EXPECT_EQ(told_, 2);
}

}  // namespace
}  // namespace millrace::actors
