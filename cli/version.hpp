#pragma once

namespace millrace::cli {

inline constexpr const char* version_text = "millrace 0.1.0";

}  // namespace millrace::cli
