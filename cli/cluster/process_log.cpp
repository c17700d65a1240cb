#include "cli/cluster/process_log.hpp"

#include "cli/exit_code.hpp"
#include "core/base/clock.hpp"
#include "core/data/civil_time.hpp"

#include <cstdio>

namespace millrace::cli {

// One call, so that lines of several threads stay whole.
void log_line(const std::string& line) {
  constexpr int milliseconds = 3;
  std::string text;
  data::append_timestamp(text, system_clock().now(), milliseconds);
  text += "  " + line + "\n";
  std::fputs(text.c_str(), stderr);
}

int fail(const error& why) {
  std::fprintf(stderr, "%s\n", to_text(why).c_str());
  return exit_code_of(why.code);
}

}  // namespace millrace::cli
