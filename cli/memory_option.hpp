#pragma once

#include <cstdint>
#include <string>

namespace millrace::cli {

/// The value of `--memory`: a size such as 512m; empty text leaves `bytes` as it is. False for what
/// is none or too small; an error has been printed then.
[[nodiscard]] bool read_memory(const std::string& text, std::int64_t& bytes);

}  // namespace millrace::cli
