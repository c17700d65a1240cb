#include "tests/unit/core/sql/bind_fixture.hpp"

#include <algorithm>
#include <map>

namespace millrace::sql::testing {
namespace {

/// Keeps statements in memory, in an order that puts views first.
class kept_statements final : public catalog_store {
 public:
  result<std::vector<std::string>> databases() override { return databases_; }
  result<std::vector<stored_object>> objects() override {
    std::vector<stored_object> all;
    for (const auto& [at, statement] : statements) all.push_back({at, statement});
    std::ranges::reverse(all);
    return all;
  }
  result<void> create_database(const std::string& database) override {
    databases_.push_back(database);
    return {};
  }
  result<void> drop_database(const std::string& database) override {
    std::erase(databases_, database);
    std::erase_if(statements, [&](const auto& e) { return e.first.database == database; });
    return {};
  }
  result<void> write(const stored_object& object) override {
    if (full) return make_error(errc::state_io, "no space left");
    statements[object.at] = object.statement;
    return {};
  }
  result<void> erase(const stored_name& at) override {
    if (full) return make_error(errc::state_io, "no space left");
    statements.erase(at);
    return {};
  }

  std::map<stored_name, std::string> statements;
  bool full = false;

 private:
  std::vector<std::string> databases_;
};

class kept_catalog : public bind_test {
 protected:
  kept_catalog() {
    open(session_);
    ok("CREATE CATALOG c WITH ('type' = 'file'); USE CATALOG c");
  }
  void open(session& s) {
    s.keep_catalogs_with([this](const option_map&) -> result<std::shared_ptr<catalog_store>> {
      return std::shared_ptr<catalog_store>(store_);
    });
  }
  /// The session of the next run.
  void reopen() {
    session_ = session();
    open(session_);
    ok("CREATE CATALOG c WITH ('type' = 'file'); USE CATALOG c");
  }

  std::shared_ptr<kept_statements> store_ = std::make_shared<kept_statements>();
};

TEST_F(kept_catalog, objects_are_there_in_the_next_run) {
  ok("CREATE TABLE t (a INT, b AS a + 1) WITH ('connector' = 'x')");
  ok("CREATE FUNCTION f AS 'com.github.nexmark.flink.udf.CountChar'");
  reopen();
  EXPECT_EQ(columns("SELECT a, b, f('aa', 'a') AS n FROM t"), "a INT, b INT, n BIGINT NOT NULL");
  ok("DROP FUNCTION f");
  reopen();
  EXPECT_EQ(failure("SELECT f('aa', 'a')").substr(0, 4), "2013");
}

TEST_F(kept_catalog, databases_and_changes_are_there_in_the_next_run) {
  ok("CREATE DATABASE d; USE d; CREATE TABLE t (a INT) WITH ('connector' = 'x')");
  ok("ALTER TABLE t ADD b STRING; ALTER TABLE t RENAME TO u; CREATE TABLE gone LIKE u");
  ok("DROP TABLE gone; CREATE TEMPORARY TABLE short (a INT) WITH ('connector' = 'x')");
  reopen();
  ok("USE d");
  EXPECT_EQ(columns("SELECT * FROM u"), "a INT, b STRING");
  EXPECT_EQ(failure("SELECT * FROM gone").substr(0, 4), "2010");
  EXPECT_EQ(failure("SELECT * FROM short").substr(0, 4), "2010");
}

TEST_F(kept_catalog, views_are_made_after_what_they_read) {
  ok("CREATE TABLE t (a INT, b AS a + 1) WITH ('connector' = 'x', 'db.password' = 'p')");
  ok("CREATE VIEW z AS SELECT b FROM t; CREATE VIEW y AS SELECT b AS c FROM z");
  reopen();
  EXPECT_EQ(columns("SELECT * FROM y"), "c INT");
}

TEST_F(kept_catalog, option_values_are_kept_as_they_are) {
  ok("CREATE TABLE t (a INT) WITH ('connector' = 'x', 'db.password' = 'p')");
  EXPECT_NE(store_->statements.begin()->second.find("'db.password' = 'p'"), std::string::npos);
}

TEST_F(kept_catalog, what_the_store_refuses_is_not_done) {
  ok("CREATE TABLE t (a INT) WITH ('connector' = 'x')");
  store_->full = true;
  EXPECT_EQ(failure("CREATE TABLE u (a INT) WITH ('connector' = 'x')").substr(0, 4), "6002");
  EXPECT_EQ(failure("SELECT * FROM u").substr(0, 4), "2010");
  EXPECT_EQ(failure("DROP TABLE t").substr(0, 4), "6002");
  EXPECT_EQ(columns("SELECT * FROM t"), "a INT");
}

TEST_F(kept_catalog, a_view_must_lie_where_its_names_do) {
  ok("USE CATALOG default_catalog");
  EXPECT_EQ(failure("CREATE VIEW c.`default`.v AS SELECT id FROM t").substr(0, 4), "2023");
}

TEST_F(kept_catalog, a_definition_that_means_nothing_any_more_is_named) {
  ok("CREATE TABLE t (a INT) WITH ('connector' = 'x'); CREATE VIEW v AS SELECT a FROM t; DROP "
     "TABLE t");
  session_ = session();
  open(session_);
  const auto outcome = run("CREATE CATALOG c WITH ('type' = 'file')");
  ASSERT_FALSE(outcome.ok());
  EXPECT_NE(outcome.error().message.find("'c.default.v'"), std::string::npos);
  EXPECT_EQ(failure("USE CATALOG c").substr(0, 4), "2010");
}

TEST_F(kept_catalog, other_types_are_refused_by_name) {
  EXPECT_EQ(failure("CREATE CATALOG h WITH ('type' = 'hive')"), "2004 at 1:16");
}

}  // namespace
}  // namespace millrace::sql::testing
