#include "cli/shell/key_watch.hpp"

#include <poll.h>
#include <unistd.h>

namespace millrace::cli {

namespace {

constexpr char ctrl_c = '\x03';

bool has_input() {
  pollfd in{STDIN_FILENO, POLLIN, 0};
  return ::poll(&in, 1, 0) > 0 && (in.revents & POLLIN) != 0;
}

}  // namespace

bool key_watch::leaves() {
  char key = '\0';
  while (!left_ && has_input() && ::read(STDIN_FILENO, &key, 1) == 1) {
    const bool quits = (key == 'q' || key == 'Q') && kept_.empty();
    if (key == ctrl_c || quits) {
      left_ = true;
    } else if (keep_) {
      kept_ += key;
    }
  }
  return left_;
}

}  // namespace millrace::cli
