#include "cli/completion.hpp"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include <algorithm>
#include <string_view>
#include <vector>

namespace millrace::cli {

namespace {

// What stands behind the tables in both shells. A command may have two words (`state ls`).
constexpr std::string_view machine = R"sh(
_millrace_ask() {
  local access=() i value
  for ((i = 1; i + 1 < COMP_CWORD; i++)); do
    value="${COMP_WORDS[i+1]}"
    # Readline takes an address apart at its colon.
    [ "${COMP_WORDS[i+2]}" = : ] && value="$value:${COMP_WORDS[i+3]}"
    case "${COMP_WORDS[i]}" in --rest|--token-file) access+=("${COMP_WORDS[i]}" "$value") ;; esac
  done
  "${COMP_WORDS[0]}" "$1" --json "${access[@]}" 2>/dev/null | sed -n "s/.*\"$2\": \"\([^\"]*\)\".*/\1/p"
}

_millrace() {
  local current="${COMP_WORDS[COMP_CWORD]}" before="${COMP_WORDS[COMP_CWORD-1]}"
  local verb="${COMP_WORDS[1]}" list kind
  COMPREPLY=()
  [ "$COMP_CWORD" -gt 2 ] && [ -n "$(_millrace_words "$verb ${COMP_WORDS[2]}")" ] && verb="$verb ${COMP_WORDS[2]}"
  [ "$COMP_CWORD" -eq 1 ] && verb=
  kind=$(_millrace_value "$verb" "$before")
  if [ -z "$kind" ]; then
    list=$(_millrace_words "$verb")
    case "$current" in -*) ;; *) kind=$(_millrace_place "$verb") ;; esac
  fi
  case "$kind" in
    JOB) list="$list $(_millrace_ask list id)" ;;
    WORKER) list="$list $(_millrace_ask workers name)" ;;
    FILE) COMPREPLY=($(compgen -f -- "$current")) ;;
    *) list="$list $kind" ;;
  esac
  COMPREPLY+=($(compgen -W "$list" -- "$current"))
}

complete -o filenames -F _millrace millrace
)sh";

std::string join(const std::vector<std::string>& words) {
  std::string all;
  for (const std::string& word : words) {
    if (!all.empty()) all += ' ';
    all += word;
  }
  return all;
}

bool is_flag(const CLI::Option& option) { return option.get_items_expected_max() == 0; }

// `TEXT:{tree,dot,json}` says which values there are.
std::string choices_of(const CLI::Option& option) {
  const std::string type = option.get_type_name();
  const auto from = type.find('{');
  const auto to = type.find('}');
  if (from == std::string::npos || to == std::string::npos) return {};
  std::string words = type.substr(from + 1, to - from - 1);
  std::ranges::replace(words, ',', ' ');
  return words;
}

// What an option or a place takes: the words, JOB, WORKER or FILE; else anything.
std::string kind_of(const CLI::Option& option, const std::string& name) {
  if (name == "JOB" || name == "--job") return "JOB";
  if (name == "WORKER") return "WORKER";
  std::string words = choices_of(option);
  if (!words.empty()) return words;
  static const std::vector<std::string> files = {"FILE",         "PATH",
                                                 "BEFORE",       "--checkpoint-dir",
                                                 "--token-file", "--from-savepoint",
                                                 "--against",    "--ca-file",
                                                 "--key-file",   "--certificate"};
  return std::ranges::find(files, name) == files.end() ? "" : "FILE";
}

/// The tables of the script, a line per command and option.
struct tables {
  std::string words;   // options and further commands
  std::string values;  // of options
  std::string places;  // what else may stand there

  void add(const CLI::App& command, const std::string& name) {
    std::vector<std::string> all;
    for (const CLI::App* inner : command.get_subcommands([](const CLI::App*) { return true; })) {
      all.push_back(inner->get_name());
      add(*inner, name.empty() ? inner->get_name() : name + " " + inner->get_name());
    }
    for (const CLI::Option* option : command.get_options()) {
      if (option->get_positional()) add_place(*option, name);
      for (const std::string& long_name : option->get_lnames()) {
        all.push_back("--" + long_name);
        if (!is_flag(*option)) add_value(*option, name, all.back());
      }
    }
    words += "    '" + name + "') echo '" + join(all) + "' ;;\n";
  }
  void add_place(const CLI::Option& option, const std::string& command) {
    const std::string kind = kind_of(option, option.get_name(true));
    if (!kind.empty()) places += "    '" + command + "') echo '" + kind + "' ;;\n";
  }
  void add_value(const CLI::Option& option, const std::string& command, const std::string& name) {
    const std::string kind = kind_of(option, name);
    if (kind.empty()) return;
    values += "    '" + command + " " + name + "') echo '" + kind + "' ;;\n";
  }
};

std::string function_of(std::string_view name, std::string_view key, const std::string& lines) {
  return "\n" + std::string(name) + "() {\n  case \"" + std::string(key) + "\" in\n" + lines +
         "  esac\n}\n";
}

}  // namespace

std::string completion_script(const CLI::App& app, shell_language of) {
  tables all;
  all.add(app, "");
  std::string text = "# Made by: millrace completion " +
                     std::string(of == shell_language::zsh ? "zsh" : "bash") + "\n";
  if (of == shell_language::zsh) {
    text +=
        "autoload -Uz compinit bashcompinit\n(( ${+functions[compdef]} )) || compinit "
        "-u\nbashcompinit\n";
  }
  return text + function_of("_millrace_words", "$1", all.words) +
         function_of("_millrace_value", "$1 $2", all.values) +
         function_of("_millrace_place", "$1", all.places) + std::string(machine);
}

}  // namespace millrace::cli
