// Random changes to the scripts in folders: each is read, bound and planned, none may crash the
// process, take long, eat memory, or be refused without code, line and column.
//
// usage: mutate_scripts RUNS SEED FOLDER...    RUNS mutations, after the scripts as they are
//        mutate_scripts --show NUMBER SEED FOLDER...    prints one mutation

#include "tests/fuzz/scripts/check.hpp"
#include "tests/fuzz/scripts/mutator.hpp"

#include <sys/resource.h>
#include <sys/time.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace {

using namespace millrace;

// CPU time of one script, not of the wall: a machine that is busy with others is no failure.
constexpr int longest_seconds = 20;
constexpr long most_kilobytes = 1L << 20;

// What a failure prints: enough to make the script again.
char running[128] = "a script as it is\n";

void say_what_ran(int signal_number) {
  static_cast<void>(!write(STDERR_FILENO, running, std::strlen(running)));
  std::signal(signal_number, SIG_DFL);
  std::raise(signal_number);
}

void watch_time() {
  const itimerval limit{{0, 0}, {longest_seconds, 0}};
  setitimer(ITIMER_PROF, &limit, nullptr);
}

long peak_kilobytes() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss;
}

bool passes(std::string_view text, fuzz::verdicts& counts) {
  watch_time();
  auto flaw = fuzz::check_script(text, counts);
  if (flaw.empty() && peak_kilobytes() > most_kilobytes) flaw = "more than 1 GiB of memory";
  if (flaw.empty()) return true;
  std::fprintf(stderr, "%s%s\n", running, flaw.c_str());
  return false;
}

int search(const std::vector<fuzz::script>& scripts, std::uint64_t runs, std::uint64_t seed) {
  for (const int number : {SIGSEGV, SIGABRT, SIGILL, SIGBUS, SIGFPE, SIGPROF}) {
    std::signal(number, say_what_ran);
  }
  fuzz::verdicts counts;
  std::uint64_t failed = 0;
  for (const auto& s : scripts) {
    std::snprintf(running, sizeof running, "%.120s\n", s.file.c_str());
    failed += passes(s.text, counts) ? 0 : 1;
  }
  fuzz::script_mutator mutations(scripts, seed);
  for (std::uint64_t i = 1; i <= runs; ++i) {
    std::snprintf(running, sizeof running, "mutation %llu of seed %llu\n",
                  static_cast<unsigned long long>(i), static_cast<unsigned long long>(seed));
    failed += passes(mutations.make(i), counts) ? 0 : 1;
  }
  std::printf("%zu scripts, %llu mutations, %llu failures; statements: %llu accepted, refused:",
              scripts.size(), static_cast<unsigned long long>(runs),
              static_cast<unsigned long long>(failed),
              static_cast<unsigned long long>(counts.accepted));
  for (const auto& [code, count] : counts.refused) {
    std::printf(" %u: %llu", code, static_cast<unsigned long long>(count));
  }
  std::printf("; peak %ld MiB\n", peak_kilobytes() / 1024);
  return failed == 0 ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  const bool show = argc > 1 && std::strcmp(argv[1], "--show") == 0;
  const int first = show ? 2 : 1;
  if (argc < first + 3) {
    std::fprintf(stderr, "usage: %s [--show] NUMBER SEED FOLDER...\n", argv[0]);
    return 2;
  }
  const std::vector<std::filesystem::path> folders(argv + first + 2, argv + argc);
  const auto scripts = fuzz::read_scripts(folders);
  if (scripts.empty()) {
    std::fprintf(stderr, "no .sql or .slt file there\n");
    return 2;
  }
  const std::uint64_t number = std::strtoull(argv[first], nullptr, 10);
  const std::uint64_t seed = std::strtoull(argv[first + 1], nullptr, 10);
  if (!show) return search(scripts, number, seed);
  const auto text = fuzz::script_mutator(scripts, seed).make(number);
  std::fwrite(text.data(), 1, text.size(), stdout);
  return 0;
}
