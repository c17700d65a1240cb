#pragma once

#include <string>

namespace millrace::cli {

/// The whole program: reads the command line, runs a sub-command, gives the exit code.
int run_program(int argc, char** argv);

/// What `--help` says of all sub-commands, for the reference.
[[nodiscard]] std::string help_text();

}  // namespace millrace::cli
