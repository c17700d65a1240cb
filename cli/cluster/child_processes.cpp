#include "cli/cluster/child_processes.hpp"

#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>

namespace millrace::cli {

namespace {

constexpr const char* this_program = "/proc/self/exe";

}  // namespace

result<void> child_processes::start(const std::vector<std::string>& words) {
  std::vector<char*> arguments{const_cast<char*>("millrace")};
  for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  const pid_t parent = getpid();
  const pid_t child = fork();
  if (child < 0) {
    return make_error(errc::internal, std::string("cannot start a process: ") + strerror(errno));
  }
  if (child == 0) {
    // Between fork and exec only what is safe in a signal handler.
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() == parent) execv(this_program, arguments.data());
    _exit(127);
  }
  running_.push_back(child);
  return {};
}

void child_processes::stop() {
  for (const pid_t child : running_) kill(child, SIGTERM);
  for (const pid_t child : running_) waitpid(child, nullptr, 0);
  running_.clear();
}

}  // namespace millrace::cli
