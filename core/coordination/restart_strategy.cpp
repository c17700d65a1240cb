#include "core/coordination/restart_strategy.hpp"

#include "core/base/state_errors.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace millrace::coordination {

namespace {

constexpr std::array never_again = {errc::connector_unknown,
                                    errc::runtime_cancelled,
                                    errc::runtime_interrupted,
                                    errc::state_type_changed,
                                    state_locked,
                                    state_not_found};

result<void> check(bool holds, std::string_view key, std::string_view form) {
  if (holds) return {};
  return make_error(errc::config_bad_value,
                    "option '" + std::string(key) + "' must be " + std::string(form));
}

// A number of [0, 1): splitmix64.
double draw(std::uint64_t& state) {
  std::uint64_t z = state += 0x9e3779b97f4a7c15;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return static_cast<double>((z ^ (z >> 31)) >> 11) * 0x1p-53;
}

std::string type_of(const option_reader& read, bool checkpointing) {
  const std::string otherwise = checkpointing ? "exponential-delay" : "none";
  return read.text("restart-strategy.type", read.text("restart-strategy", otherwise));
}

}  // namespace

bool is_worth_a_restart(errc code) {
  return static_cast<int>(code) >= 3000 &&
         std::ranges::find(never_again, code) == never_again.end();
}

result<restart_strategy::kind> restart_strategy::read_fixed(const option_reader& read) {
  fixed_delay s;
  MILLRACE_TRY(s.attempts, read.integer("restart-strategy.fixed-delay.attempts", s.attempts));
  MILLRACE_TRY(s.delay_ms, read.duration_ms("restart-strategy.fixed-delay.delay", s.delay_ms));
  MILLRACE_CHECK(check(s.attempts >= 0, "restart-strategy.fixed-delay.attempts", "0 or more"));
  MILLRACE_CHECK(check(s.delay_ms >= 0, "restart-strategy.fixed-delay.delay", "0 ms or more"));
  return kind(s);
}

result<restart_strategy::kind> restart_strategy::read_exponential(const option_reader& read,
                                                                  std::uint64_t seed) {
  exponential_delay s;
  s.random = seed;
  constexpr std::string_view initial = "restart-strategy.exponential-delay.initial-backoff";
  constexpr std::string_view most = "restart-strategy.exponential-delay.max-backoff";
  constexpr std::string_view multiplier = "restart-strategy.exponential-delay.backoff-multiplier";
  constexpr std::string_view reset = "restart-strategy.exponential-delay.reset-backoff-threshold";
  constexpr std::string_view jitter = "restart-strategy.exponential-delay.jitter-factor";
  constexpr std::string_view attempts =
      "restart-strategy.exponential-delay.attempts-before-reset-backoff";
  MILLRACE_TRY(s.initial_ms, read.duration_ms(initial, s.initial_ms));
  MILLRACE_TRY(s.most_ms, read.duration_ms(most, s.most_ms));
  MILLRACE_TRY(s.multiplier, read.number(multiplier, s.multiplier));
  MILLRACE_TRY(s.reset_after_ms, read.duration_ms(reset, s.reset_after_ms));
  MILLRACE_TRY(s.jitter, read.number(jitter, s.jitter));
  // Flink's page names the default so.
  if (read.text(attempts) != "infinite") {
    MILLRACE_TRY(s.attempts, read.integer(attempts, s.attempts));
  }
  MILLRACE_CHECK(check(s.initial_ms >= 1, initial, "1 ms or more"));
  MILLRACE_CHECK(check(s.most_ms >= s.initial_ms, most, "the initial backoff or more"));
  MILLRACE_CHECK(check(s.multiplier > 1, multiplier, "above 1"));
  MILLRACE_CHECK(check(s.reset_after_ms >= 1, reset, "1 ms or more"));
  MILLRACE_CHECK(check(s.jitter >= 0 && s.jitter <= 1, jitter, "from 0 to 1"));
  MILLRACE_CHECK(check(s.attempts >= 1, attempts, "1 or more"));
  return kind(s);
}

