#pragma once

#include "core/plan/logical/print.hpp"
#include "core/sql/parse/parser.hpp"
#include "core/sql/session/session.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace millrace::sql::testing {

/// A session with a few tables; binds scripts and gives plans as text.
class bind_test : public ::testing::Test {
 protected:
  bind_test() {
    ok("CREATE TABLE t (id INT, b BOOLEAN, i INT, l BIGINT, d DOUBLE, s STRING, "
       "`dec` DECIMAL(10, 2), r ROW<x INT, y ROW<z STRING>>, arr ARRAY<INT>) WITH "
       "('connector'='x')");
    ok("CREATE TABLE bids (auction BIGINT, price BIGINT, channel STRING, ts TIMESTAMP(3), "
       "p AS PROCTIME(), WATERMARK FOR ts AS ts - INTERVAL '4' SECOND) WITH ('connector'='x')");
    ok("CREATE TABLE rates (currency STRING, rate DECIMAL(10, 2), ts TIMESTAMP(3), "
       "WATERMARK FOR ts AS ts, PRIMARY KEY (currency) NOT ENFORCED) WITH ('connector'='x')");
  }

  /// Executes a script; the last statement's outcome.
  result<statement_outcome> run(std::string_view text) {
    statement_stream stream(text);
    statement_outcome last;
    while (true) {
      MILLRACE_TRY(const auto next, stream.next());
      if (!next) return last;
      MILLRACE_TRY(last, session_.execute(*next));
    }
  }

  void ok(std::string_view text) {
    const auto outcome = run(text);
    ASSERT_TRUE(outcome.ok()) << to_text(outcome.error(), text);
  }

  /// The plan below the sink of the script's last statement, or the error's text.
  std::string plan(std::string_view text) {
    auto outcome = run(text);
    if (!outcome.ok()) return to_text(outcome.error(), text);
    const auto* job = std::get_if<job_outcome>(&*outcome);
    if (job == nullptr) return "no job";
    return "\n" + plan::to_text(job->sinks[0]->inputs[0]);
  }

  /// `2011 at 1:8`, or `ok`.
  std::string failure(std::string_view text) {
    const auto outcome = run(text);
    if (outcome.ok()) return "ok";
    const auto& e = outcome.error();
    auto out = std::to_string(static_cast<int>(e.code));
    if (e.at) out += " at " + std::to_string(e.at->line) + ":" + std::to_string(e.at->column);
    return out;
  }

  /// The columns of a query: `a INT, b BIGINT NOT NULL *ROWTIME*`.
  std::string columns(std::string_view text) {
    auto outcome = run(text);
    if (!outcome.ok()) return to_text(outcome.error(), text);
    std::string out;
    for (const auto& c : std::get<job_outcome>(*outcome).sinks[0]->columns) {
      out += (out.empty() ? "" : ", ") + c.name + " " + data::to_text(c.type);
      if (c.time == plan::time_attribute::row_time) out += " *ROWTIME*";
      if (c.time == plan::time_attribute::processing_time) out += " *PROCTIME*";
    }
    return out;
  }

  session session_;
};

}  // namespace millrace::sql::testing
