#pragma once

#include <cstdint>
#include <string>

namespace CLI {
class App;
}

namespace millrace::cli {

enum class shell_language : std::uint8_t { bash, zsh };

/// A script that makes the shell complete the program's words: commands, options, what they may be,
/// files, and the jobs and workers of the cluster that `--rest` or MILLRACE_REST names. Made of
/// `app`, so that it knows what the program knows.
[[nodiscard]] std::string completion_script(const CLI::App& app, shell_language of);

}  // namespace millrace::cli
