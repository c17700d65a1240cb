#pragma once

#include "core/data/record_batch.hpp"
#include "core/plan/logical/logical_plan.hpp"
#include "core/sql/ast/statement.hpp"
#include "core/sql/bind/environment.hpp"
#include "core/sql/catalog/catalog.hpp"

#include <functional>
#include <map>
#include <string>
#include <variant>
#include <vector>

namespace millrace::sql {

/// Done; `message` may be empty.
struct message_outcome {
  std::string message;
};
/// Rows of SHOW, DESCRIBE, SET.
struct rows_outcome {
  data::schema columns;
  data::batch_ptr rows;
  bool is_text = false;  ///< one cell of several lines (SHOW CREATE, EXPLAIN)
};
/// One row of one STRING column.
[[nodiscard]] rows_outcome text_outcome(std::string column, const std::string& text);
enum class job_kind : std::uint8_t { select, insert };
/// A plan to run: one collect sink for SELECT, one sink per INSERT. `at` is where the statement
/// begins: the place of a refusal that knows no narrower one.
struct job_outcome {
  job_kind kind = job_kind::select;
  std::vector<plan::logical_ptr> sinks;
  text_position at = {};
};
/// EXPLAIN of a job; `details` in upper case (CHANGELOG_MODE, ...).
struct explain_outcome {
  std::vector<std::string> details;
  job_outcome job;
};
/// COMPILE PLAN and EXECUTE PLAN: for whoever has files. `script` holds all that the job of an
/// INSERT or a statement set needs, as statements; empty for EXECUTE PLAN.
struct plan_file_outcome {
  std::string file;
  bool if_not_exists = false;
  bool execute = false;
  std::string script = {};
  job_outcome job = {};
  text_position at = {};
};
using statement_outcome =
    std::variant<message_outcome, rows_outcome, job_outcome, explain_outcome, plan_file_outcome>;

class job_directory;

/// Executes statements one after another against a catalog and session options. Sans-I/O: jobs come
/// back as plans, nothing runs here. One thread.
class session {
 public:
  /// `check_options` as in binding_environment; `options` are the session's to begin with.
  explicit session(
      std::function<result<option_map>(const plan::table_definition&)> check_options = {},
      option_map options = {});

  /// Errors, all with their place: those of binding, 1001 (SET of an unknown key), 1002, 2004 for
  /// statements that are not supported, by name.
  [[nodiscard]] result<statement_outcome> execute(const statement& s);

  [[nodiscard]] const option_map& options() const { return options_; }
  /// Sets an option as SET does. 1001, 1002.
  result<void> set(const std::string& key, const std::string& value);
  [[nodiscard]] catalog& objects() { return objects_; }
  /// What CREATE CATALOG with 'type' = 'file' opens; without, that type is refused.
  void keep_catalogs_with(catalog_store_opener open) { open_store_ = std::move(open); }
  /// What SHOW JOBS and STOP JOB speak of; without, these are refused. Outlives the session.
  void name_jobs_of(job_directory& jobs) { jobs_ = &jobs; }

 private:
  [[nodiscard]] binding_environment environment() const;
  result<statement_outcome> run(const statement& s);
  result<statement_outcome> select(const query_statement& s);
  result<statement_outcome> insert_into(const insert& s);
  result<statement_outcome> run_set(const statement_set& s);
  result<statement_outcome> explain_job(const explain& s);

  // session_plan.cpp
  result<statement_outcome> compile(const compile_plan& s);
  [[nodiscard]] result<std::string> plan_script(const statement& target) const;

  // session_ddl.cpp
  result<statement_outcome> create(const create_table& s);
  result<statement_outcome> create(const create_view& s);
  result<statement_outcome> create(const create_function& s);
  result<statement_outcome> create(const create_database& s);
  result<statement_outcome> drop(const drop_object& s, text_position at);
  result<statement_outcome> drop_relation(const drop_object& s);
  result<statement_outcome> use(const use_object& s);

  // session_catalog.cpp
  result<statement_outcome> create(const create_catalog& s);
  [[nodiscard]] result<std::shared_ptr<catalog_store>> open_store(const create_catalog& s) const;
  result<void> load_catalog(const std::string& name, catalog_store& store);
  result<void> load_objects(const std::string& name, std::vector<stored_object> objects);
  result<void> load_object(const std::string& catalog_name, const stored_object& object);

  // session_alter.cpp
  result<statement_outcome> alter(const alter_object& s, text_position at);
  result<statement_outcome> alter_view(const alter_object& s, text_position at);
  result<statement_outcome> alter_table(const alter_object& s, text_position at);
  result<statement_outcome> alter_properties(const alter_object& s);

  // session_show.cpp
  result<statement_outcome> show_objects(const show& s, text_position at);
  result<statement_outcome> show_create(const show& s);
  [[nodiscard]] result<statement_outcome> show_create_space(const show& s) const;
  result<statement_outcome> describe_object(const describe& s, text_position at);
  [[nodiscard]] result<statement_outcome> describe_space(const describe& s) const;
  result<statement_outcome> set_or_list(const set_option& s);
  result<statement_outcome> reset(const reset_option& s);

  // session_jobs.cpp
  [[nodiscard]] result<statement_outcome> show_jobs(text_position at) const;
  result<statement_outcome> stop(const stop_job& s, text_position at);

  catalog objects_;
  std::function<result<option_map>(const plan::table_definition&)> check_options_;
  catalog_store_opener open_store_;
  job_directory* jobs_ = nullptr;
  // Comments and options of catalogs (`name`) and databases (`catalog.name`).
  struct properties {
    std::string comment;
    option_map options;
  };
  [[nodiscard]] result<std::string> space_of(const qualified_name& name, bool of_catalog) const;

  std::map<std::string, properties> properties_;
  option_map initial_;
  option_map options_;
};

}  // namespace millrace::sql
