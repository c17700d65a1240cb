#pragma once

#include <CLI/App.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace millrace::cli {

/// `millrace state ls|show|cat|diff|verify`: looks into checkpoints and savepoints. Reads only,
/// takes no lock, needs no running job. PATH is the folder of a savepoint, of a checkpoint
/// (`chk-N`), or of a job (its newest checkpoint); `ls` also takes the folder above jobs.
class state_command {
 public:
  /// Adds the sub-commands; the object must outlive the parsing.
  explicit state_command(CLI::App& app);
  [[nodiscard]] bool parsed() const { return command_->parsed(); }
  /// Runs what was parsed. Returns the exit code: 0; 1 for damaged state, and for `diff` that found
  /// a difference; 2 for a path without state.
  [[nodiscard]] int run() const;

 private:
  CLI::App* command_;
  std::string path_;
  std::vector<std::string> settings_;
  std::string other_path_;
  std::string format_ = "text";
  std::string operator_;
  std::string table_;
  int group_ = -1;
  std::int64_t limit_ = -1;
  bool rows_ = false;
};

}  // namespace millrace::cli
