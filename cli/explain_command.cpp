#include "cli/explain_command.hpp"

#include "cli/exit_code.hpp"
#include "core/plan/explain/explain.hpp"

#include <cstdio>

namespace millrace::cli {

namespace {

std::string plan_text(const plan::physical_plan& plan, const std::string& format) {
  if (format == "dot") return plan::explain_dot(plan);
  return format == "json" ? plan::explain_json(plan) : plan::explain_tree(plan);
}

result<void> print_plan(const sql::statement_outcome& outcome, const sql::session& session,
                        const std::string& format) {
  const auto* job = std::get_if<sql::job_outcome>(&outcome);
  if (const auto* e = std::get_if<sql::explain_outcome>(&outcome)) job = &e->job;
  if (job == nullptr) return {};
  MILLRACE_TRY(const auto plan, plan_outcome(*job, session));
  for (const std::string& w : plan.warnings) std::fprintf(stderr, "warning: %s\n", w.c_str());
  std::string text = plan_text(plan, format);
  if (!text.empty() && text.back() != '\n') text += '\n';
  std::printf("%s", text.c_str());
  return {};
}

int fail(const error& e, std::string_view text) {
  std::fprintf(stderr, "%s\n", to_text(e, text).c_str());
  return exit_code_of(e.code);
}

}  // namespace

int explain_script(const script_request& request, const std::string& format) {
  auto text = load_script(request);
  if (!text) return fail(text.error(), {});
  auto session = open_session(request);
  if (!session) return fail(session.error(), {});
  auto done = execute_script(*text, *session, [&](const sql::statement_outcome& outcome) {
    return print_plan(outcome, *session, format);
  });
  return done ? exit_ok : fail(done.error(), *text);
}

}  // namespace millrace::cli
