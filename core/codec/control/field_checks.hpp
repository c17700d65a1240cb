#pragma once

#include "core/base/result.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace millrace::codec {

// What may stand in the fields of a control message that came from outside. Errors: 5001, 5002.

/// 5001: a damaged control message.
[[nodiscard]] error bad_message(std::string what);
/// 5002: `what` counts `count`, which is above `limit`.
[[nodiscard]] error too_large(std::string_view what, std::size_t count, std::size_t limit);

[[nodiscard]] result<void> check_count(std::string_view what, std::size_t count);
/// A worker's name: 1 to 255 printable ASCII letters without spaces, for it becomes the identity of
/// a link, a label of metrics and a word of the log.
[[nodiscard]] result<void> check_name(std::string_view name);
/// Printable ASCII, at most 1,024 letters; may be empty.
[[nodiscard]] result<void> check_endpoint(std::string_view endpoint);
/// 1 to 32,768.
[[nodiscard]] result<void> check_slots(std::uint32_t slots);
/// 16 hexadecimal digits: they name a folder.
[[nodiscard]] result<void> check_job_id(std::string_view id);
/// A name that stays below the savepoint root: relative, without `..`; or empty.
[[nodiscard]] result<void> check_savepoint(std::string_view name);
/// The error of that number; `internal` for one that is not listed.
[[nodiscard]] errc known_code(std::uint16_t number);

}  // namespace millrace::codec
