#include "cli/shell/completion.hpp"

#include "core/sql/parse/parser.hpp"

#include <gtest/gtest.h>

#include <string>

namespace millrace::cli {
namespace {

constexpr const char* objects =
    "CREATE TABLE orders (id INT, amount DOUBLE, `order` STRING) WITH ('connector' = 'x');"
    "CREATE TABLE order_lines (line INT) WITH ('connector' = 'x');"
    "CREATE VIEW big AS SELECT id AS big_id FROM orders;"
    "CREATE DATABASE audit;"
    "CREATE TABLE audit.logins (who STRING) WITH ('connector' = 'x');";

/// A session with some objects; `|` in a text is the cursor.
class completion_test : public testing::Test {
 protected:
  completion_test() {
    sql::statement_stream statements(objects);
    for (auto s = statements.next(); *s; s = statements.next()) {
      const auto done = session_.execute(**s);
      EXPECT_TRUE(done.ok()) << to_text(done.error(), objects);
    }
  }

  completion found(std::string text) {
    const std::size_t cursor = text.find('|');
    text.erase(cursor, 1);
    return complete(text, cursor, session_);
  }

  std::string words(const std::string& text) {
    std::string all;
    for (const auto& word : found(text).words) all += (all.empty() ? "" : " ") + word;
    return all;
  }

  sql::session session_;
};

TEST_F(completion_test, of_what_begins_a_statement) {
  EXPECT_EQ(words("SE|"), "SELECT SET");
  EXPECT_EQ(words("sel|"), "select");
  EXPECT_EQ(words("SELECT 1; expl|"), "explain");
}

TEST_F(completion_test, of_what_stands_behind_a_word) {
  EXPECT_EQ(words("SHOW T|"), "TABLES");
  EXPECT_EQ(words("insert |"), "INTO OVERWRITE");
  EXPECT_EQ(words("SELECT id FROM orders GROUP |"), "BY");
}

TEST_F(completion_test, of_relations) {
  EXPECT_EQ(words("SELECT * FROM or|"), "order_lines orders");
  EXPECT_EQ(words("SELECT * FROM orders JOIN b|"), "big");
  EXPECT_EQ(words("INSERT INTO aud|"), "audit");
  EXPECT_EQ(words("SELECT * FROM audit.|"), "logins");
  EXPECT_EQ(words("SELECT * FROM default_catalog.|"), "audit default_database");
  EXPECT_EQ(words("SELECT * FROM default_catalog.audit.l|"), "logins");
  EXPECT_EQ(words("\\d or|"), "order_lines orders");
}

TEST_F(completion_test, of_columns) {
  EXPECT_EQ(words("SELECT amo| FROM orders"), "amount");
  EXPECT_EQ(words("SELECT big_| FROM orders AS o, big"), "big_id");
  EXPECT_EQ(words("SELECT o.| FROM orders AS o"), "`order` amount id");
  EXPECT_EQ(words("SELECT orders.am| FROM orders"), "amount");
  EXPECT_EQ(words("SELECT l.| FROM audit.logins l; SELECT 1"), "who");
  EXPECT_EQ(words("SELECT `or| FROM orders"), "`order`");
}

TEST_F(completion_test, of_functions_and_keywords_in_the_case_of_the_word) {
  EXPECT_EQ(words("SELECT char_len|"), "char_length(");
  EXPECT_EQ(words("SELECT CHAR_LEN|"), "CHAR_LENGTH(");
  EXPECT_EQ(words("SELECT 1 FROM orders whe|"), "when where");
}

TEST_F(completion_test, of_options) {
  EXPECT_EQ(words("SET 'table.dml|"), "'table.dml-sync'");
  EXPECT_EQ(words("SET 'table.dml-sync' = 'tr|"), "");
}

TEST_F(completion_test, of_the_shells_own_commands) { EXPECT_EQ(words("\\ti|"), "\\timing"); }

TEST_F(completion_test, has_nothing_within_texts_and_comments) {
  EXPECT_EQ(words("SELECT 'ord|"), "");
  EXPECT_EQ(words("SELECT 1 /* ord|"), "");
}

TEST_F(completion_test, inserts_what_all_words_share) {
  EXPECT_EQ(found("SELECT * FROM o|").insertion(), "order");
  EXPECT_EQ(found("SELECT * FROM orders|").insertion(), "orders ");
  EXPECT_EQ(found("SELECT char_len|").insertion(), "char_length(");
  EXPECT_EQ(found("SELECT * FROM nowhere|").insertion(), "");
  EXPECT_EQ(found("SELECT * FROM or|").from, 14U);
}

}  // namespace
}  // namespace millrace::cli
