#pragma once

#include "core/plan/explain/explain.hpp"
#include "core/plan/logical/print.hpp"
#include "core/plan/planner.hpp"
#include "core/plan/rules/rule.hpp"
#include "core/sql/parse/parser.hpp"
#include "core/sql/session/session.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace millrace::plan::testing {

/// SQL in; logical plans before and after one rule, or the physical plan, out as text.
///
/// What a table's connector can do stands in its options: `gives` (`I`, `UA,D` or `UB,UA,D`),
/// `accepts` (the same).
class plan_test : public ::testing::Test {
 protected:
  plan_test() {
    run("CREATE TABLE t (id INT, k STRING, n BIGINT, d DOUBLE, "
        "r ROW<x INT, y ROW<z STRING, w INT>>) WITH ('connector' = 'x')");
    run("CREATE TABLE u (id INT, k STRING, n BIGINT) WITH ('connector' = 'x')");
    run("CREATE TABLE bids (auction BIGINT, price BIGINT, ts TIMESTAMP(3), "
        "WATERMARK FOR ts AS ts - INTERVAL '4' SECOND) WITH ('connector' = 'x')");
    run("CREATE TABLE upserts (id INT, k STRING, n BIGINT, PRIMARY KEY (id) NOT ENFORCED) "
        "WITH ('connector' = 'x', 'gives' = 'UA,D', 'accepts' = 'UA,D')");
    run("CREATE TABLE changes (id INT, k STRING, n BIGINT) "
        "WITH ('connector' = 'x', 'gives' = 'UB,UA,D', 'accepts' = 'UB,UA,D')");
  }

  /// Executes a script; the roots of its last job. An error fails the test.
  std::vector<logical_ptr> run(std::string_view text) {
    std::vector<logical_ptr> roots;
    const auto statements = sql::parse_script(text);
    EXPECT_TRUE(statements.ok()) << to_text(statements.error(), text);
    if (!statements.ok()) return roots;
    for (const auto& statement : *statements) {
      const auto outcome = session_.execute(statement);
      EXPECT_TRUE(outcome.ok()) << to_text(outcome.error(), text);
      if (!outcome.ok()) return roots;
      if (const auto* job = std::get_if<sql::job_outcome>(&*outcome)) roots = job->sinks;
    }
    return roots;
  }

  /// The plan as the binder makes it, after `earlier` rules.
  std::string before(std::string_view text, const std::vector<rule>& earlier = {}) {
    return printed(rewritten(run(text), earlier));
  }
  /// The plan after the rule, which runs behind `earlier` ones.
  std::string after(rule apply, std::string_view text, std::vector<rule> earlier = {}) {
    earlier.push_back(apply);
    return printed(rewritten(run(text), earlier));
  }

  /// The whole way, as EXPLAIN shows it; an error as text.
  std::string physical(std::string_view text) {
    const auto plan = plan_job({run(text), session_.options(), traits_of});
    return plan.ok() ? "\n" + short_names(explain_tree(*plan)) : to_text(plan.error());
  }

  sql::session session_;

  static result<table_traits> traits_of(const table_definition& table) {
    const option_reader options(table.options);
    table_traits out;
    out.readable = out.writable = out.bounded = true;
    out.gives = mode_of(options.text("gives"));
    out.accepts = mode_of(options.text("accepts"));
    return out;
  }

 private:
  static changelog_mode mode_of(const std::string& text) {
    if (text == "UA,D") return changelog_mode::upsert;
    return text == "UB,UA,D" ? changelog_mode::retract : changelog_mode::insert_only;
  }

  std::vector<logical_ptr> rewritten(std::vector<logical_ptr> roots,
                                     const std::vector<rule>& rules) {
    for (const auto& apply : rules) {
      auto made = apply(roots, session_.options());
      EXPECT_TRUE(made.ok()) << to_text(made.error());
      if (made.ok()) roots = std::move(*made);
    }
    return roots;
  }

  // A SELECT's sink says nothing, so its plan is printed without it.
  static std::string printed(std::vector<logical_ptr> roots) {
    for (auto& root : roots)
      if (const auto* sink = std::get_if<sink_node>(&root->detail); sink && sink->collect)
        root = root->inputs[0];
    return "\n" + short_names(to_text(roots));
  }

  static std::string short_names(std::string text) {
    constexpr std::string_view path = "default_catalog.default_database.";
    for (auto at = text.find(path); at != std::string::npos; at = text.find(path))
      text.erase(at, path.size());
    return text;
  }
};

}  // namespace millrace::plan::testing
