#include "cli/script.hpp"

#include "core/connectors/registry.hpp"
#include "core/plan/planner.hpp"
#include "core/sql/parse/defines.hpp"
#include "core/sql/parse/parser.hpp"
#include "state/catalog/file_catalog.hpp"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <utility>

namespace millrace::cli {

namespace {

result<std::string> read_file(const std::string& file) {
  errno = 0;
  const bool standard = file == "-";
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> from(
      standard ? stdin : std::fopen(file.c_str(), "rb"),
      [](std::FILE* f) { return f == nullptr || f == stdin ? 0 : std::fclose(f); });
  std::string text;
  char buffer[1 << 16];
  if (from) {
    for (std::size_t n = 0; (n = std::fread(buffer, 1, sizeof buffer, from.get())) > 0;) {
      text.append(buffer, n);
    }
    if (std::ferror(from.get()) == 0) return text;
  }
  return make_error(errc::config_file_unreadable,
                    "cannot read script '" + file + "': " + std::strerror(errno),
                    "give the path of a file with SQL statements, or - for standard input");
}

}  // namespace

bool split_pairs(const std::vector<std::string>& words, option_map& into) {
  for (const std::string& word : words) {
    const auto at = word.find('=');
    if (at == std::string::npos || at == 0) {
      std::fprintf(stderr, "error 1005: '%s' is not of the form name=value\n", word.c_str());
      return false;
    }
    into[word.substr(0, at)] = word.substr(at + 1);
  }
  return true;
}

result<std::string> load_script(const script_request& request) {
  MILLRACE_TRY(const std::string text, read_file(request.file));
  return sql::fill_defines(text, request.defines);
}

result<sql::session> open_session(const script_request& request) {
  sql::session checked(&connectors::check_table_options);
  for (const auto& [key, value] : request.settings) MILLRACE_CHECK(checked.set(key, value));
  sql::session session(&connectors::check_table_options, checked.options());
  session.keep_catalogs_with(&state::open_file_catalog);
  return session;
}

result<void> execute_script(std::string_view text, sql::session& session,
                            const std::function<result<void>(sql::statement_outcome)>& take) {
  sql::statement_stream statements(text);
  while (true) {
    MILLRACE_TRY(const auto statement, statements.next());
    if (!statement) return {};
    MILLRACE_TRY(auto outcome, session.execute(*statement));
    MILLRACE_CHECK(take(std::move(outcome)));
  }
}

std::string job_name(const plan::physical_plan& plan) {
  const std::string given = option_reader(plan.options).text("pipeline.name", "");
  if (!given.empty()) return given;
  std::string tables;
  for (const auto& node : plan.nodes) {
    const auto* sink = std::get_if<plan::sink_spec>(&node.spec);
    if (sink == nullptr || sink->collect || sink->table == nullptr) continue;
    tables +=
        (tables.empty() ? "" : ",") + sink->table->name.substr(sink->table->name.rfind('.') + 1);
  }
  return tables.empty() ? "collect" : "insert-into_" + tables;
}

result<plan::physical_plan> plan_outcome(const sql::job_outcome& job, const sql::session& session) {
  return plan_outcome(job, session.options());
}

result<plan::physical_plan> plan_outcome(const sql::job_outcome& job, const option_map& options) {
  plan::planning_input input;
  input.sinks = job.sinks;
  input.options = options;
  input.traits = &connectors::traits_of;
  input.at = job.at;
  return plan::plan_job(input);
}

}  // namespace millrace::cli
