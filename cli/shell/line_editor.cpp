#include "cli/shell/line_editor.hpp"

#include "cli/shell/libedit.hpp"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <clocale>
#include <cstdio>
#include <cwchar>
#include <string>
#include <utility>
#include <vector>

namespace millrace::cli {

namespace {

// A key that nobody types stands for libedit's own "the line is done": a function of ours cannot do
// all of that, but can push the key.
constexpr const char* line_is_done = "\x1c";
constexpr const char* older_line = "\x10";
constexpr const char* newer_line = "\x0e";
constexpr int most_history = 1000;

std::size_t code_points(std::string_view text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char c) { return (c & 0xC0) != 0x80; }));
}

// Statements are UTF-8. Debian has this locale without any package of locales.
void read_keys_as_utf8() {
  std::setlocale(LC_CTYPE, "");
  if (MB_CUR_MAX == 1) std::setlocale(LC_CTYPE, "C.UTF-8");
}

/// The line as libedit has it, seen as text and cursor.
struct edited {
  std::string_view text;
  std::size_t cursor = 0;  ///< in bytes
};

class libedit_editor final : public line_editor {
 public:
  libedit_editor(const libedit& lib, editor_callbacks callbacks, int stop)
      : lib_(lib), callbacks_(std::move(callbacks)), stop_(stop) {
    read_keys_as_utf8();
    history_ = lib_.history_init_call();
    HistEvent event;
    lib_.history_call(history_, &event, H_SETSIZE, most_history);
    lib_.history_call(history_, &event, H_SETUNIQUE, 1);
    edit_ = lib_.init("millrace", stdin, stdout, stderr);
    lib_.set(edit_, EL_CLIENTDATA, this);
    lib_.set(edit_, EL_PROMPT, &prompt_of);
    lib_.set(edit_, EL_SIGNAL, 0);
    lib_.set(edit_, EL_HIST, lib_.history_call, history_);
    lib_.set(edit_, EL_GETCFN, &read_key);
    bind_keys();
  }
  ~libedit_editor() override {
    lib_.end(edit_);
    lib_.history_end_call(history_);
  }
  libedit_editor(const libedit_editor&) = delete;
  libedit_editor& operator=(const libedit_editor&) = delete;

  typed_text read(const std::string& prompt) override {
    prompt_ = prompt;
    dropped_ = gone_ = false;
    lib_.resize(edit_);
    int count = 0;
    const char* line = lib_.gets(edit_, &count);
    if (dropped_) return {typed_text::end::dropped, {}};
    if (gone_) return {typed_text::end::gone, {}};
    if (line == nullptr || count <= 0) return {};
    std::string text(line);
    while (text.ends_with('\n')) text.pop_back();
    return {typed_text::end::entered, std::move(text)};
  }

  void remember(const std::string& statement) override {
    HistEvent event;
    lib_.history_call(history_, &event, H_ENTER, statement.c_str());
  }

  void type_ahead(const std::string& keys) override { lib_.push(edit_, keys.c_str()); }

 private:
  using key_function = unsigned char (*)(EditLine*, int);

  void bind_keys();
  void bind(const char* key, const char* function) {
    lib_.set(edit_, EL_BIND, key, function, nullptr);
  }

  // What libedit calls.
  static libedit_editor& of(EditLine* edit);
  static char* prompt_of(EditLine* edit) { return of(edit).prompt_.data(); }
  static int read_key(EditLine* edit, wchar_t* key) { return of(edit).next_key(*key); }
  static unsigned char on_enter(EditLine* edit, int) { return of(edit).enter(); }
  static unsigned char on_tab(EditLine* edit, int) { return of(edit).tab(); }
  static unsigned char on_up(EditLine* edit, int) { return of(edit).up(); }
  static unsigned char on_down(EditLine* edit, int) { return of(edit).down(); }
  static unsigned char on_ctrl_c(EditLine* edit, int) { return of(edit).drop(); }

  [[nodiscard]] edited line() const;
  [[nodiscard]] int next_key(wchar_t& key);
  [[nodiscard]] unsigned char enter();
  [[nodiscard]] unsigned char tab();
  [[nodiscard]] unsigned char up();
  [[nodiscard]] unsigned char down();
  [[nodiscard]] unsigned char drop();
  [[nodiscard]] unsigned char insert(const std::string& text);
  [[nodiscard]] unsigned char move_cursor(std::size_t from, std::size_t to);
  void list(const std::vector<std::string>& words) const;

  const libedit& lib_;
  editor_callbacks callbacks_;
  int stop_;
  EditLine* edit_ = nullptr;
  History* history_ = nullptr;
  std::string prompt_;
  bool dropped_ = false;
  bool gone_ = false;
};

libedit_editor& libedit_editor::of(EditLine* edit) {
  void* self = nullptr;
  (*libedit::load())->get(edit, EL_CLIENTDATA, &self);
  return *static_cast<libedit_editor*>(self);
}

