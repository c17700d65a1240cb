// Runs .slt files under one mode: slt MODES.json MODE FILE.slt...
// Prints a line a file, what failed below it, and exits with 1 if something did.

#include "tests/support/slt/runner.hpp"

#include <cstdio>
#include <fstream>
#include <sstream>

namespace {

using namespace millrace;

std::string text_of(const char* path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

const testing::slt_mode* find_mode(const std::vector<testing::slt_mode>& modes,
                                   std::string_view name) {
  for (const auto& mode : modes)
    if (mode.name == name) return &mode;
  return nullptr;
}

std::size_t failures_of(const char* path, actors::engine& engine, const testing::slt_mode& mode) {
  const auto script = testing::parse_slt(text_of(path));
  if (!script.ok()) {
    std::printf("FAIL %s: %s\n", path, to_text(script.error()).c_str());
    return 1;
  }
  if (script->steps.empty()) {
    std::printf("FAIL %s: no steps\n", path);
    return 1;
  }
  const auto failures = testing::slt_runner(engine, mode).run(*script);
  std::printf("%s %s [%s]\n", failures.empty() ? "ok  " : "FAIL", path, mode.name.c_str());
  for (const auto& text : failures) std::printf("  %s\n", text.c_str());
  return failures.size();
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 4) {
    std::fprintf(stderr, "usage: slt MODES.json MODE FILE.slt...\n");
    return 2;
  }
  const auto modes = testing::parse_modes(text_of(argv[1]));
  const auto* mode = modes.ok() ? find_mode(*modes, argv[2]) : nullptr;
  if (mode == nullptr) {
    std::fprintf(stderr, "no mode '%s' in %s\n", argv[2], argv[1]);
    return 2;
  }
  actors::engine engine;
  std::size_t failed = 0;
  for (int i = 3; i < argc; ++i) failed += failures_of(argv[i], engine, *mode);
  return failed == 0 ? 0 : 1;
}
