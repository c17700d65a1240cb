// What every election promises, held in a store that elections.py has started: ELECTION names its
// kind, PLACE where it is.

#include "net/election/etcd_election.hpp"
#include "net/election/kubernetes_election.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

namespace millrace::net {
namespace {

using coordination::leader_address;
using election = std::unique_ptr<coordination::leader_election>;

constexpr std::int64_t term_ms = 20'000;

const leader_address first_address{"127.0.0.1:1", "http://127.0.0.1:2"};
const leader_address second_address{"127.0.0.1:3", "http://127.0.0.1:4"};

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

/// Each test has a key or a Lease of its own.
election stand(const std::string& candidate) {
  const std::string test = ::testing::UnitTest::GetInstance()->current_test_info()->name();
  if (variable("ELECTION") == "etcd") {
    return make_etcd_election({{variable("PLACE")}, "tests/" + test, term_ms});
  }
  std::string lease = test;
  for (char& c : lease) c = c == '_' ? '-' : c;
  return make_kubernetes_election(
      {variable("PLACE"), "", variable("TOKEN_FILE"), "tests", lease, candidate, term_ms});
}

TEST(elections, one_leads_and_the_others_see_it) {
  const auto one = stand("one");
  const auto other = stand("other");
  EXPECT_EQ(other->look()->epoch, 0U);
  const auto won = one->campaign({});
  ASSERT_TRUE(won.ok()) << to_text(won.error());
  EXPECT_TRUE(won->leads);
  EXPECT_GT(won->epoch, 0U);
  const auto seen = other->campaign(second_address);
  ASSERT_TRUE(seen.ok()) << to_text(seen.error());
  EXPECT_FALSE(seen->leads);
  EXPECT_EQ(seen->epoch, won->epoch);
}

TEST(elections, a_leader_stays_and_says_where_it_is) {
  const auto one = stand("one");
  const auto first = one->campaign({});
  ASSERT_TRUE(first.ok() && first->leads);
  for (const auto& address : {first_address, first_address, second_address}) {
    const auto again = one->campaign(address);
    ASSERT_TRUE(again.ok()) << to_text(again.error());
    EXPECT_TRUE(again->leads);
    EXPECT_EQ(again->epoch, first->epoch);
    EXPECT_EQ(stand("other")->look()->leader, address);
  }
}

TEST(elections, who_resigns_makes_room_at_once) {
  const auto one = stand("one");
  const auto other = stand("other");
  const auto first = one->campaign(first_address);
  ASSERT_TRUE(first.ok() && first->leads);
  EXPECT_FALSE(other->campaign(second_address)->leads);
  one->resign();
  const auto next = other->campaign(second_address);
  ASSERT_TRUE(next.ok()) << to_text(next.error());
  EXPECT_TRUE(next->leads);
  EXPECT_GT(next->epoch, first->epoch);
  EXPECT_EQ(stand("third")->look()->leader, second_address);
  EXPECT_FALSE(one->campaign(first_address)->leads);
}

TEST(elections, of_many_who_want_it_at_once_one_leads) {
  std::vector<election> all;
  for (int i = 0; i < 8; ++i) all.push_back(stand("candidate-" + std::to_string(i)));
  int leaders = 0;
  for (const auto& one : all) {
    const auto round = one->campaign(first_address);
    ASSERT_TRUE(round.ok()) << to_text(round.error());
    leaders += round->leads;
  }
  EXPECT_EQ(leaders, 1);
}

TEST(elections, nobody_there_is_an_error_and_no_answer) {
  const auto nowhere = make_etcd_election({{"http://127.0.0.1:1"}, "x", term_ms});
  EXPECT_EQ(nowhere->campaign({}).error().code, errc{5005});
  const auto refused =
      make_kubernetes_election({variable("PLACE"), "", "/dev/null", "tests", "x", "one", term_ms});
  EXPECT_EQ(refused->campaign({}).error().code, errc{5005});
}

}  // namespace
}  // namespace millrace::net
