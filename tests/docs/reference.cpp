// Prints a page of docs/reference from the code: reference
// functions|connectors|errors|metrics|options. The test docs.<page> compares it with the page in
// the repository; to renew a page, redirect the output there.

#include "core/expr/reference.hpp"
#include "cli/program.hpp"
#include "core/base/error.hpp"
#include "core/connectors/registry.hpp"
#include "core/runtime/metric_list.hpp"
#include "core/sql/session/session_options.hpp"

#include <cstdio>
#include <string>
#include <string_view>

namespace {

std::string errors_reference() {
  constexpr std::string_view domains[] = {"user", "external", "internal"};
  std::string out =
      "# Errors\n\nEvery error has a number that is never reused. The domain says who can mend it; "
      "where retry "
      "is yes, a second try can help.\n\n| number | name | domain | retry | meaning "
      "|\n|---|---|---|---|---|\n";
  for (const auto& info : millrace::all_errors()) {
    out +=
        "| " + std::to_string(static_cast<int>(info.code)) + " | " + std::string(info.name) + " | ";
    out += domains[static_cast<std::size_t>(info.domain)];
    out += std::string(info.retry ? " | yes | " : " | no | ") + std::string(info.meaning) + " |\n";
  }
  return out;
}

std::string options_reference() {
  return "# Options\n\n## Session\n\nSet with `SET 'key' = 'value';` in a script, or with "
         "`--set key=value`.\n\n" +
         millrace::sql::session_options_reference() +
         "\nOptions of tables are in [connectors.md](connectors.md).\n\n## Command "
         "line\n\n```\n" +
         millrace::cli::help_text() + "```\n";
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view page = argc == 2 ? argv[1] : "";
  std::string text;
  if (page == "functions") text = millrace::expr::functions_reference();
  if (page == "connectors") text = millrace::connectors::connectors_reference();
  if (page == "errors") text = errors_reference();
  if (page == "metrics") text = millrace::runtime::metrics_reference();
  if (page == "options") text = options_reference();
  if (text.empty()) {
    std::fprintf(stderr, "usage: reference functions|connectors|errors|metrics|options\n");
    return 2;
  }
  std::fwrite(text.data(), 1, text.size(), stdout);
  return 0;
}
