#include "cli/shell/own_command.hpp"

#include "core/sql/parse/keywords.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <vector>

namespace millrace::cli {

namespace {

/// What a command does; `statement` has its SQL, and `described` the one for an argument.
struct entry {
  own_command_info info;
  own_action action;
  std::string_view statement = {};
  std::string_view described = {};
};

constexpr entry entries[] = {
    {{"\\help", "", "this list"}, own_action::help},
    {{"\\q", "", "leave; QUIT; and EXIT; do the same"}, own_action::quit},
    {{"\\timing", "[on|off]", "say how long each statement takes"}, own_action::timing},
    {{"\\i", "FILE", "run the statements of a file"}, own_action::include},
    {{"\\d", "[NAME]", "tables, or the columns of one"},
     own_action::statement,
     "SHOW TABLES",
     "DESCRIBE {}"},
    {{"\\dt", "", "tables and views"}, own_action::statement, "SHOW TABLES"},
    {{"\\dv", "", "views"}, own_action::statement, "SHOW VIEWS"},
    {{"\\df", "", "functions that CREATE FUNCTION made"},
     own_action::statement,
     "SHOW USER FUNCTIONS"},
    {{"\\clear", "", "clear the screen; CLEAR; does the same"}, own_action::clear},
};

constexpr struct {
  std::string_view word;
  std::string_view command;
} words_of_flink[] = {{"QUIT", "\\q"}, {"EXIT", "\\q"}, {"HELP", "\\help"}, {"CLEAR", "\\clear"}};

constexpr std::string_view blanks = " \t\r\n";

std::string_view trimmed(std::string_view text, std::string_view what) {
  const std::size_t from = text.find_first_not_of(what);
  if (from == std::string_view::npos) return {};
  return text.substr(from, text.find_last_not_of(what) + 1 - from);
}

// The command that a word of Flink's client stands for; empty: it is none.
std::string_view command_of_word(std::string_view text) {
  const std::string_view word = trimmed(text, " \t\r\n;");
  for (const auto& known : words_of_flink)
    if (sql::equals_keyword(word, known.word)) return known.command;
  return {};
}

error unknown(std::string_view word) {
  std::vector<std::string> known;
  for (const auto& e : entries) known.emplace_back(e.info.word);
  const std::string near = nearest_name(word, known);
  return make_error(errc::config_bad_usage, fmt::format("no command '{}'", word),
                    near.empty() ? "\\help lists the commands" : "did you mean " + near + "?");
}

}  // namespace

std::span<const own_command_info> own_commands() {
  static const std::vector<own_command_info> infos = [] {
    std::vector<own_command_info> all;
    for (const auto& e : entries) all.push_back(e.info);
    return all;
  }();
  return infos;
}

bool is_own_command(std::string_view text) {
  return trimmed(text, blanks).starts_with('\\') || !command_of_word(text).empty();
}

result<own_command> read_own_command(std::string_view text) {
  if (const auto command = command_of_word(text); !command.empty()) text = command;
  text = trimmed(text, " \t\r\n;");
  const std::size_t gap = std::min(text.find_first_of(blanks), text.size());
  const std::string_view word = text.substr(0, gap);
  const std::string argument(trimmed(text.substr(gap), blanks));
  const auto* found = std::ranges::find(entries, word == "\\?" ? "\\help" : word,
                                        [](const entry& e) { return e.info.word; });
  if (found == std::end(entries)) return unknown(word);
  if (found->action != own_action::statement) return own_command{found->action, argument};
  if (argument.empty() || found->described.empty())
    return own_command{found->action, std::string(found->statement) + ";"};
  return own_command{found->action, fmt::format(fmt::runtime(found->described), argument) + ";"};
}

std::string own_help() {
  std::string text =
      "A statement ends with ; and may have several lines. Tab completes, the arrows and Ctrl-R "
      "find "
      "earlier\nstatements, Ctrl-C drops what is typed. While rows are shown, q leaves them.\n\n";
  for (const auto& e : entries)
    text += fmt::format("  {:<20}{}\n", fmt::format("{} {}", e.info.word, e.info.argument),
                        e.info.meaning);
  return text;
}

}  // namespace millrace::cli
