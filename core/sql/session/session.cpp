#include "core/sql/session/session.hpp"

#include "core/sql/bind/query_binder.hpp"
#include "core/sql/bind/table_builder.hpp"

namespace millrace::sql {

session::session(std::function<result<option_map>(const plan::table_definition&)> check_options,
                 option_map options)
    : check_options_(std::move(check_options)), initial_(options), options_(std::move(options)) {}

binding_environment session::environment() const { return {objects_, options_, check_options_}; }

namespace {

error not_supported(text_position at, std::string_view what) {
  return make_error(errc::sql_not_supported, at, std::string(what) + " is not supported");
}

}  // namespace

result<statement_outcome> session::execute(const statement& s) {
  auto outcome = run(s);
  if (!outcome.ok()) {
    error e = outcome.take_error();
    if (!e.at) e.at = s.at;
    return e;
  }
  if (auto* job = std::get_if<job_outcome>(&*outcome)) job->at = s.at;
  if (auto* plan = std::get_if<plan_file_outcome>(&*outcome)) plan->at = plan->job.at = s.at;
  return outcome;
}

result<statement_outcome> session::run(const statement& s) {
  switch (s.kind()) {
    case statement_kind::query: return select(s.as<query_statement>());
    case statement_kind::create_table: return create(s.as<create_table>());
    case statement_kind::create_view: return create(s.as<create_view>());
    case statement_kind::create_function: return create(s.as<create_function>());
    case statement_kind::create_catalog: return create(s.as<create_catalog>());
    case statement_kind::create_database: return create(s.as<create_database>());
    case statement_kind::alter_object: return alter(s.as<alter_object>(), s.at);
    case statement_kind::drop_object: return drop(s.as<drop_object>(), s.at);
    case statement_kind::show: return show_objects(s.as<show>(), s.at);
    case statement_kind::describe: return describe_object(s.as<describe>(), s.at);
    case statement_kind::use_object: return use(s.as<use_object>());
    case statement_kind::set_option: return set_or_list(s.as<set_option>());
    case statement_kind::reset_option: return reset(s.as<reset_option>());
    case statement_kind::explain: return explain_job(s.as<explain>());
    case statement_kind::insert: return insert_into(s.as<insert>());
    case statement_kind::statement_set: return run_set(s.as<statement_set>());
    case statement_kind::compile_plan: return compile(s.as<compile_plan>());
    case statement_kind::execute_plan:
      return statement_outcome(plan_file_outcome{s.as<execute_plan>().file, false, true});
    case statement_kind::stop_job: return stop(s.as<stop_job>(), s.at);
  }
  return not_supported(s.at, "this statement");
}

result<statement_outcome> session::select(const query_statement& s) {
  const auto env = environment();
  query_binder binder(env);
  MILLRACE_TRY(auto root, binder.bind_root(s.select));
  return statement_outcome(job_outcome{job_kind::select, {collect_sink(std::move(root))}});
}

result<statement_outcome> session::insert_into(const insert& s) {
  const auto env = environment();
  query_binder binder(env);
  MILLRACE_TRY(auto sink, bind_insert(binder, s));
  return statement_outcome(job_outcome{job_kind::insert, {std::move(sink)}});
}

// One binder for all: sources and views that several INSERTs read are shared.
result<statement_outcome> session::run_set(const statement_set& s) {
  const auto env = environment();
  query_binder binder(env);
  job_outcome job{job_kind::insert, {}};
  for (const auto& statement : s.statements) {
    MILLRACE_TRY(auto sink, bind_insert(binder, statement.as<insert>()));
    job.sinks.push_back(std::move(sink));
  }
  return statement_outcome(std::move(job));
}

result<statement_outcome> session::explain_job(const explain& s) {
  MILLRACE_TRY(auto outcome, execute(*s.target));
  auto* job = std::get_if<job_outcome>(&outcome);
  if (job == nullptr)
    return make_error(errc::sql_not_supported, s.target->at,
                      "EXPLAIN takes a query, an INSERT or a statement set");
  return statement_outcome(explain_outcome{s.details, std::move(*job)});
}

}  // namespace millrace::sql
