// Prints a page of docs/reference from the code: reference functions|connectors|errors.
// The test docs.<page> compares it with the page in the repository; to renew a page, redirect the
// output there.

#include "core/expr/reference.hpp"
#include "core/base/error.hpp"
#include "core/connectors/registry.hpp"

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

}  // namespace

int main(int argc, char** argv) {
  const std::string_view page = argc == 2 ? argv[1] : "";
  std::string text;
  if (page == "functions") text = millrace::expr::functions_reference();
  if (page == "connectors") text = millrace::connectors::connectors_reference();
  if (page == "errors") text = errors_reference();
  if (text.empty()) {
    std::fprintf(stderr, "usage: reference functions|connectors|errors\n");
    return 2;
  }
  std::fwrite(text.data(), 1, text.size(), stdout);
  return 0;
}
