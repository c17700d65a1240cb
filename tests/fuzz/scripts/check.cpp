#include "tests/fuzz/scripts/check.hpp"

#include "core/connectors/registry.hpp"
#include "core/plan/explain/explain.hpp"
#include "core/plan/planner.hpp"
#include "core/sql/parse/parser.hpp"
#include "core/sql/session/session.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace millrace::fuzz {
namespace {

// Of a script with a wrong statement repeated a thousand times: every restart reads the rest anew.
constexpr int most_restarts = 20;

result<void> plan(const sql::job_outcome& job, const sql::session& session) {
  MILLRACE_TRY(const auto made,
               plan::plan_job({job.sinks, session.options(), &connectors::traits_of, job.at}));
  if (plan::explain_tree(made).empty() || plan::explain_dot(made).empty() ||
      plan::explain_json(made).empty()) {
    return make_error(errc::internal, "a plan that shows nothing");
  }
  return {};
}

result<void> execute(const sql::statement& statement, sql::session& session) {
  MILLRACE_TRY(const auto outcome, session.execute(statement));
  const auto* job = std::get_if<sql::job_outcome>(&outcome);
  if (const auto* e = std::get_if<sql::explain_outcome>(&outcome)) job = &e->job;
  return job == nullptr ? result<void>() : plan(*job, session);
}

// A view keeps the places of its own text, so that a line lies within the whole script.
std::string flaw_of(const error& e, std::string_view text, std::uint32_t lines) {
  const auto shown = [&] { return to_text(e, text); };
  if (e.code == errc::internal) return "a bug's code: " + shown();
  if (e.message.empty()) return "no message: " + shown();
  if (!e.at) return "no line and column: " + shown();
  if (e.at->line < 1 || e.at->column < 1 || e.at->line > lines)
    return "a place outside of the text: " + shown();
  return {};
}

// Where the statement behind the one with this place begins.
std::string_view behind(const text_position& at, std::string_view text) {
  std::size_t from = 0;
  for (std::uint32_t line = 1; line < at.line && from < text.size(); ++line) {
    from = std::min(text.find('\n', from), text.size() - 1) + 1;
  }
  return text.substr(std::min(text.find(';', from + at.column - 1), text.size() - 1) + 1);
}

// Up to the end, or to what does not parse: that is left in `text` to go on behind it.
std::string check_statements(std::string_view& text, std::uint32_t lines, sql::session& session,
                             verdicts& counts) {
  const auto all = std::exchange(text, {});
  for (sql::statement_stream statements(all);;) {
    const auto statement = statements.next();
    if (statement.ok() && !statement->has_value()) return {};
    const auto done = statement.ok() ? execute(**statement, session) : statement.error();
    if (done.ok()) {
      ++counts.accepted;
      continue;
    }
    ++counts.refused[static_cast<std::uint16_t>(done.error().code)];
    if (auto flaw = flaw_of(done.error(), all, lines); !flaw.empty()) return flaw;
    if (statement.ok()) continue;
    text = behind(*done.error().at, all);
    return {};
  }
}

}  // namespace

std::string check_script(std::string_view text, verdicts& counts) {
  sql::session session(&connectors::check_table_options);
  const auto lines = static_cast<std::uint32_t>(1 + std::count(text.begin(), text.end(), '\n'));
  std::string flaw;
  for (int restarts = 0; restarts < most_restarts && flaw.empty() && !text.empty(); ++restarts) {
    flaw = check_statements(text, lines, session, counts);
  }
  return flaw;
}

}  // namespace millrace::fuzz
