#pragma once

#include <string>

namespace millrace::cli {

/// Sees the keys that are pressed while a statement runs, at the terminal of stdin as `line_editor`
/// leaves it. One thread.
class key_watch {
 public:
  /// `keep`: keys other than those that leave are meant for the prompt.
  explicit key_watch(bool keep) : keep_(keep) {}

  /// Whether Ctrl-C, or q in front of all other keys, was pressed since. Does not wait.
  [[nodiscard]] bool leaves();
  /// What was pressed for the prompt.
  [[nodiscard]] const std::string& kept() const { return kept_; }

 private:
  bool keep_;
  bool left_ = false;
  std::string kept_;
};

}  // namespace millrace::cli
