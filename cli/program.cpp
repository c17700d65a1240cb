#include "cli/program.hpp"

namespace millrace::cli {

int run_program(int, char**) { return 2; }

}  // namespace millrace::cli
