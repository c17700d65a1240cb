#include "cli/plan_file.hpp"

#include "cli/script.hpp"
#include "core/connectors/filesystem/file_list.hpp"
#include "core/plan/explain/explain.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace millrace::cli {

namespace {

constexpr std::string_view first_line = "-- A compiled plan of millrace. EXECUTE PLAN runs it.\n";
constexpr std::string_view plan_mark = "-- plan: ";

error unreadable(const std::string& file, const char* what) {
  return make_error(
      errc::config_file_unreadable,
      std::string("cannot ") + what + " the plan '" + file + "': " + std::strerror(errno),
      "the path is taken as it is, relative to the working directory");
}

bool exists(const std::string& file) { return ::access(file.c_str(), F_OK) == 0; }

std::string text_of(const plan::physical_plan& plan) {
  std::string text = plan::explain_json(plan);
  for (char& c : text)
    if (c == '\n') c = ' ';
  return text;
}

// Whole or not at all: a reader never sees half a plan.
result<void> write_file(const std::string& file, const std::string& text) {
  const std::string staged = file + ".part";
  const int to = ::open(staged.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (to < 0) return unreadable(file, "write");
  bool ok = true;
  for (std::size_t at = 0; ok && at < text.size();) {
    const auto written = ::write(to, text.data() + at, text.size() - at);
    ok = written > 0;
    if (ok) at += static_cast<std::size_t>(written);
  }
  ok = ::fsync(to) == 0 && ok;
  ok = ::close(to) == 0 && ok;
  if (!ok || ::rename(staged.c_str(), file.c_str()) != 0) return unreadable(file, "write");
  return {};
}

// The plan of the script's only job.
result<plan::physical_plan> plan_of(const std::string& text, const std::string& file) {
  MILLRACE_TRY(auto session, open_session({}));
  std::optional<sql::job_outcome> job;
  MILLRACE_CHECK(execute_script(text, session, [&](sql::statement_outcome outcome) {
    if (auto* found = std::get_if<sql::job_outcome>(&outcome)) job = std::move(*found);
    return result<void>();
  }));
  if (job) return plan_outcome(*job, session);
  return make_error(errc::config_bad_usage, "'" + file + "' is no compiled plan",
                    "COMPILE PLAN writes one");
}

result<plan::physical_plan> load(const std::string& file) {
  if (!exists(file)) return unreadable(file, "read");
  script_request request;
  request.file = file;
  MILLRACE_TRY(const auto text, load_script(request));
  const auto mark = text.find(plan_mark);
  if (!text.starts_with(first_line) || mark == text.npos)
    return make_error(errc::config_bad_usage, "'" + file + "' is no compiled plan",
                      "COMPILE PLAN writes one");
  const auto begin = mark + plan_mark.size();
  MILLRACE_TRY(auto plan, plan_of(text, file));
  if (text.substr(begin, text.find('\n', begin) - begin) == text_of(plan)) return plan;
  return make_error(errc::config_bad_usage,
                    "the statement of '" + file + "' gives another plan now",
                    "compile it again; 'table.plan.force-recompile' = 'true' writes over the file");
}

result<void> store(const std::string& file, const sql::plan_file_outcome& what,
                   const sql::session& session) {
  MILLRACE_TRY(const auto plan, plan_outcome(what.job, session));
  return write_file(
      file, std::string(first_line) + std::string(plan_mark) + text_of(plan) + "\n" + what.script);
}

}  // namespace

result<std::optional<plan::physical_plan>> take_plan_file(const sql::plan_file_outcome& what,
                                                          const sql::session& session) {
  MILLRACE_TRY(const auto file, connectors::filesystem::local_path(what.file));
  if (!what.script.empty()) {
    MILLRACE_TRY(const bool anew,
                 option_reader(session.options()).boolean("table.plan.force-recompile", false));
    const bool there = exists(file);
    if (there && !anew && !what.if_not_exists && !what.execute)
      return make_error(errc::config_bad_usage, "the plan '" + file + "' exists already",
                        "use IF NOT EXISTS, or SET 'table.plan.force-recompile' = 'true'");
    if (!there || anew) MILLRACE_CHECK(store(file, what, session));
    if (!what.execute) return std::optional<plan::physical_plan>();
  }
  MILLRACE_TRY(auto plan, load(file));
  return std::optional(std::move(plan));
}

}  // namespace millrace::cli
