// Runs a fuzz target without libFuzzer: the seeds as they are, then seeded mutations of them. That
// is the short smoke of every test run, with any compiler; the long search is tests/fuzz/run.sh.
//
// usage: replay_TARGET SEEDS RUNS [SEED]

#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size);

namespace {

constexpr std::size_t longest = 4096;

// What a failure prints: enough to run it again.
char running[96];

void say_what_ran(int signal_number) {
  static_cast<void>(!write(STDERR_FILENO, running, sizeof running));
  std::signal(signal_number, SIG_DFL);
  std::raise(signal_number);
}

std::vector<std::string> read_seeds(const char* folder) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  std::vector<std::string> seeds;
  for (const auto& file : files) {
    std::ifstream in(file, std::ios::binary);
    seeds.emplace_back(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
  }
  return seeds;
}

class mutator {
 public:
  mutator(std::vector<std::string> seeds, std::uint64_t seed)
      : seeds_(std::move(seeds)), random_(seed) {}

  std::string next() {
    std::string text = seeds_[below(seeds_.size())];
    const std::size_t changes = 1 + below(6);
    for (std::size_t i = 0; i < changes; ++i) change(text);
    if (text.size() > longest) text.resize(longest);
    return text;
  }

 private:
  std::size_t below(std::size_t limit) { return static_cast<std::size_t>(random_() % limit); }

  void change(std::string& text) {
    const std::size_t at = below(text.size() + 1);
    const std::string& other = seeds_[below(seeds_.size())];
    const std::size_t from = below(other.size() + 1);
    switch (below(5)) {
      case 0: text.erase(at, 1 + below(16)); break;
      case 1: text.insert(at, 1, static_cast<char>(random_())); break;
      case 2: text.insert(at, other, from, 1 + below(32)); break;
      case 3: text.resize(at); break;
      default:
        if (at < text.size()) text[at] = static_cast<char>(text[at] ^ (1 << below(8)));
    }
  }

  std::vector<std::string> seeds_;
  std::mt19937_64 random_;
};

void run_one(const std::string& text) {
  LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(text.data()), text.size());
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) {
    std::fprintf(stderr, "usage: %s SEEDS RUNS [SEED]\n", argv[0]);
    return 2;
  }
  const auto seeds = read_seeds(argv[1]);
  const std::uint64_t runs = std::strtoull(argv[2], nullptr, 10);
  const std::uint64_t seed = argc > 3 ? std::strtoull(argv[3], nullptr, 10) : 1;
  if (seeds.empty() || runs == 0) return 2;
  for (const int number : {SIGSEGV, SIGABRT, SIGILL, SIGBUS, SIGFPE}) {
    std::signal(number, say_what_ran);
  }
  std::snprintf(running, sizeof running, "one of the seeds as it is\n");
  for (const auto& text : seeds) run_one(text);
  mutator inputs(seeds, seed);
  for (std::uint64_t run = 1; run <= runs; ++run) {
    std::snprintf(running, sizeof running, "input %llu of seed %llu\n",
                  static_cast<unsigned long long>(run), static_cast<unsigned long long>(seed));
    run_one(inputs.next());
  }
  std::printf("%zu seeds, %llu mutations\n", seeds.size(), static_cast<unsigned long long>(runs));
  return 0;
}
