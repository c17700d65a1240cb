#include "core/base/option_choice.hpp"
#include "core/data/value_text.hpp"
#include "core/sql/session/job_directory.hpp"
#include "core/sql/session/session_options.hpp"
#include "tests/unit/core/sql/bind_fixture.hpp"

namespace millrace::sql::testing {
namespace {

class session_statements : public bind_test {
 protected:
  /// Rows of SHOW, DESCRIBE and SET: cells by `|`, rows by line.
  std::string rows(std::string_view text) {
    auto outcome = run(text);
    if (!outcome.ok()) return to_text(outcome.error(), text);
    const auto* rows = std::get_if<rows_outcome>(&*outcome);
    if (rows == nullptr) return "no rows";
    std::string out;
    for (std::uint32_t r = 0; r < rows->rows->row_count(); ++r) {
      for (std::size_t c = 0; c < rows->columns.size(); ++c) {
        out += c == 0 ? "" : "|";
        data::append_value_text(out, *rows->rows->columns()[c], r);
      }
      out += "\n";
    }
    return out;
  }
};

TEST_F(session_statements, objects_come_and_go) {
  ok("CREATE VIEW v AS SELECT id FROM t");
  EXPECT_EQ(rows("SHOW TABLES"), "bids\nrates\nt\nv\n");
  EXPECT_EQ(rows("SHOW TABLES LIKE '%t%'"), "rates\nt\n");
  EXPECT_EQ(rows("SHOW VIEWS"), "v\n");
  ok("DROP VIEW v; DROP VIEW IF EXISTS v; DROP TABLE rates");
  EXPECT_EQ(rows("SHOW TABLES"), "bids\nt\n");
  EXPECT_EQ(failure("DROP VIEW t").substr(0, 4), "2010");
}

TEST_F(session_statements, temporary_objects_lie_over_permanent_ones) {
  ok("CREATE TEMPORARY VIEW t AS SELECT 1 AS a1");
  EXPECT_EQ(columns("SELECT * FROM t"), "a1 INT NOT NULL");
  ok("DROP TEMPORARY VIEW t");
  EXPECT_EQ(columns("SELECT id FROM t"), "id INT");
}

TEST_F(session_statements, views_see_names_from_where_they_were_made) {
  ok("CREATE VIEW v AS SELECT id FROM t; CREATE DATABASE other; USE other");
  EXPECT_EQ(columns("SELECT * FROM default_database.v"), "id INT");
  EXPECT_EQ(failure("SELECT * FROM v"), "2010 at 1:15");
}

TEST_F(session_statements, describe_names_keys_and_watermark) {
  EXPECT_EQ(rows("DESCRIBE rates"),
            "currency|STRING|FALSE|PRI(`currency`)||\n"
            "rate|DECIMAL(10, 2)|TRUE|||\n"
            "ts|TIMESTAMP(3) *ROWTIME*|TRUE|||ts\n");
}

TEST_F(session_statements, show_create_gives_a_statement_that_makes_the_same_table) {
  ok("CREATE TABLE `a``b` (`x y` ROW<`p q` INT, r ARRAY<STRING>> COMMENT 'it''s', n AS "
     "CHAR_LENGTH('a') + 1, "
     "m STRING METADATA FROM 'file.path' VIRTUAL, ts TIMESTAMP(3), "
     "WATERMARK FOR ts AS ts - INTERVAL '5' SECOND, d INT, PRIMARY KEY (d) NOT ENFORCED) "
     "COMMENT 'all' PARTITIONED BY (d) WITH ('k' = 'it''s')");
  const auto text = rows("SHOW CREATE TABLE `a``b`");
  EXPECT_EQ(text,
            "CREATE TABLE `default_catalog`.`default_database`.`a``b` (\n"
            "  `x y` ROW<`p q` INT, `r` ARRAY<STRING>> COMMENT 'it''s',\n"
            "  `n` AS CHAR_LENGTH('a') + 1,\n"
            "  `m` STRING METADATA FROM 'file.path' VIRTUAL,\n"
            "  `ts` TIMESTAMP(3),\n"
            "  `d` INT NOT NULL,\n"
            "  WATERMARK FOR `ts` AS ts - INTERVAL '5' SECOND,\n"
            "  PRIMARY KEY (`d`) NOT ENFORCED\n"
            ")\n"
            "COMMENT 'all'\n"
            "PARTITIONED BY (`d`)\n"
            "WITH (\n  'k' = 'it''s'\n)\n");
  ok("DROP TABLE `a``b`");
  ok(text);
  EXPECT_EQ(rows("SHOW CREATE TABLE `a``b`"), text);
}

TEST_F(session_statements, show_create_gives_a_statement_that_makes_the_same_view) {
  ok("CREATE VIEW v (a, b) COMMENT 'c' AS SELECT id, id FROM t");
  const auto text = rows("SHOW CREATE VIEW v");
  ok("DROP VIEW v");
  ok(text);
  EXPECT_EQ(rows("SHOW CREATE VIEW v"), text);
  EXPECT_EQ(columns("SELECT * FROM v"), "a INT, b INT");
}

TEST_F(session_statements, show_create_hides_secrets) {
  ok("CREATE TABLE s (a INT) WITH ('db.password' = 'x')");
  EXPECT_NE(rows("SHOW CREATE TABLE s").find("'db.password' = '******'"), std::string::npos);
  for (const char* key : {"Basic-Auth", "x.SECRET", "fs.azure.account.key", "sasl.jaas.config"}) {
    EXPECT_EQ(shown_value(key, "x"), "******") << key;
  }
  EXPECT_EQ(shown_value("key.format", "json"), "json");
}

TEST_F(session_statements, like_takes_over_and_leaves_out) {
  ok("CREATE TABLE copy (extra INT) WITH ('k'='v') LIKE bids (EXCLUDING WATERMARKS)");
  EXPECT_EQ(columns("SELECT * FROM copy"),
            "auction BIGINT, price BIGINT, channel STRING, ts TIMESTAMP(3), "
            "p TIMESTAMP_LTZ(3) NOT NULL *PROCTIME*, extra INT");
  ok("CREATE TABLE plain LIKE bids (EXCLUDING GENERATED EXCLUDING OPTIONS)");
  EXPECT_EQ(columns("SELECT * FROM plain"),
            "auction BIGINT, price BIGINT, channel STRING, ts TIMESTAMP(3) *ROWTIME*");
}

TEST_F(session_statements, options_are_checked_set_and_reset) {
  ok("SET 'parallelism.default' = '2'");
  EXPECT_EQ(session_.options().at("parallelism.default"), "2");
  EXPECT_EQ(rows("SET"), "parallelism.default|2\n");
  ok("SET 's3.secret-key' = 'hush'");
  EXPECT_EQ(rows("SET"), "parallelism.default|2\ns3.secret-key|******\n");
  EXPECT_EQ(rows("SET 's3.secret-key'"), "s3.secret-key|******\n");
  ok("RESET 's3.secret-key'");
  ok("RESET 'parallelism.default'");
  EXPECT_EQ(rows("SET"), "");
}

TEST_F(session_statements, options_of_a_few_names_refuse_others) {
  ok("SET 'table.exec.sink.not-null-enforcer' = 'drop'; SET 'state.backend.type' = 'RocksDB'");
  EXPECT_EQ(rows("SET"), "state.backend.type|rocksdb\ntable.exec.sink.not-null-enforcer|DROP\n");
  auto outcome = session_.set("table.exec.sink.not-null-enforcer", "DROPS");
  ASSERT_FALSE(outcome.ok());
  EXPECT_EQ(to_text(outcome.error()),
            "error 1002: option 'table.exec.sink.not-null-enforcer': 'DROPS' is none of ERROR, DROP"
            "\n  hint: did you mean 'DROP'?");
  outcome = session_.set("table.sql-dialect", "hive");
  ASSERT_FALSE(outcome.ok());
  EXPECT_EQ(outcome.error().hint, "docs/reference/options.md says what they mean");
  EXPECT_EQ(rows("SET 'table.exec.sink.not-null-enforcer'"),
            "table.exec.sink.not-null-enforcer|DROP\n");
}

TEST_F(session_statements, standards_are_among_their_choices) {
  for (const auto& option : session_options()) {
    EXPECT_EQ(option.choices.empty(), option.form != option_form::choice) << option.key;
    if (option.choices.empty() || option.standard.empty()) continue;
    const option_map given{{std::string(option.key), std::string(option.standard)}};
    const auto read = read_choice(given, option.key, option.choices, {});
    ASSERT_TRUE(read.ok()) << option.key;
    EXPECT_EQ(*read, option.standard) << option.key;
  }
}

TEST_F(session_statements, insert_maps_columns_and_casts) {
  EXPECT_EQ(plan("INSERT INTO rates (rate, currency) SELECT i, s FROM t"), R"(
Project(CAST(i AS DECIMAL(10, 2)) AS rate, s AS currency)
  Project(i, s)
    Scan(default_catalog.default_database.t)
)");
}

TEST_F(session_statements, statement_set_shares_its_sources) {
  auto outcome =
      run("EXECUTE STATEMENT SET BEGIN INSERT INTO rates (currency) SELECT s FROM t; "
          "INSERT INTO rates (currency) SELECT s FROM t WHERE i > 0; END");
  ASSERT_TRUE(outcome.ok()) << to_text(outcome.error());
  const auto text = plan::to_text(std::get<job_outcome>(*outcome).sinks);
  EXPECT_NE(text.find("#1 Scan(default_catalog.default_database.t)"), std::string::npos) << text;
}

TEST_F(session_statements, table_options_go_through_the_check) {
  session checked([](const plan::table_definition& table) -> result<option_map> {
    if (table.options.count("connector") == 0)
      return make_error(errc::sql_missing_option, "option 'connector' is missing");
    return table.options;
  });
  const auto script = parse_script("CREATE TABLE x (a INT)");
  ASSERT_TRUE(script.ok());
  const auto outcome = checked.execute((*script)[0]);
  ASSERT_FALSE(outcome.ok());
  EXPECT_EQ(outcome.error().code, errc::sql_missing_option);
}

TEST_F(session_statements, a_refusal_without_a_place_of_its_own_has_its_statements) {
  EXPECT_EQ(failure("SHOW TABLES;\n  SELECT s, GROUPING(id) FROM t GROUP BY s"), "2019 at 2:3");
}

/// Two jobs; tells which one was stopped.
class two_jobs final : public job_directory {
 public:
  std::vector<listed_job> list() const override {
    return {{"job-1", "insert-into_t", "RUNNING", 0}, {"job-2", "collect", "FINISHED", 1000}};
  }
  result<std::string> stop(const std::string& id, bool savepoint) override {
    if (id != "job-1") return make_error(errc::config_bad_usage, "no such job");
    return std::string(savepoint ? "folder/1" : "");
  }
};

TEST_F(session_statements, jobs_are_listed_and_stopped_by_what_runs_them) {
  two_jobs jobs;
  session_.name_jobs_of(jobs);
  EXPECT_EQ(rows("SHOW JOBS"),
            "job-1|insert-into_t|RUNNING|1970-01-01 00:00:00.000\n"
            "job-2|collect|FINISHED|1970-01-01 00:00:01.000\n");
  ok("STOP JOB 'job-1'");
  EXPECT_EQ(rows("STOP JOB 'job-1' WITH SAVEPOINT"), "folder/1\n");
  EXPECT_EQ(failure("STOP JOB 'job-3'"), "1005 at 1:1");
  EXPECT_EQ(failure("STOP JOB 'job-1' WITH DRAIN"), "2004 at 1:1");
}

TEST_F(session_statements, catalogs_and_databases_tell_their_options) {
  ok("CREATE CATALOG c COMMENT 'mine' WITH ('type' = 'generic_in_memory', 'a' = '1')");
  ok("ALTER CATALOG c SET ('b' = '2'); ALTER CATALOG c RESET ('a'); ALTER CATALOG c COMMENT 'my'");
  EXPECT_EQ(rows("DESCRIBE CATALOG c"), "name|c\ntype|generic_in_memory\ncomment|my\n");
  EXPECT_EQ(rows("DESC CATALOG EXTENDED c"),
            "name|c\ntype|generic_in_memory\ncomment|my\noption:b|2\n");
  EXPECT_EQ(rows("SHOW CREATE CATALOG c"),
            "CREATE CATALOG `c`\nCOMMENT 'my'\n"
            "WITH (\n  'b' = '2',\n  'type' = 'generic_in_memory'\n)\n");
  EXPECT_EQ(failure("ALTER CATALOG c SET ('type' = 'file')"), "2023 at 1:15");
  EXPECT_EQ(failure("ALTER CATALOG d SET ('k' = 'v')"), "2010 at 1:15");
  ok("CREATE DATABASE d COMMENT 'kept' WITH ('k' = 'v'); ALTER DATABASE d SET ('k' = 'w')");
  EXPECT_EQ(rows("DESCRIBE DATABASE EXTENDED d"), "name|d\ncomment|kept\noption:k|w\n");
  ok("DROP DATABASE d; CREATE DATABASE d");
  EXPECT_EQ(rows("DESCRIBE DATABASE EXTENDED d"), "name|d\ncomment|\n");
}

TEST_F(session_statements, a_compiled_plan_is_a_script_of_its_own) {
  ok("SET 'parallelism.default' = '2'; CREATE DATABASE other");
  ok("CREATE VIEW b AS SELECT id FROM t; CREATE VIEW a AS SELECT id FROM b WHERE id > 0");
  const auto outcome =
      run("COMPILE PLAN 'p' FOR INSERT INTO rates (currency) SELECT CAST(id AS STRING) FROM a");
  ASSERT_TRUE(outcome.ok()) << to_text(outcome.error());
  const auto& plan = std::get<plan_file_outcome>(*outcome);
  EXPECT_EQ(plan.file, "p");
  EXPECT_FALSE(plan.execute);
  session fresh;
  statement_stream stream(plan.script);
  statement_outcome last;
  for (auto next = stream.next(); next.ok() && *next; next = stream.next()) {
    auto done = fresh.execute(**next);
    ASSERT_TRUE(done.ok()) << to_text(done.error(), plan.script);
    last = *std::move(done);
  }
  EXPECT_EQ(plan::to_text(std::get<job_outcome>(last).sinks), plan::to_text(plan.job.sinks));
  EXPECT_EQ(fresh.options().at("parallelism.default"), "2");
}

TEST_F(session_statements, what_is_not_supported_is_named) {
  EXPECT_EQ(failure("STOP JOB 'x'"), "2004 at 1:1");
  EXPECT_EQ(failure("SHOW JOBS"), "2004 at 1:1");
  EXPECT_EQ(failure("ALTER TABLE t DROP DISTRIBUTION"), "2004 at 1:1");
}

}  // namespace
}  // namespace millrace::sql::testing
