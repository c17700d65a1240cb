#include "cli/screen.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

namespace millrace::cli {

screen screen::now() {
  winsize size{};
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_row == 0 || size.ws_col == 0) {
    return {};
  }
  return {size.ws_row, size.ws_col};
}

std::size_t page_columns() { return isatty(STDOUT_FILENO) != 0 ? screen::now().columns : 0; }

}  // namespace millrace::cli
