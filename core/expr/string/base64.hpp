#pragma once

#include <string>
#include <string_view>

namespace millrace::expr {

/// Appends bytes in Base64 with padding (RFC 4648).
void append_base64(std::string& out, std::string_view bytes);
/// Appends the bytes of a text in Base64, padded or not; false (and nothing sensible appended) if
/// it is none.
[[nodiscard]] bool append_from_base64(std::string& out, std::string_view text);

}  // namespace millrace::expr
