#include "core/coordination/leadership.hpp"

#include <gtest/gtest.h>

namespace millrace::coordination {
namespace {

using standing = leadership::standing;

election_round won(std::uint64_t epoch) { return {true, epoch, {}}; }
election_round lost(std::uint64_t epoch) { return {false, epoch, {}}; }

TEST(leadership_test, a_candidate_waits_until_it_wins) {
  leadership me(3000);
  EXPECT_EQ(me.on_round(0, lost(4)), standing::candidate);
  EXPECT_EQ(me.on_time(100'000), standing::candidate);
  EXPECT_EQ(me.epoch(), 0U);
  EXPECT_EQ(me.on_round(100'000, won(5)), standing::leader);
  EXPECT_EQ(me.epoch(), 5U);
}

TEST(leadership_test, a_term_counts_from_the_question_and_ends_early) {
  leadership me(3000);
  EXPECT_EQ(me.on_round(1000, won(5)), standing::leader);
  EXPECT_EQ(me.leads_until(), 3700);
  EXPECT_EQ(me.on_time(3699), standing::leader);
  EXPECT_EQ(me.on_round(3000, won(5)), standing::leader);
  EXPECT_EQ(me.on_time(3700), standing::leader);
  EXPECT_EQ(me.on_time(5700), standing::lost);
}

TEST(leadership_test, whoever_has_lost_never_leads_again) {
  leadership out_of_time(3000);
  EXPECT_EQ(out_of_time.on_round(0, won(5)), standing::leader);
  EXPECT_EQ(out_of_time.on_time(9000), standing::lost);
  EXPECT_EQ(out_of_time.on_round(9000, won(5)), standing::lost);

  leadership outvoted(3000);
  EXPECT_EQ(outvoted.on_round(0, won(5)), standing::leader);
  EXPECT_EQ(outvoted.on_round(500, lost(6)), standing::lost);
  EXPECT_EQ(outvoted.on_round(600, won(7)), standing::lost);
}

// Between two rounds somebody else may have led.
TEST(leadership_test, another_epoch_of_its_own_is_a_loss) {
  leadership me(3000);
  EXPECT_EQ(me.on_round(0, won(5)), standing::leader);
  EXPECT_EQ(me.on_round(500, won(7)), standing::lost);
}

TEST(leadership_test, a_lock_has_no_term) {
  leadership me(0);
  EXPECT_EQ(me.on_round(0, won(1)), standing::leader);
  EXPECT_EQ(me.leads_until(), max_watermark);
  EXPECT_EQ(me.on_time(1'000'000'000), standing::leader);
  EXPECT_EQ(me.pause_ms(), 100);
  EXPECT_EQ(leadership(3000).pause_ms(), 500);
  EXPECT_EQ(leadership(60'000).pause_ms(), 1000);
}

TEST(leader_address_test, is_read_as_it_was_written) {
  for (const leader_address& address : {leader_address{"10.0.0.1:6123", "http://10.0.0.1:8081"},
                                        leader_address{"a:1", ""}, leader_address{}}) {
    EXPECT_EQ(parse_leader_address(to_text(address)), address);
  }
  for (const char* text : {"", "-", "a:1", "a:1 ", " b:2", "a:1 b:2 c:3", "a\n:1 b:2"}) {
    EXPECT_FALSE(parse_leader_address(text)) << text;
  }
  EXPECT_FALSE(parse_leader_address(std::string(300, 'a') + " -"));
}

}  // namespace
}  // namespace millrace::coordination
