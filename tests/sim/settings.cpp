#include "tests/sim/settings.hpp"

#include <fmt/format.h>

#include <string>

namespace millrace::sim {

namespace {

void set_idle_timeout(option_map& options, const sim_job& job) {
  if (job.idle_ms == 0) return;
  options["table.exec.source.idle-timeout"] = std::to_string(job.idle_ms) + " ms";
}

// Channels from one row wide to wider than the whole input.
void draw_channels(option_map& options, dice& throws) {
  constexpr const char* rows[] = {"1", "2", "5", "16", "4096"};
  constexpr const char* exclusive[] = {"1 b", "200 b", "2 kb", "32 kb"};
  constexpr const char* floating[] = {"0 b", "500 b", "4 mb"};
  constexpr const char* timeouts[] = {"0 ms", "3 ms", "100 ms"};
  options["millrace.batch-rows"] = throws.pick(rows);
  options["millrace.exchange.exclusive-size"] = throws.pick(exclusive);
  options["millrace.exchange.floating-size"] = throws.pick(floating);
  options["execution.buffer-timeout"] = throws.pick(timeouts);
  if (throws.once_in(4)) options["millrace.test.wire-codec"] = "true";
}

void draw_plan(option_map& options, dice& throws) {
  if (throws.once_in(3)) options["pipeline.operator-chaining.enabled"] = "false";
  if (throws.once_in(2)) {
    options["table.exec.mini-batch.enabled"] = "true";
    options["table.exec.mini-batch.size"] = std::to_string(throws.between(1, 20));
    options["table.exec.mini-batch.allow-latency"] = "20 ms";
  }
  if (throws.once_in(2)) options["table.optimizer.agg-phase-strategy"] = "TWO_PHASE";
  if (throws.once_in(3)) options["table.optimizer.distinct-agg.split.enabled"] = "true";
  constexpr const char* groups[] = {"4", "7", "128"};
  options["pipeline.max-parallelism"] = throws.pick(groups);
  constexpr const char* marks[] = {"0 ms", "5 ms", "200 ms"};
  options["pipeline.auto-watermark-interval"] = throws.pick(marks);
}

void draw_checkpoints(option_map& options, dice& throws) {
  constexpr const char* intervals[] = {"1 ms", "10 ms", "50 ms", "300 ms"};
  constexpr const char* timeouts[] = {"40 ms", "200 ms", "10 min"};
  options["execution.checkpointing.interval"] = throws.pick(intervals);
  options["execution.checkpointing.timeout"] = throws.pick(timeouts);
  if (throws.once_in(3)) options["execution.checkpointing.min-pause"] = "20 ms";
  if (throws.once_in(2)) options["execution.checkpointing.incremental"] = "true";
  if (throws.once_in(3)) {
    constexpr const char* patience[] = {"0 ms", "10 ms"};
    options["execution.checkpointing.unaligned.enabled"] = "true";
    options["execution.checkpointing.aligned-checkpoint-timeout"] = throws.pick(patience);
    if (throws.once_in(2)) options["millrace.test.hold-rows"] = "true";
  }
  if (throws.once_in(3)) {
    options["millrace.test.spill-always"] = "true";
    if (throws.once_in(2)) options["millrace.test.load-keys"] = "true";
  }
}

}  // namespace

sim_settings undisturbed(const sim_job& job) {
  sim_settings s;
  s.ordered = true;
  set_idle_timeout(s.options, job);
  return s;
}

sim_settings disturbed(const sim_job& job, dice throws) {
  sim_settings s;
  set_idle_timeout(s.options, job);
  draw_channels(s.options, throws);
  draw_plan(s.options, throws);
  draw_checkpoints(s.options, throws);
  constexpr std::size_t paces[] = {30, 150, 600};
  constexpr std::size_t failures[] = {0, 0, 40, 8};
  s.crashes = throws.below(5);
  s.crash_every = 100 + throws.below(1500);
  s.feed_every = throws.pick(paces);
  // Time that overtakes rows makes an input idle that is not, and so do rows that are left where
  // they are: they come late then.
  if (job.idle_ms > 0) s.options.erase("millrace.test.hold-rows");
  s.hurry_every = job.idle_ms > 0 ? 0 : throws.pick(paces);
  s.failing_every = throws.pick(failures);
  s.parallelism = static_cast<std::uint32_t>(throws.between(1, 4));
  return s;
}

std::string describe(const sim_settings& settings) {
  std::string text = fmt::format("up to {} crashes, one in about {} steps; {} subtasks",
                                 settings.crashes, settings.crash_every, settings.parallelism);
  if (settings.failing_every > 0) {
    text += fmt::format("; one in {} writes fails", settings.failing_every);
  }
  for (const auto& [key, value] : settings.options) text += fmt::format("; {}={}", key, value);
  return text;
}

}  // namespace millrace::sim
