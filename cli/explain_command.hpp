#pragma once

#include "cli/script.hpp"

#include <string>

namespace millrace::cli {

/// `millrace explain`: prints the plan of every query and INSERT of a script; runs none of them.
/// `format` is tree, dot or json. Returns the exit code.
[[nodiscard]] int explain_script(const script_request& request, const std::string& format);

}  // namespace millrace::cli
