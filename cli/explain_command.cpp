#include "cli/explain_command.hpp"

#include "cli/exit_code.hpp"
#include "core/connectors/registry.hpp"
#include "core/coordination/state_comparison.hpp"
#include "core/plan/explain/explain.hpp"
#include "core/plan/explain/growing_state.hpp"
#include "state/checkpoint/checkpoint_store.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <optional>

namespace millrace::cli {

using coordination::state_fate;

namespace {

std::string plan_text(const plan::physical_plan& plan, const std::string& format) {
  if (format == "dot") return plan::explain_dot(plan);
  return format == "json" ? plan::explain_json(plan) : plan::explain_tree(plan);
}

std::string_view word_of(state_fate fate) {
  switch (fate) {
    case state_fate::kept: return "kept";
    case state_fate::changed: return "changed";
    case state_fate::added: return "new";
    case state_fate::dropped: return "dropped";
  }
  return "";
}

/// The checkpoint whose state the plans are compared with.
using earlier_state = std::optional<coordination::checkpoint_manifest>;

std::string fates_text(const plan::physical_plan& plan,
                       const coordination::checkpoint_manifest& m) {
  std::string out = fmt::format("State of {} {} of {}:\n", m.savepoint ? "savepoint" : "checkpoint",
                                m.id.value, m.job);
  for (const auto& o : coordination::compare_state(plan, m)) {
    out += fmt::format("  {:8} {} {}", word_of(o.fate), o.name, o.operator_id);
    if (!o.change.empty()) out += "  " + o.change;
    if (o.entries > 0) out += fmt::format("  {} entries, {} bytes", o.entries, o.bytes);
    out += '\n';
  }
  return out;
}

result<void> print_plan(const sql::statement_outcome& outcome, const sql::session& session,
                        const explain_request& request, const earlier_state& against) {
  const auto* job = std::get_if<sql::job_outcome>(&outcome);
  if (const auto* e = std::get_if<sql::explain_outcome>(&outcome)) job = &e->job;
  if (job == nullptr) return {};
  MILLRACE_TRY(const auto plan, plan_outcome(*job, session));
  for (const std::string& w : plan.warnings) std::fprintf(stderr, "warning: %s\n", w.c_str());
  warn_of_growth(plan);
  std::string text = against ? fates_text(plan, *against) : plan_text(plan, request.format);
  if (!text.empty() && text.back() != '\n') text += '\n';
  std::printf("%s", text.c_str());
  return {};
}

bool has_an_end(const plan::table_definition& table) {
  const auto traits = connectors::traits_of(table);
  return traits.ok() && traits->bounded;
}

result<earlier_state> load_state(const std::string& path, const option_map& storage) {
  if (path.empty()) return earlier_state();
  MILLRACE_TRY(auto opened,
               state::open_snapshot(path, coordination::verification::presence, storage));
  return earlier_state(std::move(opened.manifest));
}

int fail(const error& e, std::string_view text) {
  std::fprintf(stderr, "%s\n", to_text(e, text).c_str());
  return exit_code_of(e.code);
}

}  // namespace

void warn_of_growth(const plan::physical_plan& plan) {
  for (const std::string& w : plan::growing_state(plan, has_an_end)) {
    std::fprintf(stderr, "warning: %s\n", w.c_str());
  }
}

int explain_script(const explain_request& request) {
  auto text = load_script(request.script);
  if (!text) return fail(text.error(), {});
  auto session = open_session(request.script);
  if (!session) return fail(session.error(), {});
  const auto against = load_state(request.against, session->options());
  if (!against) return fail(against.error(), {});
  auto done = execute_script(*text, *session, [&](const sql::statement_outcome& outcome) {
    return print_plan(outcome, *session, request, *against);
  });
  return done ? exit_ok : fail(done.error(), *text);
}

}  // namespace millrace::cli
