#include "state/jobs/file_job_store.hpp"

#include "state/storage/file_io.hpp"
#include "tests/support/control/control_samples.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>

namespace millrace::state {
namespace {

class jobs_in_files : public ::testing::Test {
 protected:
  jobs_in_files() {
    std::string pattern = ::testing::TempDir() + "jobs-XXXXXX";
    path_ = ::mkdtemp(pattern.data());
    folder_ = path_ + "/cluster/jobs";
  }
  ~jobs_in_files() override { remove_all(path_); }

  std::unique_ptr<coordination::job_store> open(std::uint64_t epoch = 0) {
    auto store = open_file_job_store(folder_, epoch);
    EXPECT_TRUE(store.ok());
    return std::move(*store);
  }
  coordination::kept_jobs kept() {
    auto all = open()->load();
    EXPECT_TRUE(all.ok());
    return std::move(*all);
  }
  static coordination::job_entry job(char letter, const std::string& name) {
    auto entry = tests::full_job_entry();
    entry.definition.id = std::string(16, letter);
    entry.name = name;
    return entry;
  }
  std::string file_of(char letter) { return folder_ + "/" + std::string(16, letter) + ".job"; }

  std::string path_;
  std::string folder_;
};

TEST_F(jobs_in_files, jobs_outlive_the_store) {
  EXPECT_TRUE(kept().jobs.empty());
  ASSERT_TRUE(open()->put(job('a', "first")).ok());
  ASSERT_TRUE(open()->put(job('b', "second")).ok());
  ASSERT_TRUE(open()->put(job('a', "changed")).ok());
  const auto all = kept();
  ASSERT_EQ(all.jobs.size(), 2U);
  EXPECT_EQ(all.jobs[0].name, "changed");
  EXPECT_EQ(all.jobs[0].exceptions.size(), 2U);
  EXPECT_EQ(all.jobs[1].name, "second");
  EXPECT_TRUE(all.damaged.empty());
}

TEST_F(jobs_in_files, an_erased_job_is_gone) {
  ASSERT_TRUE(open()->put(job('a', "first")).ok());
  ASSERT_TRUE(open()->erase(std::string(16, 'a')).ok());
  ASSERT_TRUE(open()->erase(std::string(16, 'a')).ok());
  EXPECT_TRUE(kept().jobs.empty());
}

TEST_F(jobs_in_files, who_has_been_followed_by_another_writes_nothing) {
  const auto old = open(7);
  EXPECT_EQ(old->epoch(), 7U);
  ASSERT_TRUE(old->put(job('a', "first")).ok());
  const auto next = open(9);
  EXPECT_EQ(next->epoch(), 9U);
  EXPECT_EQ(old->put(job('a', "late")).error().code, state_locked);
  EXPECT_EQ(old->put(job('b', "late")).error().code, state_locked);
  EXPECT_EQ(old->erase(std::string(16, 'a')).error().code, state_locked);
  EXPECT_TRUE(next->put(job('b', "second")).ok());
  const auto all = kept();
  ASSERT_EQ(all.jobs.size(), 2U);
  EXPECT_EQ(all.jobs[0].name, "first");
  EXPECT_EQ(all.jobs[1].name, "second");
}

// An elector that was set up anew counts from 1 again.
TEST_F(jobs_in_files, epochs_grow_whatever_the_elector_says) {
  EXPECT_EQ(open(7)->epoch(), 7U);
  EXPECT_EQ(open(1)->epoch(), 8U);
  EXPECT_EQ(open()->epoch(), 9U);
  ASSERT_TRUE(replace_file(folder_ + "/epoch", "many\n").ok());
  EXPECT_EQ(open_file_job_store(folder_).error().code, errc::state_corrupt);
}

TEST_F(jobs_in_files, a_damaged_file_is_told_of_and_stays) {
  ASSERT_TRUE(open()->put(job('a', "first")).ok());
  ASSERT_TRUE(open()->put(job('b', "second")).ok());
  const std::string good = *read_file(file_of('a'), 1U << 20);
  for (std::size_t i = 0; i < good.size(); i += 5) {
    std::string bad = good;
    bad[i] ^= 1;
    ASSERT_TRUE(replace_file(file_of('a'), bad).ok());
    const auto all = kept();
    ASSERT_EQ(all.jobs.size(), 1U) << i;
    ASSERT_EQ(all.damaged.size(), 1U) << i;
    EXPECT_EQ(all.damaged[0].code, errc::state_corrupt);
    EXPECT_NE(all.damaged[0].message.find(file_of('a')), std::string::npos);
  }
  for (const std::size_t length : {std::size_t{0}, std::size_t{20}, good.size() - 1}) {
    ASSERT_TRUE(replace_file(file_of('a'), good.substr(0, length)).ok());
    EXPECT_EQ(kept().damaged.size(), 1U) << length;
  }
}

TEST_F(jobs_in_files, a_file_under_another_name_is_damaged) {
  ASSERT_TRUE(open()->put(job('a', "first")).ok());
  ASSERT_TRUE(replace_file(file_of('c'), *read_file(file_of('a'), 1U << 20)).ok());
  EXPECT_EQ(kept().jobs.size(), 1U);
  EXPECT_EQ(kept().damaged.size(), 1U);
}

TEST_F(jobs_in_files, files_of_others_are_left_alone) {
  ASSERT_TRUE(open()->put(job('a', "first")).ok());
  for (const char* name : {"/notes.txt", "/x.job", "/aaaaaaaaaaaaaaaa.job.tmp"}) {
    ASSERT_TRUE(replace_file(folder_ + name, "mine").ok());
  }
  EXPECT_EQ(kept().jobs.size(), 1U);
  EXPECT_TRUE(kept().damaged.empty());
}

TEST_F(jobs_in_files, no_id_leaves_the_directory) {
  auto entry = job('a', "first");
  entry.definition.id = "../../../etc/xxx";
  EXPECT_EQ(open()->put(entry).error().code, errc::config_bad_value);
  EXPECT_FALSE(open()->erase("../x").ok());
}

TEST_F(jobs_in_files, a_new_directory_is_its_owners_only) {
  static_cast<void>(open());
  struct stat status {};
  ASSERT_EQ(::stat(folder_.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0700U);
}

TEST_F(jobs_in_files, a_directory_that_cannot_be_made_is_an_error) {
  ASSERT_TRUE(replace_file(path_ + "/cluster", "a file").ok());
  const auto store = open_file_job_store(folder_);
  ASSERT_FALSE(store.ok());
  EXPECT_EQ(store.error().code, errc::state_io);
}

}  // namespace
}  // namespace millrace::state
