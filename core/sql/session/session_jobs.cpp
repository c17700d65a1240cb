#include "core/data/column_builder.hpp"
#include "core/sql/session/job_directory.hpp"
#include "core/sql/session/session.hpp"

namespace millrace::sql {

namespace {

error nobody_runs_jobs(text_position at, std::string_view what) {
  return make_error(errc::sql_not_supported, at, std::string(what) + " is not supported here",
                    "it needs what runs the jobs: millrace sql, or millrace run");
}

}  // namespace

// The columns are those of Flink's client.
result<statement_outcome> session::show_jobs(text_position at) const {
  if (jobs_ == nullptr) return nobody_runs_jobs(at, "SHOW JOBS");
  data::schema columns{{{"job id", data::data_type::string()},
                        {"job name", data::data_type::string()},
                        {"status", data::data_type::string()},
                        {"start time", data::data_type::timestamp_ltz(3)}}};
  data::batch_builder rows(columns);
  for (const auto& job : jobs_->list()) {
    rows.column_at(0).append_text(job.id);
    rows.column_at(1).append_text(job.name);
    rows.column_at(2).append_text(job.status);
    rows.column_at(3).append(job.started_ms);
    rows.end_row();
  }
  return statement_outcome(rows_outcome{std::move(columns), rows.finish(), false});
}

result<statement_outcome> session::stop(const stop_job& s, text_position at) {
  if (jobs_ == nullptr) return nobody_runs_jobs(at, "STOP JOB");
  if (s.with_drain) {
    return make_error(errc::sql_not_supported, at, "STOP JOB WITH DRAIN is not supported",
                      "without it the windows that are open stay in the savepoint");
  }
  MILLRACE_TRY(const std::string savepoint, jobs_->stop(s.job, s.with_savepoint));
  if (!s.with_savepoint) return statement_outcome(message_outcome{"OK"});
  data::schema columns{{{"savepoint path", data::data_type::string()}}};
  data::batch_builder row(columns);
  row.column_at(0).append_text(savepoint);
  row.end_row();
  return statement_outcome(rows_outcome{std::move(columns), row.finish(), false});
}

}  // namespace millrace::sql
