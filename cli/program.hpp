#pragma once

namespace millrace::cli {

/// Parses the command line, runs the sub-command, returns the process's exit code.
int run_program(int argc, char** argv);

}  // namespace millrace::cli
