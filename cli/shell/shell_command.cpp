#include "cli/shell/shell_command.hpp"

#include "cli/exit_code.hpp"
#include "cli/interrupt.hpp"
#include "cli/run_command.hpp"
#include "cli/shell/history_file.hpp"
#include "cli/shell/line_editor.hpp"
#include "cli/shell/shell_session.hpp"
#include "cli/shell/statement_end.hpp"

#include <sys/eventfd.h>
#include <unistd.h>

#include <cstdio>
#include <utility>

namespace millrace::cli {

namespace {

constexpr const char* prompt = "millrace> ";
constexpr const char* greeting =
    "Flink SQL on this machine. A statement ends with ; and \\help says what else there is.\n";

void complain(const error& e) { std::fprintf(stderr, "%s\n", to_text(e).c_str()); }

/// Can be read once the process is asked to end.
class stop_signal {
 public:
  stop_signal() : descriptor_(::eventfd(0, EFD_CLOEXEC)) {}
  ~stop_signal() { ::close(descriptor_); }
  stop_signal(const stop_signal&) = delete;
  stop_signal& operator=(const stop_signal&) = delete;

  void raise() const { static_cast<void>(::eventfd_write(descriptor_, 1)); }
  [[nodiscard]] int descriptor() const { return descriptor_; }

 private:
  int descriptor_;
};

/// The prompt, again and again.
class prompt_loop {
 public:
  prompt_loop(shell_session& session, line_editor& editor)
      : session_(session), editor_(editor), history_(history_file::default_path()) {
    const auto earlier = history_.load();
    if (!earlier) complain(earlier.error());
    if (earlier)
      for (const auto& statement : *earlier) editor_.remember(statement);
  }

  /// Until the user leaves, the terminal has gone, or the process shall end.
  void run();

 private:
  [[nodiscard]] bool may_leave();
  void remember(const std::string& statement);
  [[nodiscard]] bool enter(const std::string& text);

  shell_session& session_;
  line_editor& editor_;
  history_file history_;
  bool warned_ = false;  // of jobs that would end
};

void prompt_loop::run() {
  for (bool leave = false; !leave || !may_leave();) {
    session_.tell_of_ended_jobs();
    const typed_text typed = editor_.read(prompt);
    if (typed.how == typed_text::end::gone) return;
    if (typed.how != typed_text::end::entered) std::printf("\n");
    leave = typed.how == typed_text::end::closed;
    if (typed.how == typed_text::end::entered) leave = enter(typed.text);
  }
}

bool prompt_loop::enter(const std::string& text) {
  if (how_much_is_typed(text) == typed::nothing) return false;
  remember(text);
  turn done = session_.run(text);
  if (!done.leave) warned_ = false;
  if (!done.keys.empty()) editor_.type_ahead(done.keys);
  return done.leave;
}

// Jobs end with the shell: who leaves is told once.
bool prompt_loop::may_leave() {
  const std::size_t jobs = session_.count_running();
  if (jobs == 0 || warned_) return true;
  std::printf("%zu job%s would end with the shell; leave once more to stop %s\n", jobs,
              jobs == 1 ? "" : "s", jobs == 1 ? "it" : "them");
  warned_ = true;
  return false;
}

// A history that cannot be kept is complained of once.
void prompt_loop::remember(const std::string& statement) {
  editor_.remember(statement);
  const auto kept = history_.append(statement);
  if (kept) return;
  complain(kept.error());
  history_ = history_file({});
}

int fail(const error& e) {
  complain(e);
  return exit_code_of(e.code);
}

/// A shell at a terminal: its parts in the order in which they may begin.
class terminal_shell {
 public:
  explicit terminal_shell(sql::session session, const shell_request& request)
      : session_(std::move(session), request.output, request.jobs),
        checkpoints_(request.jobs.checkpoints) {
    watch_.on_interrupt([this] {
      stop_.raise();
      session_.jobs().stop_all();
    });
  }

  int run(const std::string& init_file) {
    if (auto fits = check_request(checkpoints_); !fits) return fail(fits.error());
    if (auto served = session_.jobs().serve_metrics(); !served) return fail(served.error());
    auto editor = open_line_editor(callbacks(), stop_.descriptor());
    if (!editor) return fail(editor.error());
    if (!init_file.empty() && session_.run_file(init_file, true).failed) return exit_sql;
    std::printf("%s", greeting);
    prompt_loop(session_, **editor).run();
    session_.jobs().stop_all();
    for (const running_job& job : session_.jobs().all()) static_cast<void>(job.handle->wait());
    if (auto kept = session_.jobs().write_savepoints(); !kept) return fail(kept.error());
    return watch_.interrupted() ? exit_interrupted : exit_ok;
  }

 private:
  editor_callbacks callbacks() {
    return {[](std::string_view text) { return how_much_is_typed(text) != typed::part; },
            [this](std::string_view text, std::size_t cursor) {
              return complete(text, cursor, session_.names());
            }};
  }

  stop_signal stop_;
  shell_session session_;
  checkpoint_request checkpoints_;
  interrupt_watch watch_;  // no threads before; it ends first
};

int run_at_terminal(const shell_request& request) {
  auto session = open_session(request.script);
  if (!session) return fail(session.error());
  return terminal_shell(std::move(*session), request).run(request.init_file);
}

// Statements come from a file or a pipe: nobody is there to look at prompts.
int run_without_prompt(const shell_request& request) {
  run_request run;
  run.script = request.script;
  if (run.script.file.empty()) run.script.file = "-";
  run.init_file = request.init_file;
  run.output = request.output;
  run.jobs = request.jobs;
  return run_script(run);
}

}  // namespace

int run_shell(const shell_request& request) {
  const bool terminal = isatty(STDIN_FILENO) != 0 && isatty(STDOUT_FILENO) != 0;
  return terminal && request.script.file.empty() ? run_at_terminal(request)
                                                 : run_without_prompt(request);
}

}  // namespace millrace::cli
