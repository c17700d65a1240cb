#pragma once

#include "cli/shell/completion.hpp"
#include "core/base/result.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace millrace::cli {

/// How one turn at the prompt ended.
struct typed_text {
  enum class end : std::uint8_t {
    entered,  ///< Enter behind a whole statement
    dropped,  ///< Ctrl-C
    closed,   ///< Ctrl-D
    gone,     ///< no terminal any more, or the process shall end
  };
  end how = end::closed;
  std::string text;  ///< `entered`: what was typed
};

/// What the editor asks while somebody types. Called on the thread of `read`.
struct editor_callbacks {
  /// Whether Enter ends the text, or begins another line of it.
  std::function<bool(std::string_view text)> is_whole;
  std::function<completion(std::string_view text, std::size_t cursor)> complete;
};

/// Edits statements of several lines on the terminal of stdin and stdout. One per process, one
/// thread. As long as it lives, keys are not shown and not held back up to Enter, and Ctrl-C is a
/// key: what is pressed between two calls of `read` is for `key_watch`, or for the next.
class line_editor {
 public:
  virtual ~line_editor() = default;
  /// Lets the user type. UTF-8, without the line break at the end.
  [[nodiscard]] virtual typed_text read(const std::string& prompt) = 0;
  /// What the arrows go back to, the newest last.
  virtual void remember(const std::string& statement) = 0;
  /// Text that the next `read` finds typed already.
  virtual void type_ahead(const std::string& keys) = 0;
};

/// Loads libedit and takes hold of the terminal. `stop`: a file descriptor; once it can be read,
/// `read` ends with `gone`. Errors: 1005.
[[nodiscard]] result<std::unique_ptr<line_editor>> open_line_editor(editor_callbacks callbacks,
                                                                    int stop);

}  // namespace millrace::cli
