#include "core/coordination/job_catalogue.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace millrace::coordination {
namespace {

using testing::IsEmpty;

std::string id_of(char letter) { return std::string(16, letter); }

job_definition definition(char letter) {
  job_definition d;
  d.id = id_of(letter);
  d.script = "INSERT INTO t SELECT 1;";
  return d;
}

void submit(job_catalogue& catalogue, char letter, const std::string& name, timestamp_ms now) {
  ASSERT_TRUE(catalogue.on_submit(name, definition(letter), "", now).ok());
}

void deploy(job_catalogue& catalogue, char letter) {
  ASSERT_TRUE(catalogue.on_deploy(id_of(letter)).has_value());
}

job_exception failure(timestamp_ms at, const std::string& what = "lost") {
  return {at, 1, "worker-1", make_error(errc::connector_io, what)};
}

/// `aaaa:RUNNING bbbb:-` of what is to be stored.
std::string changes(job_catalogue& catalogue) {
  std::string text;
  for (const auto& change : catalogue.take_changes()) {
    if (!text.empty()) text += ' ';
    text += change.id.substr(0, 4) + ":";
    text += change.entry ? to_text(change.entry->phase) : "-";
  }
  return text;
}

/// What a store holds after these changes.
std::vector<job_entry> stored(job_catalogue& catalogue) {
  std::vector<job_entry> kept;
  for (auto& change : catalogue.take_changes()) {
    if (change.entry) kept.push_back(*std::move(change.entry));
  }
  return kept;
}

TEST(job_catalogue_test, a_job_lives_from_created_to_finished) {
  job_catalogue catalogue;
  submit(catalogue, 'a', "flights", 10);
  EXPECT_EQ(changes(catalogue), "aaaa:CREATED");
  EXPECT_EQ(catalogue.on_deploy(id_of('a')), 1U);
  EXPECT_EQ(changes(catalogue), "aaaa:CREATED");
  EXPECT_TRUE(catalogue.on_running(id_of('a'), 20));
  EXPECT_EQ(changes(catalogue), "aaaa:RUNNING");
  EXPECT_TRUE(catalogue.on_finished(id_of('a'), 30));
  EXPECT_EQ(changes(catalogue), "aaaa:FINISHED");
  EXPECT_EQ(changes(catalogue), "");
  const auto* entry = catalogue.find(id_of('a'));
  EXPECT_EQ(entry->submitted_at, 10);
  EXPECT_EQ(entry->started_at, 20);
  EXPECT_EQ(entry->ended_at, 30);
  EXPECT_EQ(entry->restarts, 0U);
}

TEST(job_catalogue_test, a_job_goes_on_in_another_way_until_it_has_ended) {
  job_catalogue catalogue;
  submit(catalogue, 'a', "flights", 10);
  deploy(catalogue, 'a');
  changes(catalogue);
  job_definition wider = definition('a');
  wider.settings["parallelism.default"] = "4";
  EXPECT_TRUE(catalogue.on_redefine(wider));
  EXPECT_EQ(changes(catalogue), "aaaa:CREATED");
  EXPECT_EQ(catalogue.find(id_of('a'))->definition.settings, wider.settings);
  catalogue.on_finished(id_of('a'), 30);
  EXPECT_FALSE(catalogue.on_redefine(definition('a')));
  EXPECT_FALSE(catalogue.on_redefine(definition('b')));
}

TEST(job_catalogue_test, a_failure_restarts_or_ends_it) {
  job_catalogue catalogue;
  submit(catalogue, 'a', "flights", 10);
  deploy(catalogue, 'a');
  catalogue.on_running(id_of('a'), 20);
  EXPECT_TRUE(catalogue.on_failure(id_of('a'), failure(30), true));
  EXPECT_EQ(changes(catalogue), "aaaa:RESTARTING");
  EXPECT_EQ(catalogue.on_deploy(id_of('a')), 2U);
  EXPECT_EQ(changes(catalogue), "aaaa:RESTARTING");
  catalogue.on_running(id_of('a'), 40);
  EXPECT_EQ(catalogue.find(id_of('a'))->started_at, 20);
  EXPECT_EQ(catalogue.find(id_of('a'))->restarts, 1U);
  EXPECT_TRUE(catalogue.on_failure(id_of('a'), failure(50, "again"), false));
  EXPECT_EQ(changes(catalogue), "aaaa:FAILED");
  EXPECT_EQ(catalogue.find(id_of('a'))->ended_at, 50);
  ASSERT_EQ(catalogue.find(id_of('a'))->exceptions.size(), 2U);
  EXPECT_EQ(catalogue.find(id_of('a'))->exceptions[1].cause.message, "again");
}

TEST(job_catalogue_test, a_job_that_is_cancelled_stays_so) {
  job_catalogue catalogue;
  submit(catalogue, 'a', "flights", 10);
  deploy(catalogue, 'a');
  EXPECT_TRUE(catalogue.on_cancel(id_of('a')));
  EXPECT_EQ(changes(catalogue), "aaaa:CANCELLING");
  EXPECT_TRUE(catalogue.on_running(id_of('a'), 20));
  EXPECT_EQ(catalogue.find(id_of('a'))->phase, job_phase::cancelling);
  EXPECT_EQ(catalogue.on_deploy(id_of('a')), std::nullopt);
  EXPECT_TRUE(catalogue.on_failure(id_of('a'), failure(30), true));
  EXPECT_EQ(catalogue.find(id_of('a'))->phase, job_phase::cancelled);
  EXPECT_EQ(catalogue.find(id_of('a'))->exceptions.size(), 1U);
}

TEST(job_catalogue_test, what_has_ended_does_not_change) {
  job_catalogue catalogue;
  submit(catalogue, 'a', "flights", 10);
  EXPECT_TRUE(catalogue.on_cancelled(id_of('a'), 20));
  EXPECT_EQ(changes(catalogue), "aaaa:CANCELED");
  EXPECT_FALSE(catalogue.on_running(id_of('a'), 30));
  EXPECT_FALSE(catalogue.on_finished(id_of('a'), 30));
  EXPECT_FALSE(catalogue.on_failure(id_of('a'), failure(30), true));
  EXPECT_FALSE(catalogue.on_cancel(id_of('a')));
  EXPECT_EQ(catalogue.on_deploy(id_of('a')), std::nullopt);
  EXPECT_FALSE(catalogue.on_cancel("nobody"));
  EXPECT_EQ(changes(catalogue), "");
}

TEST(job_catalogue_test, an_id_is_taken_once) {
  job_catalogue catalogue;
  submit(catalogue, 'a', "flights", 10);
  const auto twice = catalogue.on_submit("other", definition('a'), "", 20);
  ASSERT_FALSE(twice.ok());
  EXPECT_EQ(twice.error().code, errc::config_bad_usage);
  EXPECT_EQ(catalogue.find(id_of('a'))->name, "flights");
}

TEST(job_catalogue_test, keeps_the_last_exceptions) {
  job_catalogue catalogue;
  submit(catalogue, 'a', "flights", 10);
  for (int i = 0; i < 20; ++i) catalogue.on_failure(id_of('a'), failure(i), true);
  const auto& kept = catalogue.find(id_of('a'))->exceptions;
  ASSERT_EQ(kept.size(), kept_exceptions);
  EXPECT_EQ(kept.front().at, 4);
  EXPECT_EQ(kept.back().at, 19);
}

// A frame of an attempt before the crash must not be taken for one of an attempt after it.
TEST(job_catalogue_test, a_new_leader_goes_on_where_the_old_one_was) {
  job_catalogue old;
  submit(old, 'a', "first", 10);
  submit(old, 'b', "second", 20);
  submit(old, 'c', "third", 30);
  deploy(old, 'a');
  deploy(old, 'b');
  old.on_finished(id_of('b'), 40);
  job_catalogue now(stored(old));
  ASSERT_EQ(now.unfinished().size(), 2U);
  EXPECT_EQ(now.unfinished()[0]->name, "first");
  EXPECT_EQ(now.unfinished()[1]->name, "third");
  EXPECT_EQ(now.find(id_of('a'))->definition.script, definition('a').script);
  EXPECT_EQ(now.on_deploy(id_of('c')), 3U);
  EXPECT_EQ(now.list().front()->name, "third");
}

TEST(job_catalogue_test, forgets_the_oldest_of_those_that_ended) {
  job_catalogue catalogue({}, 2);
  for (char letter = 'a'; letter < 'f'; ++letter) submit(catalogue, letter, "job", letter);
  deploy(catalogue, 'a');
  for (char letter = 'a'; letter < 'e'; ++letter) catalogue.on_finished(id_of(letter), letter);
  // 'a' ended first, but has the largest number of an attempt.
  EXPECT_EQ(changes(catalogue), "aaaa:FINISHED bbbb:- cccc:FINISHED dddd:FINISHED eeee:CREATED");
  EXPECT_EQ(catalogue.find(id_of('b')), nullptr);
  EXPECT_EQ(catalogue.on_deploy(id_of('e')), 2U);
  EXPECT_TRUE(catalogue.on_finished(id_of('e'), 200));
  EXPECT_EQ(changes(catalogue), "aaaa:- eeee:FINISHED");
}

TEST(job_catalogue_test, finds_the_job_that_a_user_means) {
  job_catalogue catalogue;
  submit(catalogue, 'a', "flights", 10);
  submit(catalogue, 'b', "flights", 20);
  submit(catalogue, 'c', "bids", 30);
  const auto found = [&](std::string_view text) {
    const auto job = catalogue.resolve(text);
    return job.ok() ? std::string((*job)->definition.id.substr(0, 1)) : job.error().message;
  };
  EXPECT_EQ(found(id_of('b')), "b");
  EXPECT_EQ(found("cc"), "c");
  EXPECT_EQ(found("bids"), "c");
  EXPECT_EQ(found("flights"), "'flights' means 2 jobs");
  EXPECT_EQ(found("flight"), "no job 'flight'");
  EXPECT_EQ(found(""), "no job ''");
  catalogue.on_finished(id_of('a'), 40);
  EXPECT_EQ(found("flights"), "b");
  catalogue.on_finished(id_of('b'), 50);
  EXPECT_EQ(found("flights"), "b");
}

TEST(job_catalogue_test, an_empty_one_has_nothing) {
  job_catalogue catalogue;
  EXPECT_THAT(catalogue.list(), IsEmpty());
  EXPECT_THAT(catalogue.unfinished(), IsEmpty());
  EXPECT_THAT(catalogue.take_changes(), IsEmpty());
}

}  // namespace
}  // namespace millrace::coordination
