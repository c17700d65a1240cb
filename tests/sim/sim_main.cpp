// Runs seeds of the simulation. See tests/sim/README.md.

#include "tests/sim/simulation.hpp"

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <unistd.h>

#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <string>
#include <utility>

namespace {

using namespace millrace;

struct request {
  std::string job;             // empty: all
  std::string seeds = "1-50";  // or "7"
  bool trace = false;
  bool twice = false;
};

struct totals {
  std::uint64_t runs = 0;
  std::uint64_t failures = 0;
  std::uint64_t steps = 0;
  std::uint64_t crashes = 0;
  std::uint64_t checkpoints = 0;
};

std::pair<std::uint64_t, std::uint64_t> range_of(const std::string& seeds) {
  const auto dash = seeds.find('-');
  const std::uint64_t first = std::stoull(seeds.substr(0, dash));
  return {first, dash == std::string::npos ? first : std::stoull(seeds.substr(dash + 1))};
}

// Fails when a second run of the seed takes any other step.
result<void> run_again(const sim::sim_job& job, std::uint64_t seed, std::uint64_t hash) {
  MILLRACE_TRY(const auto again, sim::run_disturbed(job, seed));
  if (again.hash == hash) return {};
  return make_error(errc::internal, "a second run of the seed took other steps");
}

result<void> run_seed(const sim::sim_job& job, std::uint64_t seed, const request& what,
                      totals& sum) {
  ++sum.runs;
  MILLRACE_TRY(const auto report, sim::check_seed(job, seed, what.trace ? stdout : nullptr));
  sum.steps += report.steps;
  sum.crashes += report.crashes;
  sum.checkpoints += report.checkpoints;
  return what.twice ? run_again(job, seed, report.hash) : result<void>();
}

// How to repeat the run that goes on, for one that an assertion ends.
char again[512] = "";

void on_abort(int) {
  const char* from = again;
  for (std::size_t left = std::strlen(again); left > 0;) {
    const auto written = write(STDERR_FILENO, from, left);
    if (written <= 0) return;
    from += written;
    left -= static_cast<std::size_t>(written);
  }
}

void remember(const sim::sim_job& job, std::uint64_t seed, const char* program) {
  std::snprintf(again, sizeof again, "  again: %s --seed %llu --job %.*s --trace\n", program,
                static_cast<unsigned long long>(seed), static_cast<int>(job.name.size()),
                job.name.data());
}

void run_job(const sim::sim_job& job, const request& what, const char* program, totals& sum) {
  const auto [first, last] = range_of(what.seeds);
  for (std::uint64_t seed = first; seed <= last; ++seed) {
    remember(job, seed, program);
    const auto done = run_seed(job, seed, what, sum);
    if (done.ok()) continue;
    ++sum.failures;
    fmt::print("FAILED seed {} of {}: {}\n{}", seed, job.name, to_text(done.error()), again);
    std::fflush(stdout);
  }
}

}  // namespace

int main(int argc, char** argv) {
  request what;
  CLI::App app("Whole jobs on one thread under seeded disturbances");
  app.add_option("--job", what.job, "one job; without it, all");
  app.add_option("--seed,--seeds", what.seeds, "a seed or a range of them: 7, 1-5000");
  app.add_flag("--trace", what.trace, "print every step");
  app.add_flag("--twice", what.twice, "run every seed twice and compare the steps");
  CLI11_PARSE(app, argc, argv);
  std::signal(SIGABRT, on_abort);
  totals sum;
  for (const sim::sim_job& job : sim::all_jobs()) {
    if (what.job.empty() || what.job == job.name) run_job(job, what, argv[0], sum);
  }
  fmt::print("{} runs, {} failed; {} steps, {} crashes, {} checkpoints\n", sum.runs, sum.failures,
             sum.steps, sum.crashes, sum.checkpoints);
  return sum.failures == 0 && sum.runs > 0 ? 0 : 1;
}
