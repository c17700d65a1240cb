#include "cli/shell/statement_end.hpp"

#include <gtest/gtest.h>

namespace millrace::cli {
namespace {

TEST(statement_end, is_the_semicolon) {
  EXPECT_EQ(how_much_is_typed("SELECT 1"), typed::part);
  EXPECT_EQ(how_much_is_typed("SELECT 1;"), typed::all);
  EXPECT_EQ(how_much_is_typed("SELECT 1; -- and a word\n  "), typed::all);
  EXPECT_EQ(how_much_is_typed("SELECT 1; SELECT"), typed::part);
}

TEST(statement_end, of_nothing) {
  EXPECT_EQ(how_much_is_typed(""), typed::nothing);
  EXPECT_EQ(how_much_is_typed(" \n -- a comment\n/* another */"), typed::nothing);
}

TEST(statement_end, is_not_within_texts_names_and_comments) {
  EXPECT_EQ(how_much_is_typed("SELECT 'a;"), typed::part);
  EXPECT_EQ(how_much_is_typed("SELECT 'a;''"), typed::part);
  EXPECT_EQ(how_much_is_typed("SELECT 'a;';"), typed::all);
  EXPECT_EQ(how_much_is_typed("SELECT x'0a;"), typed::part);
  EXPECT_EQ(how_much_is_typed("SELECT `a;"), typed::part);
  EXPECT_EQ(how_much_is_typed("SELECT 1 /* ;"), typed::part);
  EXPECT_EQ(how_much_is_typed("SELECT 1 -- ;"), typed::part);
}

TEST(statement_end, of_a_statement_set_is_its_own) {
  const std::string set = "EXECUTE STATEMENT SET BEGIN INSERT INTO t SELECT CASE WHEN a THEN 1 END";
  EXPECT_EQ(how_much_is_typed(set + ";"), typed::part);
  EXPECT_EQ(how_much_is_typed(set + " FROM s;"), typed::part);
  EXPECT_EQ(how_much_is_typed(set + " FROM s; end"), typed::part);
  EXPECT_EQ(how_much_is_typed(set + " FROM s; end;"), typed::all);
  EXPECT_EQ(how_much_is_typed("BEGIN STATEMENT SET; INSERT INTO t SELECT 1;"), typed::part);
  EXPECT_EQ(how_much_is_typed("BEGIN STATEMENT SET; INSERT INTO t SELECT 1; END;"), typed::all);
}

TEST(statement_end, comes_for_text_that_cannot_be_read) {
  EXPECT_EQ(how_much_is_typed("SELECT \"a\""), typed::part);
  EXPECT_EQ(how_much_is_typed("SELECT \"a\";"), typed::all);
  EXPECT_EQ(how_much_is_typed("SELECT ``;"), typed::all);
}

TEST(statement_end, is_no_matter_of_the_shells_own_commands) {
  EXPECT_EQ(how_much_is_typed("\\d orders"), typed::all);
  EXPECT_EQ(how_much_is_typed("quit"), typed::all);
  EXPECT_EQ(how_much_is_typed("EXIT;"), typed::all);
  EXPECT_EQ(how_much_is_typed("quitting"), typed::part);
}

}  // namespace
}  // namespace millrace::cli
