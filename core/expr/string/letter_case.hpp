#pragma once

#include <string>
#include <string_view>

namespace millrace::expr {

/// As Java's String.toUpperCase and toLowerCase in the root locale, over code points (ß becomes
/// SS).
void append_upper(std::string& out, std::string_view text);
void append_lower(std::string& out, std::string_view text);

}  // namespace millrace::expr
