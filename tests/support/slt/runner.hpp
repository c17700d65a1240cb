#pragma once

#include "actors/system/engine.hpp"
#include "core/plan/physical/physical_plan.hpp"
#include "core/sql/session/session.hpp"
#include "tests/support/slt/mode.hpp"
#include "tests/support/slt/restarted_job.hpp"
#include "tests/support/slt/script.hpp"

#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace millrace::testing {

/// Runs one script under one mode in this process: real planner, real actors, fed tables.
///
/// A query runs as a job over all that was fed so far; its changelog is folded and compared with
/// the expected rows. Every query of a script replays the same feed. One thread.
class slt_runner {
 public:
  slt_runner(actors::engine& engine, const slt_mode& mode);

  /// The text of every step that did not hold; empty: all passed.
  [[nodiscard]] std::vector<std::string> run(const slt_script& script);

 private:
  result<void> run_step(const slt_step& step);
  result<void> run_statement(const std::string& sql);
  result<void> expect_error(const slt_step& step);
  result<void> run_query(const slt_step& step);
  result<void> run_explain(const slt_step& step);
  result<std::vector<std::string>> run_job(const sql::job_outcome& job);
  result<plan::physical_plan> plan_of(const sql::job_outcome& job,
                                      std::uint32_t parallelism = 0) const;
  result<void> feed(restarted_job& job);
  result<void> disturb(restarted_job& job);
  [[nodiscard]] bool restarts() const;
  [[nodiscard]] std::uint32_t next_parallelism();
  result<void> push_feed(const slt_step& step);

  actors::engine& engine_;
  const slt_mode& mode_;
  sql::session session_;
  std::vector<slt_step> fed_;      ///< feed, watermark, barrier and restart steps so far
  std::size_t restart_count_ = 0;  ///< of all jobs
};

}  // namespace millrace::testing
