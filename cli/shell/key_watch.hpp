#pragma once

#include <termios.h>

#include <string>

namespace millrace::cli {

/// Sees the keys that are pressed at the terminal of stdin while a statement runs: they are not
/// shown, and Ctrl-C is a key. The terminal is as before when this goes. One thread.
class key_watch {
 public:
  /// `keep`: keys other than those that leave are meant for the prompt.
  explicit key_watch(bool keep);
  ~key_watch();
  key_watch(const key_watch&) = delete;
  key_watch& operator=(const key_watch&) = delete;

  /// Whether Ctrl-C, or q in front of all other keys, was pressed since. Does not wait.
  [[nodiscard]] bool leaves();
  /// What was pressed for the prompt.
  [[nodiscard]] const std::string& kept() const { return kept_; }

 private:
  termios before_{};
  bool keep_;
  bool left_ = false;
  std::string kept_;
};

}  // namespace millrace::cli
