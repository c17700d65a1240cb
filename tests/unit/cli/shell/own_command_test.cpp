#include "cli/shell/own_command.hpp"

#include <gtest/gtest.h>

namespace millrace::cli {
namespace {

std::string read(std::string_view text) {
  const auto command = read_own_command(text);
  if (!command) return to_text(command.error());
  return std::to_string(static_cast<int>(command->action)) + " " + command->argument;
}

std::string number(own_action action) { return std::to_string(static_cast<int>(action)) + " "; }

TEST(own_command, is_told_from_sql) {
  EXPECT_TRUE(is_own_command("  \\d"));
  EXPECT_TRUE(is_own_command("Quit ;"));
  EXPECT_FALSE(is_own_command("SELECT 1;"));
  EXPECT_FALSE(is_own_command(""));
}

TEST(own_command, can_be_short_for_a_statement) {
  EXPECT_EQ(read("\\d"), number(own_action::statement) + "SHOW TABLES;");
  EXPECT_EQ(read("\\d  a.orders ;"), number(own_action::statement) + "DESCRIBE a.orders;");
  EXPECT_EQ(read("\\dv"), number(own_action::statement) + "SHOW VIEWS;");
}

TEST(own_command, has_a_word_and_an_argument) {
  EXPECT_EQ(read("\\timing on"), number(own_action::timing) + "on");
  EXPECT_EQ(read("\\i my tables.sql"), number(own_action::include) + "my tables.sql");
  EXPECT_EQ(read("\\?"), number(own_action::help));
  EXPECT_EQ(read("exit;"), number(own_action::quit));
}

TEST(own_command, that_is_unknown_names_the_nearest) {
  EXPECT_EQ(read("\\timin"), "error 1005: no command '\\timin'\n  hint: did you mean \\timing?");
  EXPECT_EQ(read("\\xyz"), "error 1005: no command '\\xyz'\n  hint: \\help lists the commands");
}

TEST(own_command, is_in_the_help) {
  for (const auto& info : own_commands())
    EXPECT_NE(own_help().find(info.meaning), std::string::npos) << info.word;
}

}  // namespace
}  // namespace millrace::cli
