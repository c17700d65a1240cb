#include "core/sql/ast/print.hpp"
#include "core/sql/catalog/definition_text.hpp"
#include "core/sql/parse/parser.hpp"
#include "core/sql/session/session.hpp"

namespace millrace::sql {
namespace {

std::string quoted_text(std::string_view text) {
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? "''" : std::string(1, c);
  return out + "'";
}

std::string as_it_is(std::string_view, const std::string& value) { return value; }

std::string use_text(const std::string& catalog_name, const std::string& database) {
  return "USE " + quoted_name(catalog_name) + "." + quoted_name(database) + ";\n";
}

// Catalogs and databases; those a session begins with are there.
std::string spaces_text(const catalog& objects) {
  const catalog fresh;
  std::string out;
  for (const auto& c : objects.catalogs()) {
    if (!fresh.has_catalog(c))
      out += "CREATE CATALOG " + quoted_name(c) + " WITH ('type' = 'generic_in_memory');\n";
    for (const auto& d : objects.databases(c))
      if (!fresh.has_database(c, d))
        out += "CREATE DATABASE IF NOT EXISTS " + quoted_name(c) + "." + quoted_name(d) + ";\n";
  }
  return out;
}

std::vector<object_path> relations(const catalog& objects) {
  std::vector<object_path> all;
  for (const auto& c : objects.catalogs())
    for (const auto& d : objects.databases(c))
      for (auto& name : objects.tables(c, d)) all.push_back({c, d, std::move(name)});
  return all;
}

result<void> run_on(session& scratch, const std::string& text) {
  statement_stream statements(text);
  while (true) {
    MILLRACE_TRY(const auto statement, statements.next());
    if (!statement) return {};
    MILLRACE_CHECK(scratch.execute(*statement));
  }
}

// Views may read others: they are tried on `scratch` again and again until none is left.
result<std::string> views_text(std::vector<std::string> views, session& scratch) {
  std::string out;
  while (!views.empty()) {
    std::optional<error> first;
    const auto count = views.size();
    std::erase_if(views, [&](const std::string& view) {
      auto made = run_on(scratch, view);
      if (made.ok()) out += view;
      if (!made.ok() && !first) first = made.take_error();
      return made.ok();
    });
    if (views.size() == count) return *std::move(first);
  }
  return out;
}

}  // namespace

// The target is bound here too, so that what is wrong with it is said at once and in its place.
result<statement_outcome> session::compile(const compile_plan& s) {
  MILLRACE_TRY(auto outcome, execute(*s.target));
  auto* job = std::get_if<job_outcome>(&outcome);
  if (job == nullptr)
    return make_error(errc::sql_not_supported, s.target->at,
                      "COMPILE PLAN takes an INSERT or a statement set");
  plan_file_outcome out{s.file, s.if_not_exists, s.execute};
  MILLRACE_TRY(out.script, plan_script(*s.target));
  out.job = std::move(*job);
  return statement_outcome(std::move(out));
}

// Options, all tables and views, and the statement: what is in the script depends on nothing else.
result<std::string> session::plan_script(const statement& target) const {
  std::string script;
  for (const auto& [key, value] : options_)
    script += "SET " + quoted_text(key) + " = " + quoted_text(value) + ";\n";
  script += spaces_text(objects_);
  std::vector<std::string> views;
  for (const auto& path : relations(objects_)) {
    const auto entry = objects_.find(path);
    if (entry.table)
      script += create_statement(quoted_name(path), *entry.table, as_it_is) + ";\n";
    else
      views.push_back(use_text(entry.view->catalog, entry.view->database) +
                      create_statement(quoted_name(path), *entry.view) + ";\n");
  }
  session scratch(check_options_);
  MILLRACE_CHECK(run_on(scratch, script));
  MILLRACE_TRY(const auto more, views_text(std::move(views), scratch));
  const auto end =
      use_text(objects_.current_catalog(), objects_.current_database()) + to_sql(target) + ";\n";
  auto complete = run_on(scratch, end);
  if (complete.ok()) return script + more + end;
  auto e = complete.take_error();
  e.message = "the plan cannot be kept: " + e.message;
  e.hint = "functions of CREATE FUNCTION have to be written by the name of their built-in";
  e.at = target.at;
  return e;
}

}  // namespace millrace::sql