void libedit_editor::bind_keys() {
  lib_.set(edit_, EL_EDITOR, "emacs");
  // Ctrl-C is a key here: no signal comes, whatever thread would get it. Also between prompts,
  // where keys are not shown either: libedit changes modes only when a prompt waits for its first
  // key.
  lib_.set(edit_, EL_SETTY, "-d", "-isig", nullptr);
  lib_.set(edit_, EL_SETTY, "-x", "-isig", "-icanon", "-echo", nullptr);
  lib_.set(edit_, EL_ADDFN, "enter", "end the statement or begin a line", &on_enter);
  lib_.set(edit_, EL_ADDFN, "complete", "complete the word", &on_tab);
  lib_.set(edit_, EL_ADDFN, "up", "the line above or the statement before", &on_up);
  lib_.set(edit_, EL_ADDFN, "down", "the line below or the statement behind", &on_down);
  lib_.set(edit_, EL_ADDFN, "drop", "drop what is typed", &on_ctrl_c);
  bind("^M", "enter");
  bind("^J", "enter");
  bind("^I", "complete");
  bind("^C", "drop");
  bind("^R", "em-inc-search-prev");
  bind("^\\", "ed-newline");
  for (const char* key : {"\x1b[A", "\x1bOA"}) bind(key, "up");
  for (const char* key : {"\x1b[B", "\x1bOB"}) bind(key, "down");
  for (const char* key : {"\x1b[H", "\x1bOH"}) bind(key, "ed-move-to-beg");
  for (const char* key : {"\x1b[F", "\x1bOF"}) bind(key, "ed-move-to-end");
  bind("\x1b[3~", "ed-delete-next-char");
}

edited libedit_editor::line() const {
  const LineInfo* info = lib_.line(edit_);
  return {std::string_view(info->buffer, static_cast<std::size_t>(info->lastchar - info->buffer)),
          static_cast<std::size_t>(info->cursor - info->buffer)};
}

// Waits for a key or the end; 1 with a key, 0 at the end, as libedit wants it.
int libedit_editor::next_key(wchar_t& key) {
  std::mbstate_t state{};
  while (true) {
    pollfd ready[] = {{STDIN_FILENO, POLLIN, 0}, {stop_, POLLIN, 0}};
    if (::poll(ready, 2, -1) < 0) continue;
    char byte = 0;
    gone_ = ready[1].revents != 0 || ::read(STDIN_FILENO, &byte, 1) <= 0;
    if (gone_) return 0;
    const std::size_t length = std::mbrtowc(&key, &byte, 1, &state);
    if (length != static_cast<std::size_t>(-2) && length != static_cast<std::size_t>(-1)) return 1;
    if (length == static_cast<std::size_t>(-1)) state = {};
  }
}

unsigned char libedit_editor::enter() {
  if (!callbacks_.is_whole(line().text)) return insert("\n");
  lib_.push(edit_, line_is_done);
  return CC_NORM;
}

unsigned char libedit_editor::drop() {
  dropped_ = true;
  lib_.push(edit_, line_is_done);
  return CC_NORM;
}

unsigned char libedit_editor::insert(const std::string& text) {
  return lib_.insert(edit_, text.c_str()) == 0 ? CC_REFRESH : CC_ERROR;
}

unsigned char libedit_editor::tab() {
  const edited at = line();
  const std::string_view before = at.text.substr(0, at.cursor);
  const std::size_t line_start = before.rfind('\n') + 1;
  if (before.find_first_not_of(' ', line_start) == std::string_view::npos) return insert("  ");
  const completion found = callbacks_.complete(at.text, at.cursor);
  if (found.words.empty()) return CC_REFRESH_BEEP;
  const std::string_view typed_word = before.substr(found.from);
  const std::string more = found.insertion();
  if (more != typed_word) {
    lib_.erase(edit_, static_cast<int>(code_points(typed_word)));
    return insert(more);
  }
  list(found.words);
  return CC_REDISPLAY;
}

// In columns below what is typed; libedit then draws that once more.
void libedit_editor::list(const std::vector<std::string>& words) const {
  constexpr std::size_t most = 200;
  constexpr std::size_t screen = 80;
  std::size_t width = 0;
  for (const auto& word : words) width = std::max(width, code_points(word) + 2);
  const std::size_t columns = std::max<std::size_t>(screen / width, 1);
  std::string text = "\n";
  for (std::size_t i = 0; i < std::min(words.size(), most); ++i) {
    text += words[i] + std::string(width - code_points(words[i]), ' ');
    if ((i + 1) % columns == 0) text += '\n';
  }
  if (words.size() > most) text += "... " + std::to_string(words.size()) + " in all";
  if (!text.ends_with('\n')) text += '\n';
  std::fwrite(text.data(), 1, text.size(), stdout);
  std::fflush(stdout);
}

unsigned char libedit_editor::move_cursor(std::size_t from, std::size_t to) {
  const std::string_view text = line().text;
  const int left = static_cast<int>(code_points(text.substr(0, from)));
  lib_.move(edit_, static_cast<int>(code_points(text.substr(0, to))) - left);
  return CC_CURSOR;
}

unsigned char libedit_editor::up() {
  const edited at = line();
  const std::string_view before = at.text.substr(0, at.cursor);
  const std::size_t start = before.rfind('\n') + 1;
  if (start == 0) {
    lib_.push(edit_, older_line);
    return CC_NORM;
  }
  const std::size_t above = start < 2 ? 0 : at.text.rfind('\n', start - 2) + 1;
  return move_cursor(at.cursor, std::min(above + (at.cursor - start), start - 1));
}

unsigned char libedit_editor::down() {
  const edited at = line();
  const std::size_t end = at.text.find('\n', at.cursor);
  if (end == std::string_view::npos) {
    lib_.push(edit_, newer_line);
    return CC_NORM;
  }
  const std::size_t start = at.text.substr(0, at.cursor).rfind('\n') + 1;
  const std::size_t below_end = std::min(at.text.find('\n', end + 1), at.text.size());
  return move_cursor(at.cursor, std::min(end + 1 + (at.cursor - start), below_end));
}

}  // namespace

result<std::unique_ptr<line_editor>> open_line_editor(editor_callbacks callbacks, int stop) {
  MILLRACE_TRY(const libedit* lib, libedit::load());
  return std::unique_ptr<line_editor>(
      std::make_unique<libedit_editor>(*lib, std::move(callbacks), stop));
}

}  // namespace millrace::cli
