#include "core/coordination/restart_strategy.hpp"

#include "core/base/state_errors.hpp"

#include <gtest/gtest.h>

namespace millrace::coordination {
namespace {

restart_strategy of(const option_map& options, bool checkpointing = true, std::uint64_t seed = 1) {
  auto strategy = restart_strategy::from_options(options, checkpointing, seed);
  EXPECT_TRUE(strategy.ok()) << (strategy.ok() ? "" : to_text(strategy.error()));
  return *std::move(strategy);
}

option_map exponential(option_map more = {}) {
  more["restart-strategy.type"] = "exponential-delay";
  more.emplace("restart-strategy.exponential-delay.jitter-factor", "0");
  return more;
}

constexpr auto give_up = std::nullopt;

TEST(restart_strategy_test, without_checkpoints_there_is_none_by_default) {
  EXPECT_EQ(of({}, false).on_failure(0), give_up);
  EXPECT_TRUE(of({}, true).on_failure(0).has_value());
}

TEST(restart_strategy_test, every_name_of_none_means_it) {
  for (const char* name : {"none", "off", "disable"}) {
    EXPECT_EQ(of({{"restart-strategy.type", name}}).on_failure(0), give_up) << name;
    EXPECT_EQ(of({{"restart-strategy", name}}).on_failure(0), give_up) << name;
  }
}

TEST(restart_strategy_test, fixed_delay_counts_its_attempts) {
  auto standard = of({{"restart-strategy.type", "fixed-delay"}});
  EXPECT_EQ(standard.on_failure(0), 1000);
  EXPECT_EQ(standard.on_failure(1'000'000'000), give_up);
  auto twice = of({{"restart-strategy.type", "fixeddelay"},
                   {"restart-strategy.fixed-delay.attempts", "2"},
                   {"restart-strategy.fixed-delay.delay", "5 s"}});
  EXPECT_EQ(twice.on_failure(0), 5000);
  EXPECT_EQ(twice.on_failure(1), 5000);
  EXPECT_EQ(twice.on_failure(2), give_up);
}

TEST(restart_strategy_test, exponential_delay_grows_up_to_its_limit) {
  auto s = of(exponential({{"restart-strategy.exponential-delay.max-backoff", "3 s"}}));
  timestamp_ms now = 0;
  for (const std::int64_t expected : {1000, 1500, 2250, 3000, 3000}) {
    EXPECT_EQ(s.on_failure(now), expected);
    now += expected + 1;
  }
}

TEST(restart_strategy_test, exponential_delay_begins_anew_after_a_quiet_time) {
  auto s =
      of(exponential({{"restart-strategy.exponential-delay.reset-backoff-threshold", "1 min"},
                      {"restart-strategy.exponential-delay.attempts-before-reset-backoff", "2"}}));
  EXPECT_EQ(s.on_failure(0), 1000);
  EXPECT_EQ(s.on_failure(2000), 1500);
  EXPECT_EQ(s.on_failure(3500 + 60'000), 1000);
  EXPECT_EQ(s.on_failure(70'000), 1500);
  EXPECT_EQ(s.on_failure(72'000), give_up);
}

TEST(restart_strategy_test, failures_before_a_restart_are_one) {
  auto s =
      of(exponential({{"restart-strategy.exponential-delay.attempts-before-reset-backoff", "1"}}));
  EXPECT_EQ(s.on_failure(100), 1000);
  EXPECT_EQ(s.on_failure(400), 700);
  EXPECT_EQ(s.on_failure(1100), 0);
  EXPECT_EQ(s.on_failure(1101), give_up);
}

TEST(restart_strategy_test, jitter_spreads_the_waits_by_a_tenth) {
  std::int64_t least = INT64_MAX;
  std::int64_t most = 0;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    const auto delay = of({}, true, seed).on_failure(0).value();
    EXPECT_EQ(of({}, true, seed).on_failure(0), delay);
    least = std::min(least, delay);
    most = std::max(most, delay);
  }
  EXPECT_GE(least, 900);
  EXPECT_LT(least, 920);
  EXPECT_LE(most, 1100);
  EXPECT_GT(most, 1080);
}

TEST(restart_strategy_test, failure_rate_counts_within_its_interval) {
  auto s = of({{"restart-strategy.type", "failure-rate"},
               {"restart-strategy.failure-rate.max-failures-per-interval", "2"},
               {"restart-strategy.failure-rate.failure-rate-interval", "10 s"},
               {"restart-strategy.failure-rate.delay", "0 ms"}});
  EXPECT_EQ(s.on_failure(0), 0);
  EXPECT_EQ(s.on_failure(9000), 0);
  EXPECT_EQ(s.on_failure(10'001), 0);
  EXPECT_EQ(s.on_failure(19'000), give_up);
}

TEST(restart_strategy_test, refuses_values_that_make_no_sense) {
  const auto code = [](option_map options) {
    const auto strategy = restart_strategy::from_options(options, true);
    return strategy.ok() ? errc{0} : strategy.error().code;
  };
  const auto with = [&](const std::string& type, const std::string& key, const char* value) {
    return code({{"restart-strategy.type", type},
                 {std::string("restart-strategy.").append(type).append(".").append(key), value}});
  };
  EXPECT_EQ(code({{"restart-strategy.type", "sometimes"}}), errc::config_bad_value);
  EXPECT_EQ(with("fixed-delay", "attempts", "-1"), errc::config_bad_value);
  EXPECT_EQ(with("fixed-delay", "delay", "soon"), errc::config_bad_value);
  EXPECT_EQ(with("failure-rate", "max-failures-per-interval", "0"), errc::config_bad_value);
  EXPECT_EQ(with("exponential-delay", "backoff-multiplier", "1"), errc::config_bad_value);
  EXPECT_EQ(with("exponential-delay", "backoff-multiplier", "nan"), errc::config_bad_value);
  EXPECT_EQ(with("exponential-delay", "jitter-factor", "1.5"), errc::config_bad_value);
  EXPECT_EQ(with("exponential-delay", "max-backoff", "1 ms"), errc::config_bad_value);
  EXPECT_EQ(with("exponential-delay", "attempts-before-reset-backoff", "infinite"), errc{0});
}

TEST(restart_strategy_test, what_would_be_the_same_again_does_not_restart) {
  EXPECT_FALSE(is_worth_a_restart(errc::config_bad_value));
  EXPECT_FALSE(is_worth_a_restart(errc::sql_unknown_table));
  EXPECT_FALSE(is_worth_a_restart(errc::runtime_cancelled));
  EXPECT_FALSE(is_worth_a_restart(state_locked));
  EXPECT_TRUE(is_worth_a_restart(errc::runtime_division_by_zero));
  EXPECT_TRUE(is_worth_a_restart(errc::connector_io));
  EXPECT_TRUE(is_worth_a_restart(errc::net_bad_sequence));
  EXPECT_TRUE(is_worth_a_restart(errc::state_io));
  EXPECT_TRUE(is_worth_a_restart(errc::internal));
}

}  // namespace
}  // namespace millrace::coordination