result<restart_strategy::kind> restart_strategy::read_rate(const option_reader& read) {
  failure_rate s;
  constexpr std::string_view most = "restart-strategy.failure-rate.max-failures-per-interval";
  constexpr std::string_view interval = "restart-strategy.failure-rate.failure-rate-interval";
  constexpr std::string_view delay = "restart-strategy.failure-rate.delay";
  MILLRACE_TRY(s.most, read.integer(most, s.most));
  MILLRACE_TRY(s.interval_ms, read.duration_ms(interval, s.interval_ms));
  MILLRACE_TRY(s.delay_ms, read.duration_ms(delay, s.delay_ms));
  MILLRACE_CHECK(check(s.most >= 1, most, "1 or more"));
  MILLRACE_CHECK(check(s.interval_ms >= 1, interval, "1 ms or more"));
  MILLRACE_CHECK(check(s.delay_ms >= 0, delay, "0 ms or more"));
  return kind(std::move(s));
}

result<restart_strategy> restart_strategy::from_options(const option_map& options,
                                                        bool checkpointing, std::uint64_t seed) {
  const option_reader read(options);
  const std::string type = type_of(read, checkpointing);
  const auto is = [&](auto... names) { return ((type == names) || ...); };
  auto made = [&]() -> result<kind> {
    if (is("none", "off", "disable")) return kind(never{});
    if (is("fixed-delay", "fixeddelay")) return read_fixed(read);
    if (is("exponential-delay", "exponentialdelay")) return read_exponential(read, seed);
    if (is("failure-rate", "failurerate")) return read_rate(read);
    return make_error(errc::config_bad_value,
                      "option 'restart-strategy.type': '" + type + "' is no restart strategy",
                      "none, fixed-delay, exponential-delay or failure-rate");
  }();
  if (!made) return made.take_error();
  return restart_strategy(std::move(*made));
}

std::optional<std::int64_t> restart_strategy::on_failure(timestamp_ms now) {
  return std::visit([&](auto& state) { return failed(state, now); }, kind_);
}

std::optional<std::int64_t> restart_strategy::failed(never& /*state*/, timestamp_ms /*now*/) {
  return std::nullopt;
}

std::optional<std::int64_t> restart_strategy::failed(fixed_delay& s, timestamp_ms /*now*/) {
  if (++s.failures > s.attempts) return std::nullopt;
  return s.delay_ms;
}

std::optional<std::int64_t> restart_strategy::failed(exponential_delay& s, timestamp_ms now) {
  // What fails before the restart is part of the same failure (FLIP-364).
  if (s.failures > 0 && now <= s.restart_at) return s.restart_at - now;
  if (s.failures == 0 || now - s.restart_at >= s.reset_after_ms) {
    s.backoff_ms = s.initial_ms;
    s.failures = 0;
  } else {
    const double larger = static_cast<double>(s.backoff_ms) * s.multiplier;
    s.backoff_ms =
        larger < static_cast<double>(s.most_ms) ? static_cast<std::int64_t>(larger) : s.most_ms;
  }
  if (++s.failures > s.attempts) return std::nullopt;
  const double spread = static_cast<double>(s.backoff_ms) * s.jitter;
  const auto moved = static_cast<std::int64_t>((2 * draw(s.random) - 1) * spread);
  const std::int64_t delay = std::min(s.backoff_ms + moved, s.most_ms);
  s.restart_at = now + delay;
  return delay;
}

std::optional<std::int64_t> restart_strategy::failed(failure_rate& s, timestamp_ms now) {
  s.failures.push_back(now);
  if (std::cmp_less_equal(s.failures.size(), s.most)) return s.delay_ms;
  const timestamp_ms oldest = s.failures.front();
  s.failures.pop_front();
  if (now - oldest <= s.interval_ms) return std::nullopt;
  return s.delay_ms;
}

}  // namespace millrace::coordination
