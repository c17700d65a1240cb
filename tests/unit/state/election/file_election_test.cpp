#include "state/election/file_election.hpp"

#include "state/storage/file_io.hpp"

#include <gtest/gtest.h>

#include <cstdlib>

namespace millrace::state {
namespace {

using coordination::leader_address;

const leader_address first_address{"127.0.0.1:1", "http://127.0.0.1:2"};
const leader_address second_address{"127.0.0.1:3", "http://127.0.0.1:4"};

class election_by_file : public ::testing::Test {
 protected:
  election_by_file() {
    std::string pattern = ::testing::TempDir() + "election-XXXXXX";
    folder_ = ::mkdtemp(pattern.data());
    path_ = folder_ + "/ha";
  }
  ~election_by_file() override { remove_all(folder_); }

  std::unique_ptr<coordination::leader_election> stand() {
    auto one = open_file_election(path_);
    EXPECT_TRUE(one.ok());
    return std::move(*one);
  }

  std::string folder_;
  std::string path_;
};

TEST_F(election_by_file, one_leads_and_the_others_see_it) {
  const auto one = stand();
  const auto other = stand();
  const auto won = one->campaign({});
  ASSERT_TRUE(won.ok());
  EXPECT_TRUE(won->leads);
  EXPECT_EQ(won->epoch, 1U);
  ASSERT_TRUE(one->campaign(first_address).ok());
  const auto seen = other->campaign(second_address);
  ASSERT_TRUE(seen.ok());
  EXPECT_FALSE(seen->leads);
  EXPECT_EQ(seen->epoch, 1U);
  EXPECT_EQ(seen->leader, first_address);
  EXPECT_EQ(watch_file_election(path_)->look()->leader, first_address);
}

TEST_F(election_by_file, epochs_grow_with_every_election) {
  auto one = stand();
  EXPECT_EQ(one->campaign(first_address)->epoch, 1U);
  EXPECT_EQ(one->campaign(first_address)->epoch, 1U);
  one->resign();
  const auto other = stand();
  EXPECT_EQ(other->campaign(second_address)->epoch, 2U);
  EXPECT_FALSE(one->campaign(first_address)->leads);
  one.reset();
  EXPECT_EQ(stand()->look()->leader, second_address);
}

TEST_F(election_by_file, whose_lock_was_taken_away_leads_no_longer) {
  const auto one = stand();
  ASSERT_TRUE(one->campaign(first_address)->leads);
  remove_all(path_ + "/leader.lock");
  const auto other = stand();
  EXPECT_TRUE(other->campaign(second_address)->leads);
  const auto after = one->campaign(first_address);
  ASSERT_TRUE(after.ok());
  EXPECT_FALSE(after->leads);
  EXPECT_EQ(after->epoch, 2U);
}

TEST_F(election_by_file, nobody_leads_on_a_damaged_record) {
  {
    const auto one = stand();
    ASSERT_TRUE(one->campaign(first_address)->leads);
  }
  for (const char* text :
       {"", "millrace leader 1\nepoch 7\nat a:1 b:2\ncheck 0000000000000000\n"}) {
    ASSERT_TRUE(replace_file(path_ + "/leader", text).ok());
    const auto round = stand()->campaign(second_address);
    ASSERT_FALSE(round.ok());
    EXPECT_EQ(round.error().code, errc::state_corrupt);
  }
}

TEST_F(election_by_file, who_only_looks_makes_nothing) {
  const auto round = watch_file_election(path_)->look();
  ASSERT_TRUE(round.ok());
  EXPECT_EQ(round->epoch, 0U);
  EXPECT_FALSE(exists(path_));
}

}  // namespace
}  // namespace millrace::state
